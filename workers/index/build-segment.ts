/** Makes a segment from fingerprints. Same input, same bytes. */
import { crc32 } from 'node:zlib';
import {
  decodeFingerprint,
  packedConstellationIn,
  thinToReference,
} from '../fingerprint/fingerprint-file.ts';
import { packConstellation } from '../fingerprint/packed-constellation.ts';
import { referenceRankCount } from '../fingerprint/parameters.ts';
import type { NewReference } from '../protocol.ts';
import { keyBits, type Landmarks, referenceLandmarks } from './landmark.ts';
import { type SegmentBytes, timelineGapFrames } from './segment.ts';
import { PostingSorter } from './sort-postings.ts';
import { type Part, SegmentWriter } from './write-segment.ts';

export function buildSegment(references: readonly NewReference[]): SegmentBytes {
  const parts: Part[] = [];
  const packed: Uint8Array[] = [];
  const landmarks: Landmarks[] = [];
  for (const { referenceId, position, fingerprint } of references) {
    const decoded = decodeFingerprint(fingerprint);
    const { constellation } = thinToReference(decoded);
    const peakCount = constellation.frames.length;
    // A constellation has one way to be packed: what is at reference density is so already.
    const bytes =
      decoded.density === 'reference'
        ? packedConstellationIn(fingerprint)
        : packConstellation(constellation, referenceRankCount);
    landmarks.push(referenceLandmarks(constellation));
    packed.push(bytes);
    parts.push({
      id: Buffer.from(referenceId.replaceAll('-', ''), 'hex'),
      position,
      frameCount: (constellation.frames[peakCount - 1] ?? 0) + 1,
      peakCount,
      constellationBytes: bytes.length,
      constellationChecksum: crc32(bytes),
    });
  }
  const total = landmarks.reduce((sum, { count }) => sum + count, 0);
  const keys = new Uint32Array(total);
  const frames = new Uint32Array(total);
  let at = 0;
  let first = timelineGapFrames;
  for (const [i, own] of landmarks.entries()) {
    keys.set(own.keys, at);
    for (let j = 0; j < own.count; j++) frames[at + j] = first + (own.frames[j] as number);
    at += own.count;
    first += (parts[i] as Part).frameCount + timelineGapFrames;
  }
  const writer = new SegmentWriter(parts, total);
  writer.append(new PostingSorter().sort({ keys, frames }, total, keyBits), total);
  return { bytes: writer.finish(), constellations: concatenated(packed) };
}

function concatenated(runs: readonly Uint8Array[]): SharedArrayBuffer {
  const bytes = new SharedArrayBuffer(runs.reduce((sum, run) => sum + run.length, 0));
  const target = new Uint8Array(bytes);
  let at = 0;
  for (const run of runs) {
    target.set(run, at);
    at += run.length;
  }
  return bytes;
}
