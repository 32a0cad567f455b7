/** An explanation as it goes out, over HTTP and by `earmark explain`. Field names change only with the API version. */
import { type Static, type TSchema, Type } from 'typebox';
import { missingReasons } from '../../workers/match/explanation.ts';
import { transformSets } from '../../workers/protocol.ts';
import { SegmentView } from './scan-answer.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const milliseconds = (description: string, example: number) =>
  Type.Integer({ description, examples: [example] });
const share = (description: string, example: number) =>
  Type.Number({ minimum: 0, maximum: 1, description, examples: [example] });
const transforms = (description: string) => Type.Enum([...transformSets], { description, examples: ['all'] });
const name = (example: string) => nullable(Type.String({ examples: [example] }));

const VerdictView = Type.Object({
  is_match: Type.Boolean({ description: 'Whether the two match, searched now as the scan searched.' }),
  missing: nullable(
    Type.Enum([...missingReasons], { description: 'Why they do not; stable.', examples: ['disagrees'] }),
  ),
  sentence: Type.String({ description: 'The finding with its numbers, and what to do next. May change.' }),
  remark: nullable(Type.String({ description: 'Where the scan said otherwise than this explanation: why.' })),
  segments: Type.Array(SegmentView, {
    description:
      'As in a scan; of more than 100 the surest. With `found_with_wider_transforms`, what the set named in `alignment.transforms` finds.',
  }),
  segment_count: Type.Integer({
    description: 'Segments, also those left out of the list.',
    examples: [1],
  }),
});

const AlignmentView = Type.Object({
  transforms: transforms('What had to be looked for to find this line.'),
  query_start_ms: milliseconds('Where the agreement begins in the upload.', 12_000),
  query_end_ms: milliseconds('Where it ends.', 41_500),
  reference_start_ms: milliseconds('Where it begins in the reference.', 73_040),
  reference_end_ms: milliseconds('Where it ends.', 102_540),
  offset_ms: milliseconds("Reference time that lies on the upload's beginning; may be negative.", 61_040),
  tempo_ratio: Type.Number({ examples: [1.08] }),
  pitch_cents: Type.Number({ examples: [133] }),
  votes: Type.Integer({ description: 'Landmarks that voted for the line.', examples: [58] }),
  least_votes: Type.Integer({ description: 'How many a line needs to be looked at.', examples: [3] }),
  expected_peaks: Type.Integer({ description: "The reference's peaks between the ends.", examples: [240] }),
  agreeing_peaks: Type.Integer({ description: 'Those of them that the upload has.', examples: [212] }),
  agreement: share('Agreeing by expected peaks.', 0.88),
  chance: share('The share that agrees at wrong offsets.', 0.09),
  log10_false_match_probability: Type.Number({ maximum: 0, examples: [-96.2] }),
  log10_threshold: Type.Number({
    description: 'Matches less certain than this are left out.',
    examples: [-6],
  }),
  windows_counted: Type.Integer({
    description: '3 where the probability counts agreement in a shorter and a longer window too.',
    examples: [1],
  }),
});

const PeakListView = Type.Object({
  peaks: Type.Array(
    Type.Object({
      at_ms: milliseconds('Time in the upload.', 12_104),
      hz: Type.Integer({ description: 'Frequency in the upload.', examples: [880] }),
      agrees: Type.Boolean({ description: 'The other side has a peak here too.' }),
    }),
  ),
  count: Type.Integer({
    description: 'Peaks of this span, also those left out of the list.',
    examples: [594],
  }),
  agreeing_count: Type.Integer({ examples: [162] }),
});

const PeaksView = Type.Object(
  {
    query_start_ms: milliseconds('Of the span that is shown.', 9000),
    query_end_ms: milliseconds('At most 40 s later.', 44_500),
    reference_start_ms: milliseconds(
      'The same, along the line; negative before the reference begins.',
      70_040,
    ),
    reference_end_ms: milliseconds('The same.', 105_540),
    upload: PeakListView,
    reference: PeakListView,
  },
  {
    description:
      "Both constellations; the reference's moved by the alignment onto the upload's time and pitch.",
  },
);

const VotesView = Type.Object(
  {
    query_start_ms: milliseconds('Of the window that voted.', 10_000),
    query_end_ms: milliseconds('Ten seconds later.', 20_000),
    by_offset: Type.Array(
      Type.Object({
        offset_ms: milliseconds('From the best line.', 0),
        votes: Type.Integer({ examples: [58] }),
      }),
    ),
    by_tempo: Type.Array(
      Type.Object({
        tempo_ratio: Type.Number({ examples: [1.082] }),
        votes: Type.Integer({ description: 'Of the best line of this tempo.', examples: [58] }),
        was_tried: Type.Boolean({ description: "Whether the scan's transforms hold this tempo." }),
      }),
    ),
    by_pitch: Type.Array(
      Type.Object({
        pitch_cents: Type.Number({ examples: [167] }),
        votes: Type.Integer({ examples: [46] }),
      }),
    ),
  },
  { description: 'What the landmarks of the best window voted for.' },
);

export const ExplanationAnswer = Type.Object({
  scan_id: Type.String({ format: 'uuid', examples: ['019c1fa0-77aa-7b30-b0d5-58d2c9a0f7c4'] }),
  external_id: nullable(
    Type.String({ description: "The caller's id for the upload.", examples: ['upload-77'] }),
  ),
  duration_ms: milliseconds('How much audio the upload holds.', 60_000),
  transforms: transforms("The scan's."),
  recording: Type.Object({
    recording_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa'] }),
    external_id: Type.String({ examples: ['catalog-000123'] }),
    title: name('The Great Gig in the Sky'),
    artist: name('Pink Floyd'),
  }),
  reference_duration_ms: milliseconds('How much audio the reference holds.', 284_000),
  in_scan: Type.Boolean({ description: 'Whether the scan reported this recording.' }),
  scan_index_position: Type.Integer({
    description: 'The position the scan was answered at.',
    examples: [1204],
  }),
  index_position: Type.Integer({
    description:
      'The position of now: an explanation searches the pair again, against the present reference and size of the index.',
    examples: [1377],
  }),
  verdict: VerdictView,
  alignment: nullable(AlignmentView),
  peaks: nullable(PeaksView),
  votes: nullable(VotesView),
});

export type AlignmentView = Static<typeof AlignmentView>;
export type PeaksView = Static<typeof PeaksView>;
export type VotesView = Static<typeof VotesView>;
export type ExplanationAnswer = Static<typeof ExplanationAnswer>;
