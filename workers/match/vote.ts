/**
 * Votes: the landmarks of one window of the upload are looked up in a segment, and every posting votes for the
 * diagonal (timeline position − upload time) it lies on. Neighbouring cells are probed where a value lies near
 * the edge of its own, so that a small error in a peak does not lose the landmark.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { anchorCell, frameCell, landmarkKey, partnersOf, stepCell, zoneSteps } from '../index/landmark.ts';
import { referenceAt, type Segment } from '../index/segment.ts';
import { edgeSteps, maxCandidates, maxHits, minVotes, voteBinShift } from './parameters.ts';

export type Candidate = {
  readonly segment: Segment;
  readonly referenceIndex: number;
  /** Reference frame − upload frame, to within a voting bin. */
  readonly diagonal: number;
  readonly votes: number;
};

/** Added to every diagonal so that an upload that begins before its reference still counts upwards. */
const bias = 1 << 20;
const counterBits = 18;
const counterMask = 2 ** counterBits - 1;
/** A slot longer than this is searched by halving. */
const linearSlot = 24;

/** Kept between calls: one set of buffers a thread. */
const counters = new Uint16Array(2 ** counterBits);
let hitPositions = new Uint32Array(2 ** 14);
let hitFrames = new Uint32Array(2 ** 14);
const partners = new Int32Array(64);

/** Every key that `constellation`'s peaks from `begin` to `end` may have been registered under, with its anchor's frame. */
export function windowKeys(
  constellation: Constellation,
  begin: number,
  end: number,
  ranks: number,
): { keys: Uint32Array; frames: Uint32Array } {
  const { frames, steps } = constellation;
  let keys = new Uint32Array(2 ** 14);
  let anchors = new Uint32Array(2 ** 14);
  let count = 0;
  const df12 = new Int32Array(2);
  const df13 = new Int32Array(2);
  const dt12 = new Int32Array(2);
  const dt13 = new Int32Array(2);
  const anchorCells = new Int32Array(2);
  for (let i = begin; i < end; i++) {
    if ((constellation.ranks[i] as number) >= ranks) continue;
    const frame = frames[i] as number;
    const step = steps[i] as number;
    const anchorCount = cellsNear(step, anchorCell, edgeSteps, 63, anchorCells);
    const partnerCount = partnersOf(constellation, i, partners);
    for (let p = 0; p < partnerCount; p++) {
      const second = partners[p] as number;
      if ((constellation.ranks[second] as number) >= ranks) continue;
      const df12Count = cellsNear((steps[second] as number) - step + zoneSteps, stepCell, edgeSteps, 36, df12);
      const dt12Count = cellsNear((frames[second] as number) - frame, frameCell, 1, 16, dt12);
      for (let r = p + 1; r < partnerCount; r++) {
        const third = partners[r] as number;
        if ((constellation.ranks[third] as number) >= ranks) continue;
        const df13Count = cellsNear((steps[third] as number) - step + zoneSteps, stepCell, edgeSteps, 36, df13);
        const dt13Count = cellsNear((frames[third] as number) - frame, frameCell, 1, 16, dt13);
        if (count + 32 > keys.length) {
          keys = grow(keys);
          anchors = grow(anchors);
        }
        for (let a = 0; a < df12Count; a++) {
          for (let b = 0; b < df13Count; b++) {
            for (let c = 0; c < dt12Count; c++) {
              for (let d = 0; d < dt13Count; d++) {
                for (let e = 0; e < anchorCount; e++) {
                  keys[count] = landmarkKey(
                    df12[a] as number,
                    df13[b] as number,
                    dt12[c] as number,
                    dt13[d] as number,
                    anchorCells[e] as number,
                  );
                  anchors[count++] = frame;
                }
              }
            }
          }
        }
      }
    }
  }
  return { keys: keys.subarray(0, count), frames: anchors.subarray(0, count) };
}

