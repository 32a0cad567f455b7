/**
 * A constellation: the peaks of a spectrogram, in the order of time, then of frequency. No two peaks share
 * both. Its arrays run in parallel, one entry a peak.
 */
import { rankReachFrames } from './parameters.ts';

export type Constellation = {
  /** Frame of 20 ms, ascending. */
  readonly frames: Uint32Array<ArrayBuffer>;
  /** Frequency in steps of 1/144 octave above the lowest. */
  readonly steps: Uint16Array<ArrayBuffer>;
  /** How many stronger peaks lie within half a second: 0 is the most salient. */
  readonly ranks: Uint8Array<ArrayBuffer>;
};

export const emptyConstellation: Constellation = {
  frames: new Uint32Array(0),
  steps: new Uint16Array(0),
  ranks: new Uint8Array(0),
};

/** Those peaks of which `keep` holds, in the same order. */
export function filterPeaks(source: Constellation, keep: (index: number) => boolean): Constellation {
  const kept: number[] = [];
  for (let i = 0; i < source.frames.length; i++) if (keep(i)) kept.push(i);
  return {
    frames: Uint32Array.from(kept, (i) => source.frames[i] as number),
    steps: Uint16Array.from(kept, (i) => source.steps[i] as number),
    ranks: Uint8Array.from(kept, (i) => source.ranks[i] as number),
  };
}

/**
 * Ranks every peak among its neighbours of half a second either side and keeps those below `ranks`.
 * Ranking is local and symmetric, so an excerpt ranks as the whole does, but for its ends.
 * Ties go to the earlier peak. `levels` are the whitened levels, in parallel with `frames`.
 */
export function rankPeaks(
  frames: readonly number[],
  steps: readonly number[],
  levels: readonly number[],
  ranks: number,
): Constellation {
  const keptFrames: number[] = [];
  const keptSteps: number[] = [];
  const keptRanks: number[] = [];
  let low = 0;
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as number;
    const level = levels[i] as number;
    while ((frames[low] as number) < frame - rankReachFrames) low++;
    let rank = 0;
    for (let j = low; j < frames.length && (frames[j] as number) <= frame + rankReachFrames; j++) {
      const other = levels[j] as number;
      if ((other > level || (other === level && j < i)) && ++rank === ranks) break;
    }
    if (rank === ranks) continue;
    keptFrames.push(frame);
    keptSteps.push(steps[i] as number);
    keptRanks.push(rank);
  }
  return {
    frames: Uint32Array.from(keptFrames),
    steps: Uint16Array.from(keptSteps),
    ranks: Uint8Array.from(keptRanks),
  };
}
