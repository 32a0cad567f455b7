/**
 * What a party says about its recording. All of it is optional, none of it is evidence, and all of it is
 * validated here, whether it came over HTTP or from a manifest.
 */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { RegistryError } from '../errors.ts';
import { readIdentifier } from './read-identifier.ts';

export const maxTextCharacters = 500;
export const maxExternalIdCharacters = 200;

// No control characters: they break tables, logs and CSV, and no title needs them.
const printable = '^[^\\u0000-\\u001f\\u007f]+$';
const text = (description: string, example: string) =>
  Type.String({
    minLength: 1,
    maxLength: maxTextCharacters,
    pattern: printable,
    description,
    examples: [example],
  });

export const ExternalId = Type.String({
  minLength: 1,
  maxLength: maxExternalIdCharacters,
  pattern: printable,
  description: "The party's own id for the recording; unique within the party.",
  examples: ['catalog-000123'],
});

export const RecordingMetadata = Type.Object(
  {
    isrc: Type.Optional(
      text('International Standard Recording Code, with or without hyphens.', 'GBAYE9300106'),
    ),
    title: Type.Optional(text('Title of the recording.', 'The Great Gig in the Sky')),
    artist: Type.Optional(text('Main artist as displayed.', 'Pink Floyd')),
    label: Type.Optional(text('Label name.', 'Harvest')),
    releaseDate: Type.Optional(text('First release: YYYY, YYYY-MM or YYYY-MM-DD.', '1973-03-01')),
    version: Type.Optional(text('Which version of the title this is.', '2011 Remaster')),
  },
  { additionalProperties: false },
);

export type RecordingMetadata = Static<typeof RecordingMetadata>;

/** Trims, drops what is empty, normalises the ISRC. Throws `METADATA_INVALID` or `ISRC_INVALID`. */
export function validateMetadata(given: RecordingMetadata): RecordingMetadata {
  const kept: RecordingMetadata = {};
  for (const [field, value] of Object.entries(given)) {
    const trimmed = typeof value === 'string' ? value.trim().normalize('NFC') : value;
    if (trimmed === undefined || trimmed === '') continue;
    const schema = RecordingMetadata.properties[field as keyof RecordingMetadata];
    if (!schema)
      throw invalid(field, `one of ${Object.keys(RecordingMetadata.properties).join(', ')}`, field);
    if (!Value.Check(schema, trimmed)) {
      throw invalid(field, `1 to ${maxTextCharacters} characters without control characters`, value);
    }
    kept[field as keyof RecordingMetadata] = trimmed;
  }
  if (kept.isrc !== undefined) kept.isrc = readIdentifier('isrc', kept.isrc);
  if (kept.releaseDate !== undefined) checkReleaseDate(kept.releaseDate);
  return kept;
}

/** Throws `METADATA_INVALID`. */
export function validateExternalId(given: string): string {
  const trimmed = given.trim().normalize('NFC');
  if (Value.Check(ExternalId, trimmed)) return trimmed;
  throw invalid(
    'external_id',
    `1 to ${maxExternalIdCharacters} characters without control characters`,
    given,
  );
}

/** A day that does not exist (2023-02-30) is a mistake in the delivery; better told now than carried along. */
function checkReleaseDate(date: string): void {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date);
  const [year, month, day] = [Number(parts?.[1]), Number(parts?.[2] ?? 1), Number(parts?.[3] ?? 1)];
  const real = new Date(Date.UTC(year, month - 1, day));
  if (parts && year > 0 && real.getUTCMonth() === month - 1 && real.getUTCDate() === day) return;
  throw invalid('release_date', 'a real date as YYYY, YYYY-MM or YYYY-MM-DD', date);
}

function invalid(field: string, expected: string, received: unknown): RegistryError {
  const shown = JSON.stringify(String(received).slice(0, 60));
  return new RegistryError('METADATA_INVALID', `${field}: expected ${expected}; received ${shown}`);
}
