/**
 * Landmarks: triplets of peaks, and the 28-bit keys they are found by.
 *
 * A triplet is an anchor and two later peaks of its zone, in the order of the constellation. Its key is
 *   bits 27–6  bucket: Δf12 and Δf13 in half a semitone, Δt12 and Δt13 in 40 ms, scrambled so that equal shares
 *              of the key space hold about equal shares of the postings
 *   bits 5–0   the anchor's frequency in 1/14 octave
 * The bucket holds no absolute frequency: all pitches of a shape lie side by side, one pitch is a narrow slice.
 */
import type { Constellation } from '../fingerprint/constellation.ts';

/** The partners of an anchor begin within this many frames after it: 0.64 s. */
export const zoneFrames = 32;
/** … and lie within this many frequency steps either side: one octave. */
export const zoneSteps = 144;
/** Partners looked at on either side of the search; more would be read than an anchor's zone can hold in music. */
export const maxPartners = 40;

/** Frequency steps of one cell: half a semitone. Wider ones bring three times the postings for hardly more landmarks. */
export const stepCell = 6;
/** Frames of one cell: 40 ms. */
export const frameCell = 2;
/** Frequency steps of one cell of the anchor. */
export const anchorCell = 10;

const stepCells = Math.ceil(288 / stepCell) + 2;
const frameCells = 17;
/** Buckets there are before scrambling: (2 × 144 / 6 + 2)² × 17². */
const bucketCount = stepCells * stepCells * frameCells * frameCells;
export const bucketBits = 22;
export const anchorBits = 6;
export const keyBits = bucketBits + anchorBits;
/** Odd, near 2^22 / golden ratio: multiplication by it modulo 2^22 is a permutation that spreads neighbours. */
const scrambler = 2592261;
const bucketMask = (2 ** bucketBits - 1) << anchorBits;

if (bucketCount > 2 ** bucketBits) throw new Error('buckets do not fit their bits');

/**
 * The key of the bucket's lowest anchor; a key is this | the anchor's cell. Cells are passed in, not differences,
 * so that a search can probe the neighbours.
 */
export function landmarkKey(df12: number, df13: number, dt12: number, dt13: number): number {
  return keyOfShares(secondShare(df12, dt12), thirdShare(df13, dt13));
}

/** What the second peak's cells, and what the third's, add to the key: scrambling is linear, so it can go first. */
export function secondShare(df12: number, dt12: number): number {
  return Math.imul((df12 * stepCells * frameCells + dt12) * frameCells, scrambler) << anchorBits;
}

export function thirdShare(df13: number, dt13: number): number {
  return Math.imul(df13 * frameCells * frameCells + dt13, scrambler) << anchorBits;
}

export function keyOfShares(second: number, third: number): number {
  return (second + third) & bucketMask;
}

/** The cell of a difference of −144…144 steps; cell 24 begins at 0. */
export function stepCellOf(steps: number): number {
  return Math.floor((steps + zoneSteps) / stepCell);
}

export type Landmarks = {
  readonly count: number;
  readonly keys: Uint32Array;
  /** Frame of the anchor. */
  readonly frames: Uint32Array;
};

/** Ranks a landmark's neighbourhood lets through, 0.54 s either side: about 7.5 landmarks a second. */
const landmarkReachFrames = 27;
const landmarkRanks = 8;

/** No partner yet, and with rank and place one outside of the zone: above every rank and place (32 × 640 are in a zone). */
const noPartner = 0x7fff0000;
/** Above every cost. */
const noTriplet = 0xffff;

/**
 * The landmarks a reference is found by. Every anchor offers its triplet of the lowest ranks; of all the
 * offers within half a second the best eight stay. What is most salient is what noise leaves.
 */
export function referenceLandmarks(source: Constellation): Landmarks {
  const { frames, steps, ranks } = source;
  const count = frames.length;
  const second = new Int32Array(count);
  const third = new Int32Array(count);
  const cost = new Int32Array(count).fill(noTriplet);
  let from = 0;
  let end = 0;
  for (let i = 0; i < count; i++) {
    const frame = frames[i] as number;
    const step = steps[i] as number;
    // Two peaks of one frame are often one sound; a partner begins after its anchor.
    while (from < count && (frames[from] as number) <= frame) from++;
    while (end < count && (frames[end] as number) <= frame + zoneFrames) end++;
    // Rank and then place in one number, the two lowest kept without a branch: chance decides, and no processor guesses it.
    let best = noPartner;
    let next = noPartner;
    for (let j = from; j < end; j++) {
      const above = (steps[j] as number) - step;
      const outside = ((zoneSteps + above) | (zoneSteps - above)) >> 31;
      const one = (outside & noPartner) | ((ranks[j] as number) << 16) | (j - from);
      const less = (one - best) & ((one - best) >> 31);
      best += less;
      const rest = one - less - next;
      next += rest & (rest >> 31);
    }
    if (next >= noPartner) continue;
    const [a, b] = [from + (best & 0xffff), from + (next & 0xffff)];
    second[i] = Math.min(a, b);
    third[i] = Math.max(a, b);
    cost[i] = (ranks[i] as number) + (best >> 16) + (next >> 16);
  }
  const keys = new Uint32Array(count);
  const anchors = new Uint32Array(count);
  let kept = 0;
  let low = 0;
  let high = 0;
  for (let i = 0; i < count; i++) {
    const own = cost[i] as number;
    if (own === noTriplet) continue;
    const frame = frames[i] as number;
    while ((frames[low] as number) < frame - landmarkReachFrames) low++;
    while (high < count && (frames[high] as number) <= frame + landmarkReachFrames) high++;
    // Of those that cost the same the earlier one is better. The sign bit counts, again because no processor guesses it.
    let better = 0;
    for (let j = low; j < i; j++) better += ((cost[j] as number) - own - 1) >>> 31;
    for (let j = i + 1; j < high; j++) better += ((cost[j] as number) - own) >>> 31;
    if (better >= landmarkRanks) continue;
    const b = second[i] as number;
    const c = third[i] as number;
    const step = steps[i] as number;
    keys[kept] =
      landmarkKey(
        stepCellOf((steps[b] as number) - step),
        stepCellOf((steps[c] as number) - step),
        Math.floor(((frames[b] as number) - frame) / frameCell),
        Math.floor(((frames[c] as number) - frame) / frameCell),
      ) | Math.floor(step / anchorCell);
    anchors[kept++] = frame;
  }
  return { count: kept, keys: keys.subarray(0, kept), frames: anchors.subarray(0, kept) };
}

function isPartner(frames: number, steps: number): boolean {
  // Two peaks of one frame are often one sound; a partner begins after its anchor.
  return frames >= 1 && steps >= -zoneSteps && steps <= zoneSteps;
}

/**
 * Indices of the partners of peak `i` below `most` in rank, in order, into `target`; says how many. `reach` is the zone
 * in frames of this constellation: an upload that runs slow has a longer one.
 */
export function partnersOf(
  { frames, steps, ranks }: Constellation,
  i: number,
  reach: number,
  most: number,
  target: Int32Array,
): number {
  const frame = frames[i] as number;
  const step = steps[i] as number;
  let count = 0;
  for (let j = i + 1; j < frames.length && count < maxPartners; j++) {
    const distance = (frames[j] as number) - frame;
    if (distance > reach) break;
    if ((ranks[j] as number) < most && isPartner(distance, (steps[j] as number) - step)) target[count++] = j;
  }
  return count;
}
