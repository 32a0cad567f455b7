/**
 * Fingerprints of audio that never was: peaks drawn by chance, at the density of a reference, from a seed. Each is
 * told from every other, and an excerpt of one is found in it.
 */
import { createHash } from 'node:crypto';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import {
  frameMs,
  parameterVersion,
  referenceRankCount,
  stepCount,
} from '../../workers/fingerprint/parameters.ts';

const peaksPerSecond = 14;

/** Random numbers in [0, 1) that are the same for the same seed: mulberry32, public domain. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function syntheticFingerprint(seed: number, durationMs = 20_000): Fingerprint {
  const random = seededRandom(seed);
  const frameCount = Math.floor(durationMs / frameMs);
  const places = new Set<number>();
  while (places.size < (durationMs / 1000) * peaksPerSecond) {
    places.add(Math.floor(random() * frameCount) * stepCount + Math.floor(random() * stepCount));
  }
  const sorted = [...places].sort((a, b) => a - b);
  return {
    parameterVersion,
    density: 'reference',
    durationMs,
    audioSha256: createHash('sha256').update(`synthetic ${seed} ${durationMs}`).digest(),
    constellation: {
      frames: Uint32Array.from(sorted, (place) => Math.floor(place / stepCount)),
      steps: Uint16Array.from(sorted, (place) => place % stepCount),
      ranks: Uint8Array.from(sorted, () => Math.floor(random() * referenceRankCount)),
    },
    descriptors: new Uint8Array(0),
  };
}

export function syntheticFingerprintFile(seed: number, durationMs = 20_000): Uint8Array<ArrayBuffer> {
  return encodeFingerprint(syntheticFingerprint(seed, durationMs));
}

/** No peak at all, as of silence. */
export function silentFingerprintFile(durationMs = 20_000): Uint8Array<ArrayBuffer> {
  const empty = { frames: new Uint32Array(0), steps: new Uint16Array(0), ranks: new Uint8Array(0) };
  return encodeFingerprint({ ...syntheticFingerprint(0, durationMs), constellation: empty });
}
