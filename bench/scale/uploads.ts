/** Long uploads out of fingerprints: one cut short, several strung together. */
import { filterPeaks } from '../../workers/fingerprint/constellation.ts';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';

/** Its first seconds. */
export function uploadOf(fingerprint: Fingerprint, seconds: number): Uint8Array<ArrayBuffer> {
  const end = (seconds * 1000) / frameMs;
  const { frames } = fingerprint.constellation;
  return encodeFingerprint({
    ...fingerprint,
    durationMs: Math.min(fingerprint.durationMs, seconds * 1000),
    constellation: filterPeaks(fingerprint.constellation, (i) => (frames[i] as number) < end),
    descriptors: new Uint8Array(0),
  });
}

/** One after the other, from the first again where they are too few, up to so many seconds. */
export function strungTogether(pieces: readonly Fingerprint[], seconds: number): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first === undefined) throw new Error('there is nothing to string together');
  const frames: number[] = [];
  const steps: number[] = [];
  const ranks: number[] = [];
  let at = 0;
  for (let i = 0; at * frameMs < seconds * 1000; i++) {
    const { constellation, durationMs } = pieces[i % pieces.length] as Fingerprint;
    for (const [peak, frame] of constellation.frames.entries()) {
      frames.push(at + frame);
      steps.push(constellation.steps[peak] as number);
      ranks.push(constellation.ranks[peak] as number);
    }
    at += Math.ceil(durationMs / frameMs) + 1;
  }
  const constellation = {
    frames: Uint32Array.from(frames),
    steps: Uint16Array.from(steps),
    ranks: Uint8Array.from(ranks),
  };
  const whole = { ...first, durationMs: at * frameMs, constellation, descriptors: new Uint8Array(0) };
  return uploadOf(whole, seconds);
}
