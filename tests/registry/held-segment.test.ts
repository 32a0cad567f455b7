import { expect, test } from 'vitest';
import { holdSegment, liveContentsOf, removeReference } from '../../api/registry/held-segment.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { mergeSegments } from '../../workers/index/merge-segments.ts';
import { viewSegment } from '../../workers/index/segment.ts';
import { contentsOfSegment } from '../../workers/index/segment-limits.ts';
import { newReference, referenceIdOf } from '../index/references.ts';
import { syntheticFingerprint } from '../support/synthetic-fingerprint.ts';

const made = buildSegment(
  [500, 9000, 1, 3000].map((frames, i) => newReference(i, syntheticFingerprint(i, frames))),
);

test.each([
  ['all', []],
  ['some', [1, 3]],
  ['none', [0, 1, 2, 3]],
])('a segment of which %s is left says what is in it when it is written again', async (_, removed) => {
  const held = await holdSegment('one', made);
  expect(liveContentsOf(held)).toEqual(contentsOfSegment(held.segment));
  for (const position of removed) removeReference(held, referenceIdOf(position));
  const again = mergeSegments([held.shared]);
  expect(liveContentsOf(held)).toEqual(contentsOfSegment(viewSegment(again.bytes)));
  const opened = await holdSegment('one', made, held.removed);
  expect(liveContentsOf(opened)).toEqual(liveContentsOf(held));
});
