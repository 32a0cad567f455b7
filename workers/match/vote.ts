/**
 * Votes: the landmarks of one window of the upload, undone by a supposed tempo, are looked up in a segment, and
 * every posting votes for the line it lies on: timeline position − tempo × upload time, and for the pitch that
 * moves one anchor onto the other. Neighbouring cells are probed where a value lies near the edge of its own, so
 * that a small error in a peak does not lose the landmark.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import {
  anchorBits,
  anchorCell,
  frameCell,
  landmarkKey,
  partnersOf,
  stepCell,
  zoneFrames,
  zoneSteps,
} from '../index/landmark.ts';
import { referenceAt, type Segment } from '../index/segment.ts';
import { edgeSteps, type Look, maxCandidates, voteBinShift } from './parameters.ts';

/** What is supposed to have been done to the recording. */
export type Hypothesis = {
  /** Reference frames that pass in one upload frame. */
  readonly tempo: number;
  /** Frequency steps the upload may lie above the reference; equal ends mean: at this pitch and no other. */
  readonly lowestPitch: number;
  readonly highestPitch: number;
};

export const unaltered: Hypothesis = { tempo: 1, lowestPitch: 0, highestPitch: 0 };

export type Candidate = {
  readonly segment: Segment;
  readonly referenceIndex: number;
  readonly hypothesis: Hypothesis;
  /** Reference frame − tempo × upload frame, to within a voting bin. */
  readonly diagonal: number;
  /** Upload frequency − reference frequency in steps, to within a voting window where it was open. */
  readonly pitch: number;
  readonly votes: number;
};

/** Landmarks of a window, as cells to probe. In parallel: bucket or key, anchor's time and frequency. */
export type Probes = {
  readonly hypothesis: Hypothesis;
  /** Whole keys where the pitch is known; else buckets, in which all anchors are read. */
  readonly keys: Uint32Array;
  /** Anchor's time × tempo, in reference frames. */
  readonly frames: Uint32Array;
  readonly steps: Uint16Array;
};

/** Added to every diagonal so that an upload that begins before its reference still counts upwards. */
const bias = 1 << 20;
const counterBits = 20;
const counterMask = 2 ** counterBits - 1;
/** Spreads the pitch windows of one diagonal over the counters; odd. */
const pitchStride = 40_503;
/** Pitch is voted on in windows of one anchor cell. */
const windowCount = 256;
const pitchBias = 64;
/** Runs longer than this are searched by halving. */
const linearSlot = 24;
const lastStepCell = 36;
const lastFrameCell = zoneFrames / frameCell;

/** Kept between calls: one set of buffers a thread. */
const counters = new Uint16Array(2 ** counterBits);
let hitDiagonals = new Uint32Array(2 ** 14);
let hitPositions = new Uint32Array(2 ** 14);
let hitWindows = new Uint8Array(2 ** 14);
let probeKeys = new Uint32Array(2 ** 15);
let probeFrames = new Uint32Array(2 ** 15);
let probeSteps = new Uint16Array(2 ** 15);
/** Where the postings of each probe lie, and how many probes have how many. */
let runBegins = new Uint32Array(2 ** 15);
let runEnds = new Uint32Array(2 ** 15);
const runLengths = new Uint32Array(4096);
const partners = new Int32Array(64);
const df12 = new Int32Array(2);
const df13 = new Int32Array(2);
const dt12 = new Int32Array(2);
const dt13 = new Int32Array(2);
const anchors = new Int32Array(2);
/** Two of each of five values. */
const maxProbesPerTriplet = 32;

