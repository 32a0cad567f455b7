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

/** The same audio seen through a window half as long (64 ms) and one twice as long (256 ms); frames, steps and ranks are alike. */
export type OtherWindows = { readonly short: Constellation; readonly long: Constellation };

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
  readonly frames: Uint32Array;
  readonly steps: Uint16Array;
  /** Whitened. */
  readonly levels: Int16Array;
  /** 1 or 0. */
  readonly areStrong: Uint8Array;
};

/**
 * Ranks every strong peak among the strong ones of half a second either side, and keeps those that rank high
 * enough; of the weak ones the louder, without a rank of their own. Ranking is local and symmetric, so an excerpt
 * ranks as the whole does, but for its ends. Ties go to the earlier peak.
 */
export function rankPeaks({ frames, steps, levels, areStrong }: FoundPeaks): Constellation {
  const strong = Uint32Array.from(areStrong.keys().filter((i) => areStrong[i] === 1));
  const among = countStronger(frames, levels);
  const amongStrong = countStronger(
    strong.map((i) => frames[i] as number),
    Int16Array.from(strong, (i) => levels[i] as number),
  );
  const ranks = new Uint8Array(frames.length);
  const kept = new Uint32Array(frames.length);
  let [keptCount, strongCount] = [0, 0];
  for (let i = 0; i < frames.length; i++) {
    const isStrong = areStrong[i] === 1;
    const rank = isStrong ? (amongStrong[strongCount++] as number) : (among[i] as number);
    if (rank >= (isStrong ? queryRanks : weakRanks)) continue;
    ranks[keptCount] = isStrong ? rank : weakRank;
    kept[keptCount++] = i;
  }
  const keptPeaks = kept.subarray(0, keptCount);
  return {
    frames: keptPeaks.map((i) => frames[i] as number),
    steps: Uint16Array.from(keptPeaks, (i) => steps[i] as number),
    ranks: ranks.slice(0, keptCount),
  };
}

/** For each peak how many within reach are stronger, or as strong and earlier. */
function countStronger(frames: Uint32Array, levels: Int16Array): Uint32Array {
  const counts = new Uint32Array(frames.length);
  let [low, high] = [0, 0];
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as number;
    const level = levels[i] as number;
    while ((frames[low] as number) + rankReachFrames < frame) low++;
    while (high < frames.length && (frames[high] as number) <= frame + rankReachFrames) high++;
    let count = 0;
    for (let j = low; j < i; j++) count += Number((levels[j] as number) >= level);
    for (let j = i + 1; j < high; j++) count += Number((levels[j] as number) > level);
    counts[i] = count;
  }
  return counts;
}
