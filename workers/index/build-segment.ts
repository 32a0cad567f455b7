/** Makes a segment from fingerprints. Same input, same bytes. */
import { decodeFingerprint, thinToReference } from '../fingerprint/fingerprint-file.ts';
import type { NewReference } from '../protocol.ts';
import { packBlocks } from './constellation-blocks.ts';
import { keyBits, type Landmarks, referenceLandmarks } from './landmark.ts';
import { type SegmentBytes, timelineGapFrames } from './segment.ts';
import { PostingSorter } from './sort-postings.ts';
import { type Part, SegmentWriter } from './write-segment.ts';

export function buildSegment(references: readonly NewReference[]): SegmentBytes {
  const parts: Part[] = [];
  const packed: Uint8Array[] = [];
  const landmarks: Landmarks[] = [];
  for (const { referenceId, position, fingerprint } of references) {
    const { constellation } = thinToReference(decodeFingerprint(fingerprint));
    const peakCount = constellation.frames.length;
    const frameCount = (constellation.frames[peakCount - 1] ?? 0) + 1;
    const { bytes, checksum } = packBlocks(constellation, frameCount);
    landmarks.push(referenceLandmarks(constellation));
    packed.push(bytes);
    parts.push({
      id: Buffer.from(referenceId.replaceAll('-', ''), 'hex'),
      position,
      frameCount,
      peakCount,
      constellationBytes: bytes.length,
      constellationChecksum: checksum,
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
