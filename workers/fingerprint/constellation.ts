/**
 * A constellation: the peaks of a spectrogram, in the order of time, then of frequency. No two peaks share
 * both. Its arrays run in parallel, one entry a peak.
 */
import { queryRanks, rankReachFrames, weakRank, weakRanks } from './parameters.ts';

export type Constellation = {
  /** Frame of 20 ms, ascending. */
  readonly frames: Uint32Array<ArrayBuffer>;
  /** Frequency in steps of 1/144 octave above the lowest. */
  readonly steps: Uint16Array<ArrayBuffer>;
  /** How many stronger peaks lie within half a second: 0 is the most salient. `weakRank`: a weak one. */
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

/** As the kernel finds them; in parallel. */
export type FoundPeaks = {
  readonly frames: readonly number[];
  readonly steps: readonly number[];
  /** Whitened. */
  readonly levels: readonly number[];
  readonly areStrong: readonly boolean[];
};

/**
 * Ranks every strong peak among the strong ones of half a second either side, and keeps those that rank high
 * enough; of the weak ones the louder, without a rank of their own. Ranking is local and symmetric, so an excerpt
 * ranks as the whole does, but for its ends. Ties go to the earlier peak.
 */
export function rankPeaks({ frames, steps, levels, areStrong }: FoundPeaks): Constellation {
  const keptFrames: number[] = [];
  const keptSteps: number[] = [];
  const keptRanks: number[] = [];
  let low = 0;
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as number;
    const level = levels[i] as number;
    const isStrong = areStrong[i] as boolean;
    const limit = isStrong ? queryRanks : weakRanks;
    while ((frames[low] as number) < frame - rankReachFrames) low++;
    let rank = 0;
    for (let j = low; j < frames.length && (frames[j] as number) <= frame + rankReachFrames; j++) {
      if (isStrong && !areStrong[j]) continue;
      const other = levels[j] as number;
      if ((other > level || (other === level && j < i)) && ++rank === limit) break;
    }
    if (rank === limit) continue;
    keptFrames.push(frame);
    keptSteps.push(steps[i] as number);
    keptRanks.push(isStrong ? rank : weakRank);
  }
  return {
    frames: Uint32Array.from(keptFrames),
    steps: Uint16Array.from(keptSteps),
    ranks: Uint8Array.from(keptRanks),
  };
}
