/** A reference's constellation, out of the segment that holds it. */
import { crc32 } from 'node:zlib';
import type { Constellation } from '../fingerprint/constellation.ts';
import { unpackConstellation } from '../fingerprint/packed-constellation.ts';
import { referenceRankCount } from '../fingerprint/parameters.ts';
import { readPacked } from './constellation-source.ts';
import { type Segment, segmentReference } from './segment.ts';

/** @param untilFrame Peaks after it are left out. */
export function getConstellation(segment: Segment, index: number, untilFrame?: number): Constellation {
  const begin = segment.constellationBegins[index] as number;
  const packed = readPacked(segment.constellations, begin, segment.constellationBegins[index + 1] as number);
  const { referenceId, peakCount, frameCount } = segmentReference(segment, index);
  const isWhole = crc32(packed) === segment.constellationChecksums[index];
  const unpacked = isWhole
    ? unpackConstellation(packed, peakCount, frameCount, referenceRankCount, untilFrame)
    : undefined;
  if (unpacked === undefined) throw new Error(`the index holds a broken constellation of ${referenceId}`);
  return unpacked.constellation;
}