/** Where the landmarks of the peaks `begin`…`end` below `ranks` may have been registered. Valid until the next call. */
export function probeWindow(
  constellation: Constellation,
  begin: number,
  end: number,
  ranks: number,
  hypothesis: Hypothesis,
): Probes {
  const { frames, steps } = constellation;
  const { tempo } = hypothesis;
  const isKnown = isPitchKnown(hypothesis);
  const reach = zoneFrames / tempo;
  let count = 0;
  for (let i = begin; i < end; i++) {
    if ((constellation.ranks[i] as number) >= ranks) continue;
    const frame = frames[i] as number;
    const step = steps[i] as number;
    const unshifted = step - hypothesis.lowestPitch;
    if (isKnown && (unshifted < 0 || unshifted >= 640)) continue;
    const anchorCount = isKnown ? cellsNear(unshifted, anchorCell, edgeSteps, 63, anchors) : 1;
    const partnerCount = partnersOf(constellation, i, reach, ranks, partners);
    for (let p = 0; p < partnerCount; p++) {
      const second = partners[p] as number;
      const df12Count = cellsNear(
        (steps[second] as number) - step + zoneSteps,
        stepCell,
        edgeSteps,
        lastStepCell,
        df12,
      );
      const dt12Count = cellsNear(
        ((frames[second] as number) - frame) * tempo,
        frameCell,
        1,
        lastFrameCell,
        dt12,
      );
      for (let r = p + 1; r < partnerCount; r++) {
        const third = partners[r] as number;
        const df13Count = cellsNear(
          (steps[third] as number) - step + zoneSteps,
          stepCell,
          edgeSteps,
          lastStepCell,
          df13,
        );
        const dt13Count = cellsNear(
          ((frames[third] as number) - frame) * tempo,
          frameCell,
          1,
          lastFrameCell,
          dt13,
        );
        if (count + maxProbesPerTriplet > probeKeys.length) growProbes();
        const from = count;
        for (let a = 0; a < df12Count; a++) {
          for (let b = 0; b < df13Count; b++) {
            for (let c = 0; c < dt12Count; c++) {
              for (let d = 0; d < dt13Count; d++) {
                const key = landmarkKey(
                  df12[a] as number,
                  df13[b] as number,
                  dt12[c] as number,
                  dt13[d] as number,
                );
                for (let e = 0; e < anchorCount; e++) {
                  probeKeys[count++] = isKnown ? key | (anchors[e] as number) : key;
                }
              }
            }
          }
        }
        probeFrames.fill(Math.round(frame * tempo), from, count);
        probeSteps.fill(step, from, count);
      }
    }
  }
  return {
    hypothesis,
    keys: probeKeys.subarray(0, count),
    frames: probeFrames.subarray(0, count),
    steps: probeSteps.subarray(0, count),
  };
}

/** The cell of a value ≥ 0, and the neighbour's where the value lies within `edge` of it. Says how many. */
function cellsNear(value: number, size: number, edge: number, last: number, target: Int32Array): number {
  const cell = Math.min(last, (value / size) | 0);
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

/** `position` is one of the postings that voted; it says which reference this is. */
type Bin = { votes: number; sum: number; readonly position: number };

/** The best voted lines of one segment, best first. */
export function voteSegment(
  segment: Segment,
  tombstones: Uint8Array,
  probes: Probes,
  { minVotes, maxHits }: Look,
): Candidate[] {
  const hitCount = collectHits(segment, probes, maxHits);
  for (let i = 0; i < hitCount; i++) {
    const at = counterAt((hitDiagonals[i] as number) >>> voteBinShift, hitWindows[i] as number);
    counters[at] = (counters[at] as number) + 1;
  }
  // The largest of the four bins that speak together has a quarter of the votes at the least.
  const leastOwn = Math.ceil(minVotes / 4);
  const bins = new Map<number, Bin>();
  for (let i = 0; i < hitCount; i++) {
    const diagonal = hitDiagonals[i] as number;
    const window = hitWindows[i] as number;
    const bin = diagonal >>> voteBinShift;
    if ((counters[counterAt(bin, window)] as number) < leastOwn) continue;
    if (votesAround(bin, window) < minVotes) continue;
    const key = bin * windowCount + window;
    const found = bins.get(key);
    if (found === undefined) bins.set(key, { votes: 1, sum: diagonal, position: hitPositions[i] as number });
    else {
      found.votes++;
      found.sum += diagonal;
    }
  }
  for (let i = 0; i < hitCount; i++) {
    counters[counterAt((hitDiagonals[i] as number) >>> voteBinShift, hitWindows[i] as number)] = 0;
  }
  return chooseCandidates(segment, tombstones, probes.hypothesis, bins, minVotes);
}

function counterAt(bin: number, window: number): number {
  return (bin + window * pitchStride) & counterMask;
}

/** Votes of a bin, of the better bin beside it in time, and of the better pair beside both in pitch. */
function votesAround(bin: number, window: number): number {
  const here = pairVotes(bin, window);
  return here + Math.max(pairVotes(bin, window - 1), pairVotes(bin, window + 1));
}

function pairVotes(bin: number, window: number): number {
  const own = counters[counterAt(bin, window)] as number;
  return (
    own +
    Math.max(counters[counterAt(bin + 1, window)] as number, counters[counterAt(bin - 1, window)] as number)
  );
}

function chooseCandidates(
  segment: Segment,
  tombstones: Uint8Array,
  hypothesis: Hypothesis,
  bins: ReadonlyMap<number, Readonly<Bin>>,
  minVotes: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const [key, own] of bins) {
    const beside = [-windowCount, windowCount, -1, 1].map((by) => bins.get(key + by));
    // Of neighbouring bins the larger speaks for all; the lower one where they are equal.
    if (
      beside.some((other, i) => other && (i % 2 === 0 ? other.votes >= own.votes : other.votes > own.votes))
    )
      continue;
    const inTime = larger(beside[0], beside[1]);
    const inPitch = larger(beside[2], beside[3]);
    const votes = own.votes + (inTime?.votes ?? 0) + (inPitch?.votes ?? 0);
    if (votes < minVotes) continue;
    const referenceIndex = referenceAt(segment, own.position);
    if (tombstones[referenceIndex]) continue;
    const line = (own.sum + (inTime?.sum ?? 0) + (inPitch?.sum ?? 0)) / votes - bias;
    candidates.push({
      segment,
      referenceIndex,
      hypothesis,
      diagonal: Math.round(line) - (segment.firstFrames[referenceIndex] as number),
      pitch: pitchOf(hypothesis, key % windowCount),
      votes,
    });
  }
  return candidates.sort((a, b) => b.votes - a.votes).slice(0, maxCandidates);
}

