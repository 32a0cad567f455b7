/**
 * The answer to a scan, as it is stored and as it goes out: over HTTP, and as a line of `earmark scan`'s NDJSON,
 * which other tools rely on. Field names change only with the API version.
 */
import { type Static, Type } from 'typebox';
import { maxAlternatives, transformSets } from '../../workers/protocol.ts';

const milliseconds = (description: string, example: number) =>
  Type.Integer({ description, examples: [example] });

export const SegmentView = Type.Object({
  query_start_ms: milliseconds('Where it begins in the upload.', 12_000),
  query_end_ms: milliseconds('Where it ends in the upload.', 41_500),
  reference_start_ms: milliseconds('Where it begins in the reference.', 73_040),
  reference_end_ms: milliseconds('Where it ends in the reference.', 102_540),
  tempo_ratio: Type.Number({
    description: 'Upload time runs this much faster than the reference.',
    examples: [1],
  }),
  pitch_cents: Type.Number({ description: 'How much higher the upload sounds.', examples: [0] }),
  transform: Type.Enum(['none', 'speed', 'tempo', 'pitch', 'tempo_and_pitch'], { examples: ['none'] }),
  aligned_peaks: Type.Integer({ description: 'Peaks of the reference found again.', examples: [212] }),
  false_match_probability: Type.Number({
    description:
      'How likely as many peaks align by chance, with everything that was tried taken into account.',
    examples: [1e-12],
  }),
});

const MatchedSegmentView = Type.Object({
  ...SegmentView.properties,
  alternatives: Type.Optional(
    Type.Array(SegmentView, {
      maxItems: maxAlternatives,
      description:
        'Where else in the same recording this span of the upload agrees, its other choruses say: best first, at most ' +
        `${maxAlternatives}. Only where the scan asked for them.`,
    }),
  ),
});

const MatchView = Type.Object({
  recording_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa'] }),
  external_id: Type.String({ description: "The registering party's id.", examples: ['catalog-000123'] }),
  isrc: Type.Union([Type.String(), Type.Null()], {
    description: 'The one that is asserted; null where none is, or several are.',
    examples: ['GBAYE9300106'],
  }),
  isrcs: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'There where several are asserted, in the order they were: a conflict that nobody has resolved.',
      examples: [['GBAYE9300106', 'GBAYE7300007']],
    }),
  ),
  title: Type.Union([Type.String(), Type.Null()], { examples: ['The Great Gig in the Sky'] }),
  artist: Type.Union([Type.String(), Type.Null()], { examples: ['Pink Floyd'] }),
  segments: Type.Array(MatchedSegmentView),
});

export const ScanAnswer = Type.Object({
  scan_id: Type.String({ format: 'uuid', examples: ['019c1fa0-77aa-7b30-b0d5-58d2c9a0f7c4'] }),
  external_id: Type.Union([Type.String(), Type.Null()], {
    description: "The caller's id for the upload, as it was given.",
    examples: ['upload-77'],
  }),
  duration_ms: milliseconds('How much audio the upload holds.', 60_000),
  index_position: Type.Integer({
    description:
      'The change-feed position the answer was given at: what was registered after it was not searched.',
    examples: [1204],
  }),
  transforms: Type.Enum([...transformSets], {
    description: 'Alterations that were looked for where the unaltered recording was not found.',
    examples: ['all'],
  }),
  // Not `false` otherwise: what was answered without asking stays the answer it was.
  alternatives: Type.Optional(
    Type.Literal(true, { description: 'There where the scan asked for the alternatives of its segments.' }),
  ),
  matches: Type.Array(MatchView, { description: 'Best first. Empty: nothing registered was found.' }),
});

export type SegmentView = Static<typeof SegmentView>;
export type MatchedSegmentView = Static<typeof MatchedSegmentView>;
export type MatchView = Static<typeof MatchView>;
export type ScanAnswer = Static<typeof ScanAnswer>;
