import { describe, expect, it } from 'vitest';
import { validateExternalId, validateMetadata } from '../../api/registry/recording-metadata.ts';

const coded = (code: string, text: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(text) });

describe('metadata', () => {
  it('is trimmed, and what is empty counts as not given', () => {
    expect(validateMetadata({ title: '  Nocturne ', artist: '', label: '   ' })).toEqual({
      title: 'Nocturne',
    });
  });

  it('keeps an ISRC without hyphens', () => {
    expect(validateMetadata({ isrc: 'gb-aye-93-00106' })).toEqual({ isrc: 'GBAYE9300106' });
  });

  it('writes accents one way, so that a search finds both', () => {
    expect(validateMetadata({ title: 'Cafe\u0301' }).title).toBe('Caf\u00e9');
  });

  it.each(['1973', '1973-03', '1973-03-01', '2024-02-29'])('takes the release date %s', (releaseDate) => {
    expect(validateMetadata({ releaseDate })).toEqual({ releaseDate });
  });

  it.each(['73', '1973-13', '2023-02-29', '1973-3-1', '0000', '1973-03-01T00:00', 'soon'])(
    'refuses the release date %s',
    (releaseDate) => {
      expect(() => validateMetadata({ releaseDate })).toThrow(coded('METADATA_INVALID', 'release_date'));
    },
  );

  it.each([
    ['control characters', 'a\u0000b'],
    ['line breaks', 'a\nb'],
    ['more than 500 characters', 'x'.repeat(501)],
  ])('refuses %s', (_what, title) => {
    expect(() => validateMetadata({ title })).toThrow(coded('METADATA_INVALID', 'title'));
  });

  it('refuses a field it does not know, by name', () => {
    expect(() => validateMetadata({ composer: 'x' } as object)).toThrow(
      coded('METADATA_INVALID', 'composer'),
    );
  });
});

describe('an external id', () => {
  it('is trimmed', () => expect(validateExternalId(' a-1 ')).toBe('a-1'));

  it.each(['', '  ', 'a\tb', 'x'.repeat(201)])('%j is refused', (given) => {
    expect(() => validateExternalId(given)).toThrow(coded('METADATA_INVALID', 'external_id'));
  });
});
