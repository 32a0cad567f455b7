/**
 * Votes: the probes of one window of the upload are looked up in a segment, and every posting votes for the line it
 * lies on: timeline position − tempo × upload time, and for the pitch that moves one anchor onto the other.
 */
import { stepsPerOctave } from '../fingerprint/parameters.ts';
import { anchorBits, anchorCell } from '../index/landmark.ts';
import { referenceAt, type Segment } from '../index/segment.ts';
import type { Guess } from './align.ts';
import { findRuns, type Runs } from './find-runs.ts';
import { grow, growBytes } from './growing-arrays.ts';
import { fitSteps, type Look, maxCandidates, voteBinShift } from './parameters.ts';
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
  /** Votes, and what the line of the plane is worth on which they lie. */
  readonly weight: number;
  readonly isOnLine: boolean;
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
const anchorMask = (1 << anchorBits) - 1;
/** Kept between calls: one set of buffers a thread. */
const counters = new Uint16Array(2 ** counterBits);
/** Votes that a line needs, by pitch window. */
const leastVotes = new Uint8Array(windowCount);
let hitDiagonals = new Uint32Array(2 ** 14);
let hitPositions = new Uint32Array(2 ** 14);
let hitWindows = new Uint8Array(2 ** 14);
/** `position` is the newest posting that voted; it says which reference this is. A posting votes once. */
type Bin = { votes: number; sum: number; position: number };

export function guessOf({ diagonal, pitch, hypothesis }: Candidate): Guess {
  const pitchReach = isPitchKnown(hypothesis) ? fitSteps : openPitchReach;
  return { diagonal, tempo: hypothesis.tempo, pitch, pitchReach };
}

/** The best voted lines of one segment, best first. */
export function voteSegment(
  segment: Segment,
  tombstones: Uint8Array,
  probes: Probes,
  { minVotes, lineVotes, maxHits }: Look,
): Candidate[] {
  const hitCount = readRuns(segment, probes, findRuns(segment, probes, maxHits));
  for (let i = 0; i < hitCount; i++) {
    const at = counterAt((hitDiagonals[i] as number) >>> voteBinShift, hitWindows[i] as number);
    counters[at] = (counters[at] as number) + 1;
  }
  markLines(probes.hypothesis, minVotes, lineVotes);
  const bins = new Map<number, Bin>();
  for (let i = 0; i < hitCount; i++) {
    const diagonal = hitDiagonals[i] as number;
    const window = hitWindows[i] as number;
    const bin = diagonal >>> voteBinShift;
    const least = leastVotes[window] as number;
    // The largest of the four bins that speak together has a quarter of the votes at the least.
    if ((counters[counterAt(bin, window)] as number) * 4 < least) continue;
    if (votesAround(bin, window) < least) continue;
    const key = bin * windowCount + window;
    const position = hitPositions[i] as number;
    const found = bins.get(key);
    if (found === undefined) bins.set(key, { votes: 1, sum: diagonal, position });
    else if (found.position !== position) {
      found.votes++;
      found.sum += diagonal;
      found.position = position;
    }
  }
  for (let i = 0; i < hitCount; i++) {
    counters[counterAt((hitDiagonals[i] as number) >>> voteBinShift, hitWindows[i] as number)] = 0;
  }
  return chooseCandidates(segment, tombstones, probes.hypothesis, bins, minVotes);
}

/**
 * Most who alter a recording change its speed, its tempo alone or its pitch alone. On these lines of the plane there
 * are few hypotheses, and so fewer votes mean as much.
 */
function markLines(hypothesis: Hypothesis, minVotes: number, lineVotes: number): void {
  if (isPitchKnown(hypothesis) || hypothesis.tempo === 1) {
    leastVotes.fill(lineVotes);
    return;
  }
  leastVotes.fill(minVotes);
  for (const pitch of [0, Math.log2(hypothesis.tempo) * stepsPerOctave]) {
    for (const side of [-0.5, 0.5]) {
      leastVotes[Math.floor(pitch / anchorCell + side) + pitchBias] = lineVotes;
    }
  }
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
    const least = leastVotes[key % windowCount] as number;
    if (votes < least) continue;
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
      weight: votes + minVotes - least,
      isOnLine: least < minVotes,
    });
  }
  return candidates.sort((a, b) => b.weight - a.weight).slice(0, maxCandidates);
}

function larger(a: Readonly<Bin> | undefined, b: Readonly<Bin> | undefined): Readonly<Bin> | undefined {
  return (a?.votes ?? 0) >= (b?.votes ?? 0) ? a : b;
}

function pitchOf(hypothesis: Hypothesis, window: number): number {
  if (hypothesis.lowestPitch === hypothesis.highestPitch) return hypothesis.lowestPitch;
  return (window - pitchBias) * anchorCell + anchorCell / 2;
}

/** Turns the postings of all runs that are to be read into votes; says how many. */
function readRuns(
  { remainders, positions }: Segment,
  { anchors, frames, steps, hypothesis }: Probes,
  { count: runs, longest, probes, begins, ends }: Runs,
): number {
  const isKnown = isPitchKnown(hypothesis);
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const end = ends[run] as number;
    const begin = begins[run] as number;
    if (end - begin > longest) continue;
    const anchor = anchors[probes[run] as number] as number;
    const frame = (frames[anchor] as number) - bias;
    const step = (steps[anchor] as number) - anchorCell / 2;
    for (let at = begin; at < end; at++) {
      let window = 0;
      if (!isKnown) {
        const apart = step - ((remainders[at] as number) & anchorMask) * anchorCell;
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
      hitDiagonals[count] = position - frame;
      hitWindows[count++] = window;
    }
  }
  return count;
}