/** The cell of a value ≥ 0, and the neighbour's where the value lies within `edge` of it. Says how many. */
function cellsNear(value: number, size: number, edge: number, last: number, target: Int32Array): number {
  const cell = (value / size) | 0;
  const inside = value - cell * size;
  target[0] = cell;
  if (inside < edge && inside < size - inside && cell > 0) {
    target[1] = cell - 1;
    return 2;
  }
  if (size - 1 - inside < edge && cell < last) {
    target[1] = cell + 1;
    return 2;
  }
  return 1;
}

/** The best voted diagonals of one segment, best first. */
export function voteSegment(
  segment: Segment,
  tombstones: Uint8Array,
  window: { readonly keys: Uint32Array; readonly frames: Uint32Array },
): Candidate[] {
  const hitCount = collectHits(segment, window.keys, window.frames);
  for (let i = 0; i < hitCount; i++) {
    const bin = (((hitPositions[i] as number) - (hitFrames[i] as number) + bias) >>> voteBinShift) & counterMask;
    counters[bin] = (counters[bin] as number) + 1;
  }
  const bins = new Map<number, { votes: number; sum: number; position: number }>();
  for (let i = 0; i < hitCount; i++) {
    const diagonal = (hitPositions[i] as number) - (hitFrames[i] as number) + bias;
    const bin = diagonal >>> voteBinShift;
    const around =
      (counters[bin & counterMask] as number) +
      Math.max(counters[(bin + 1) & counterMask] as number, counters[(bin - 1) & counterMask] as number);
    if (around < minVotes) continue;
    const found = bins.get(bin);
    if (found === undefined) bins.set(bin, { votes: 1, sum: diagonal, position: hitPositions[i] as number });
    else {
      found.votes++;
      found.sum += diagonal;
    }
  }
  for (let i = 0; i < hitCount; i++) {
    counters[(((hitPositions[i] as number) - (hitFrames[i] as number) + bias) >>> voteBinShift) & counterMask] = 0;
  }
  const candidates: Candidate[] = [];
  for (const [bin, own] of bins) {
    const before = bins.get(bin - 1);
    const after = bins.get(bin + 1);
    // Of neighbouring bins the larger speaks for both; the lower one where they are equal.
    if ((before && before.votes >= own.votes) || (after && after.votes > own.votes)) continue;
    const beside = (before?.votes ?? 0) >= (after?.votes ?? 0) ? before : after;
    const votes = own.votes + (beside?.votes ?? 0);
    if (votes < minVotes) continue;
    const referenceIndex = referenceAt(segment, own.position);
    if (tombstones[referenceIndex]) continue;
    const diagonal = Math.round((own.sum + (beside?.sum ?? 0)) / votes) - bias;
    candidates.push({ segment, referenceIndex, diagonal: diagonal - (segment.firstFrames[referenceIndex] as number), votes });
  }
  return candidates.sort((a, b) => b.votes - a.votes).slice(0, maxCandidates);
}

function collectHits(segment: Segment, keys: Uint32Array, frames: Uint32Array): number {
  const { slots, remainders, positions, slotShift } = segment;
  const mask = (1 << slotShift) - 1;
  let count = 0;
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k] as number;
    const slot = key >>> slotShift;
    const remainder = key & mask;
    let at = slots[slot] as number;
    const end = slots[slot + 1] as number;
    if (end - at > linearSlot) {
      let high = end;
      while (at < high) {
        const middle = (at + high) >>> 1;
        if ((remainders[middle] as number) < remainder) at = middle + 1;
        else high = middle;
      }
    } else while (at < end && (remainders[at] as number) < remainder) at++;
    for (; at < end && (remainders[at] as number) === remainder; at++) {
      if (count === hitPositions.length) {
        if (count === maxHits) return count;
        hitPositions = grow(hitPositions);
        hitFrames = grow(hitFrames);
      }
      hitPositions[count] = positions[at] as number;
      hitFrames[count++] = frames[k] as number;
    }
  }
  return count;
}

function grow(source: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(source.length * 2);
  grown.set(source);
  return grown;
}
