/**
 * Votes: the probes of one window of the upload are looked up in a segment, and every posting votes for the line it
 * lies on: timeline position − tempo × upload time, and for the pitch that moves one anchor onto the other.
 */
import { anchorBits, anchorCell } from '../index/landmark.ts';
import { referenceAt, type Segment } from '../index/segment.ts';
import type { Guess } from './align.ts';
import { grow, growBytes } from './growing-arrays.ts';
import { type Look, maxCandidates, peakSteps, voteBinShift } from './parameters.ts';
import { type Hypothesis, isPitchKnown, type Probes } from './probes.ts';

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

/** A vote for an open pitch knows it to within this many steps. */
const openPitchReach = 16;
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
/** Kept between calls: one set of buffers a thread. */
const counters = new Uint16Array(2 ** counterBits);
let hitDiagonals = new Uint32Array(2 ** 14);
let hitPositions = new Uint32Array(2 ** 14);
let hitWindows = new Uint8Array(2 ** 14);
/** Where the postings of each probe lie, and how many probes have how many. */
let runBegins = new Uint32Array(2 ** 15);
let runEnds = new Uint32Array(2 ** 15);
const runLengths = new Uint32Array(4096);
/** `position` is one of the postings that voted; it says which reference this is. */
type Bin = { votes: number; sum: number; readonly position: number };

export function guessOf({ diagonal, pitch, hypothesis }: Candidate): Guess {
  const pitchReach = isPitchKnown(hypothesis) ? peakSteps : openPitchReach;
  return { diagonal, tempo: hypothesis.tempo, pitch, pitchReach };
}

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
