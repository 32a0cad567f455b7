/** An upload's peaks, found by frame in constant time. */
import type { Constellation } from '../fingerprint/constellation.ts';

export type PeakLookup = {
  readonly constellation: Constellation;
  readonly frameCount: number;
  /** Index of the first peak at or after each frame; one entry more than frames. */
  readonly firstPeak: Uint32Array;
};

export function indexPeaks(constellation: Constellation): PeakLookup {
  const { frames } = constellation;
  const frameCount = (frames[frames.length - 1] ?? -1) + 1;
  const firstPeak = new Uint32Array(frameCount + 1);
  let peak = 0;
  for (let frame = 0; frame <= frameCount; frame++) {
    while (peak < frames.length && (frames[peak] as number) < frame) peak++;
    firstPeak[frame] = peak;
  }
  return { constellation, frameCount, firstPeak };
}

/** Index of the first peak at or after `frame`, which may lie outside the upload. */
export function firstPeakFrom(lookup: PeakLookup, frame: number): number {
  if (frame <= 0) return 0;
  return lookup.firstPeak[Math.min(frame, lookup.frameCount)] as number;
}
