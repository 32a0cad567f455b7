/** Excerpts of fingerprints, in place of fingerprints of excerpts. */
import { type Constellation, filterPeaks } from '../../workers/fingerprint/constellation.ts';
import type { Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';

/** So many frames from one on, or as many as there are, as every window sees them; without descriptors. */
export function cut(fingerprint: Fingerprint, fromFrame: number, frameCount: number): Fingerprint {
  const { otherWindows, durationMs } = fingerprint;
  const stretch = (constellation: Constellation): Constellation => {
    const { frames } = constellation;
    const isIn = (frame: number) => frame >= fromFrame && frame < fromFrame + frameCount;
    const kept = filterPeaks(constellation, (i) => isIn(frames[i] as number));
    return { ...kept, frames: kept.frames.map((frame) => frame - fromFrame) };
  };
  return {
    ...fingerprint,
    durationMs: Math.min(durationMs, Math.round(frameCount * frameMs)),
    constellation: stretch(fingerprint.constellation),
    ...(otherWindows && {
      otherWindows: { short: stretch(otherWindows.short), long: stretch(otherWindows.long) },
    }),
    descriptors: new Uint8Array(0),
  };
}
