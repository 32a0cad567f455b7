/** A reference's constellation, out of the segment that holds it. */
import type { Constellation } from '../fingerprint/constellation.ts';
import { unpackBlocks } from './constellation-blocks.ts';
import { type Segment, segmentReference } from './segment.ts';

/** Its peaks from one frame up to another, and some before and behind. */
export function getConstellation(
  segment: Segment,
  index: number,
  fromFrame = 0,
  untilFrame = Number.POSITIVE_INFINITY,
): Constellation {
  const blocks = {
    source: segment.constellations,
    begin: segment.constellationBegins[index] as number,
    end: segment.constellationBegins[index + 1] as number,
    checksum: segment.constellationChecksums[index] as number,
    frameCount: segment.frameCounts[index] as number,
  };
  const unpacked = unpackBlocks(blocks, fromFrame, untilFrame);
  if (unpacked === undefined)
    throw new Error(
      `the index holds a broken constellation of ${segmentReference(segment, index).referenceId}`,
    );
  return unpacked;
}
