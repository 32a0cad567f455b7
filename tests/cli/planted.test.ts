import { expect, it } from 'vitest';
import { differences, type Planted } from '../../api/cli/demo/planted.ts';
import type { ScanAnswer } from '../../api/registry/scan-answer.ts';

const planted: Planted[] = [
  { query_start_ms: 0, query_end_ms: 10_000, external_id: 'a', reference_start_ms: 5000 },
  { query_start_ms: 10_000, query_end_ms: 20_000, external_id: null, reference_start_ms: null },
];

/** An answer with one match: of this recording, from and to these seconds, at this offset into the reference. */
function answer(externalId: string, start: number, end: number, offset: number): ScanAnswer {
  const segment = {
    query_start_ms: start * 1000,
    query_end_ms: end * 1000,
    reference_start_ms: (start + offset) * 1000,
    reference_end_ms: (end + offset) * 1000,
    tempo_ratio: 1,
    pitch_cents: 0,
    transform: 'none' as const,
    aligned_peaks: 100,
    false_match_probability: 1e-9,
  };
  const match = {
    recording_id: 'r',
    external_id: externalId,
    isrc: null,
    title: null,
    artist: null,
    segments: [segment],
  };
  return {
    scan_id: 's',
    external_id: 'u',
    duration_ms: 20_000,
    index_position: 1,
    transforms: 'all',
    matches: [match],
  };
}

it('agrees with an answer that is a little short at its ends', () => {
  expect(differences(planted, answer('a', 0.5, 9.4, 5.05))).toEqual([]);
});

it.each([
  [
    'the wrong recording',
    answer('b', 0, 10, 5),
    ['missed a at 0:00.0', 'found b at 0:00.0, where it is not'],
  ],
  ['the wrong place in the reference', answer('a', 0, 10, 7), ['missed a at 0:00.0']],
  ['half of it', answer('a', 0, 5, 5), ['missed a at 0:00.0']],
  ['the stranger too', answer('a', 0, 18, 5), ['found a at 0:00.0, where it is not']],
  ['nothing', { ...answer('a', 0, 1, 5), matches: [] }, ['missed a at 0:00.0']],
])('does not agree with %s', (_what, given, said) => {
  expect(differences(planted, given)).toEqual(said);
});
