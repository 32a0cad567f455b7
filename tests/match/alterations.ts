/**
 * What is done to recordings on their way into an upload, done exactly to their peaks: where every frame of the upload
 * comes from is known, not measured.
 */
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import {
  frameCentreMs,
  frameMs,
  queryRanks,
  referenceRanks,
  stepCount,
  stepsPerOctave,
} from '../../workers/fingerprint/parameters.ts';
import type { MatchSegment } from '../../workers/protocol.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';

export type Peak = { readonly frame: number; readonly step: number; readonly rank: number };

export const secondFrames = 1000 / frameMs;

export function peaksOf({ constellation: { frames, steps, ranks } }: Fingerprint): Peak[] {
  return Array.from(frames, (frame, i) => ({
    frame,
    step: steps[i] as number,
    rank: ranks[i] as number,
  }));
}

/** Peaks of the seconds from `from` to `to`, counted from the first of them. */
export function cut(peaks: readonly Peak[], from: number, to: number): Peak[] {
  const begin = from * secondFrames;
  return peaks
    .filter(({ frame }) => frame >= begin && frame < to * secondFrames)
    .map((peak) => ({ ...peak, frame: peak.frame - begin }));
}

export function later(peaks: readonly Peak[], seconds: number): Peak[] {
  return peaks.map((peak) => ({ ...peak, frame: peak.frame + seconds * secondFrames }));
}

/** What an upload is altered by. At the speed s the tempo is s and the pitch is s, too. */
export type Alteration = { readonly tempo: number; readonly semitones: number };

export const atSpeed = (tempo: number): Alteration => ({ tempo, semitones: 12 * Math.log2(tempo) });

export function altered(peaks: readonly Peak[], { tempo, semitones }: Alteration): Peak[] {
  return peaks.map(({ frame, step, rank }) => ({
    frame: Math.round(frame / tempo),
    step: Math.round(step + (semitones * stepsPerOctave) / 12),
    rank,
  }));
}

/**
 * Played at a speed that changes: `speedAt` says it for each second of the upload. Also gives the reference's frame at
 * each of the upload.
 */
export function played(
  peaks: readonly Peak[],
  speedAt: (seconds: number) => number,
): { readonly peaks: Peak[]; readonly referenceFrames: readonly number[] } {
  const last = peaks.reduce((latest, { frame }) => Math.max(latest, frame), 0);
  const referenceFrames = [0];
  for (let at = 0; at < last; ) {
    at += speedAt(referenceFrames.length / secondFrames);
    referenceFrames.push(at);
  }
  const moved = peaks.map(({ frame, step, rank }) => {
    const after = referenceFrames.findIndex((at) => at >= frame);
    const speed = speedAt(after / secondFrames);
    const behind = ((referenceFrames[after] as number) - frame) / speed;
    return {
      frame: Math.max(0, Math.round(after - behind)),
      step: Math.round(step + stepsPerOctave * Math.log2(speed)),
      rank,
    };
  });
  return { peaks: moved, referenceFrames };
}

/** Each peak up to one step and one frame beside its place. */
export function jittered(peaks: readonly Peak[], seed: number): Peak[] {
  const random = seededRandom(seed);
  return peaks.map(({ frame, step, rank }) => ({
    frame: frame + Math.floor(random() * 2),
    step: step + Math.floor(random() * 3) - 1,
    rank,
  }));
}

/** A share of the peaks lost, and as many others in their place, anywhere. */
export function disturbed(peaks: readonly Peak[], share: number, seed: number): Peak[] {
  const random = seededRandom(seed);
  const last = peaks.reduce((latest, { frame }) => Math.max(latest, frame), 0);
  return peaks.map((peak) =>
    random() >= share
      ? peak
      : {
          frame: Math.floor(random() * (last + 1)),
          step: Math.floor(random() * stepCount),
          rank: peak.rank,
        },
  );
}

/** Under something louder: of that all salient peaks stay, and each of these has as many stronger ones around it. */
export function buriedUnder(peaks: readonly Peak[], louder: readonly Peak[]): Peak[] {
  const above = louder.filter(({ rank }) => rank < referenceRanks);
  const below = peaks.map((peak) => ({ ...peak, rank: peak.rank + referenceRanks }));
  return [...above, ...below.filter(({ rank }) => rank < queryRanks)];
}

/** The moments in another order; each keeps the peaks that sound together. */
export function shuffledInTime(peaks: readonly Peak[], seed: number): Peak[] {
  const random = seededRandom(seed);
  const frameCount = peaks.reduce((latest, { frame }) => Math.max(latest, frame), 0) + 1;
  const order = Array.from({ length: frameCount }, (_, i) => i);
  for (let i = frameCount - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return peaks.map((peak) => ({ ...peak, frame: order[peak.frame] as number }));
}

/** A fingerprint of these peaks: those outside the band are lost, and of two at one place the stronger one stays. */
export function fingerprintOfPeaks(
  peaks: readonly Peak[],
  like: Fingerprint,
  density: Fingerprint['density'] = 'query',
): Fingerprint {
  const places = new Map<number, number>();
  for (const { frame, step, rank } of peaks) {
    if (step < 0 || step >= stepCount) continue;
    const place = frame * stepCount + step;
    places.set(place, Math.min(rank, places.get(place) ?? rank));
  }
  const sorted = [...places].sort(([a], [b]) => a - b);
  const last = Math.floor((sorted.at(-1)?.[0] ?? 0) / stepCount);
  return {
    ...like,
    density,
    durationMs: (last + 1) * frameMs + 2 * frameCentreMs,
    constellation: {
      frames: Uint32Array.from(sorted, ([place]) => Math.floor(place / stepCount)),
      steps: Uint16Array.from(sorted, ([place]) => place % stepCount),
      ranks: Uint8Array.from(sorted, ([, rank]) => rank),
    },
    descriptors: new Uint8Array(0),
  };
}

export function uploadOfPeaks(peaks: readonly Peak[], like: Fingerprint): Uint8Array<ArrayBuffer> {
  return encodeFingerprint(fingerprintOfPeaks(peaks, like));
}

/** How far the ends of a segment are off the line that begins at `fromSeconds` of the reference, in ms. */
export function offsetErrorsMs(
  { queryStartMs, queryEndMs, referenceStartMs, referenceEndMs }: MatchSegment,
  tempo: number,
  fromSeconds: number,
): number[] {
  // Both sides count from the middle of their first window.
  const expected = (queryMs: number) =>
    fromSeconds * 1000 + tempo * (queryMs - frameCentreMs) + frameCentreMs;
  return [referenceStartMs - expected(queryStartMs), referenceEndMs - expected(queryEndMs)];
}