function larger(a: Readonly<Bin> | undefined, b: Readonly<Bin> | undefined): Readonly<Bin> | undefined {
  return (a?.votes ?? 0) >= (b?.votes ?? 0) ? a : b;
}

function pitchOf(hypothesis: Hypothesis, window: number): number {
  if (hypothesis.lowestPitch === hypothesis.highestPitch) return hypothesis.lowestPitch;
  return (window - pitchBias) * anchorCell + anchorCell / 2;
}

/**
 * Reads the postings of the rarest probes first, and of as many as the budget allows: what many recordings share
 * says little about any of them, and so a scan's cost does not grow with the catalog where it learns nothing.
 */
function collectHits(segment: Segment, probes: Probes, maxHits: number): number {
  const { slots, remainders, slotShift } = segment;
  const { keys, hypothesis } = probes;
  const mask = (1 << slotShift) - 1;
  const span = isPitchKnown(hypothesis) ? 0 : (1 << anchorBits) - 1;
  while (runBegins.length < keys.length) {
    runBegins = grow(runBegins);
    runEnds = grow(runEnds);
  }
  runLengths.fill(0);
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k] as number;
    const slot = key >>> slotShift;
    const first = key & mask;
    const slotEnd = slots[slot + 1] as number;
    const at = firstNotBelow(remainders, slots[slot] as number, slotEnd, first);
    const end = firstNotBelow(remainders, at, slotEnd, first + span + 1);
    runBegins[k] = at;
    runEnds[k] = end;
    const length = Math.min(end - at, runLengths.length - 1);
    runLengths[length] = (runLengths[length] as number) + 1;
  }
  let longest = 0;
  for (let sum = 0; longest + 1 < runLengths.length; longest++) {
    sum += (longest + 1) * (runLengths[longest + 1] as number);
    if (sum > maxHits) break;
  }
  return readRuns(segment, probes, longest);
}

/** Where in a slot, which is in order, the first remainder lies that is not below `least`. */
function firstNotBelow(remainders: Uint16Array, begin: number, end: number, least: number): number {
  let low = begin;
  let high = end;
  while (high - low > linearSlot) {
    const middle = (low + high) >>> 1;
    if ((remainders[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  while (low < high && (remainders[low] as number) < least) low++;
  return low;
}

/** Turns the postings of all runs no longer than `longest` into votes; says how many. */
function readRuns({ remainders, positions }: Segment, probes: Probes, longest: number): number {
  const { keys, frames, steps, hypothesis } = probes;
  const isKnown = isPitchKnown(hypothesis);
  const anchorMask = (1 << anchorBits) - 1;
  let count = 0;
  for (let k = 0; k < keys.length; k++) {
    const end = runEnds[k] as number;
    const begin = runBegins[k] as number;
    if (end - begin > longest) continue;
    for (let at = begin; at < end; at++) {
      let window = 0;
      if (!isKnown) {
        const apart =
          (steps[k] as number) - ((remainders[at] as number) & anchorMask) * anchorCell - anchorCell / 2;
        if (apart < hypothesis.lowestPitch || apart > hypothesis.highestPitch) continue;
        window = Math.floor(apart / anchorCell) + pitchBias;
      }
      if (count === hitDiagonals.length) {
        hitDiagonals = grow(hitDiagonals);
        hitPositions = grow(hitPositions);
        hitWindows = growBytes(hitWindows);
      }
      const position = positions[at] as number;
      hitPositions[count] = position;
      hitDiagonals[count] = position - (frames[k] as number) + bias;
      hitWindows[count++] = window;
    }
  }
  return count;
}

function isPitchKnown(hypothesis: Hypothesis): boolean {
  return hypothesis.lowestPitch === hypothesis.highestPitch;
}

function growProbes(): void {
  probeKeys = grow(probeKeys);
  probeFrames = grow(probeFrames);
  const steps = new Uint16Array(probeSteps.length * 2);
  steps.set(probeSteps);
  probeSteps = steps;
}

function grow(source: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(source.length * 2);
  grown.set(source);
  return grown;
}

function growBytes(source: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(source.length * 2);
  grown.set(source);
  return grown;
}
