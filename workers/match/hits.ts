/**
 * Hits: every posting that a probe meets, as a vote for the line it lies on. They are counted twice: by counters that
 * many bins share, which show most of them to be alone, and those that are left bin by bin.
 */
import { stepsPerOctave } from '../fingerprint/parameters.ts';
import { anchorBits, anchorCell } from '../index/landmark.ts';
import type { Segment } from '../index/segment.ts';
import { findPostings, frameMaskOf, readAnchors } from '../index/slot-directory.ts';
import type { FoundRuns, Runs } from './find-runs.ts';
import { grow, growBytes } from './growing-arrays.ts';
import { sliceSteps, voteBinShift } from './parameters.ts';
import { type Hypothesis, isPitchKnown, type Probes } from './probes.ts';

/** `position` is the newest posting that voted, `first` the oldest; they say which reference this is. A posting votes once. */
export type Bin = { votes: number; sum: number; first: number; position: number };

/** Added to every diagonal so that an upload that begins before its reference still counts upwards. */
export const bias = 1 << 20;
/** Where the pitch is open: windows of one anchor cell each, and before them one for each line of the plane. */
export const windowCount = 256;
export const firstPitchWindow = 2;
const pitchBias = 64;
const anchorMask = (1 << anchorBits) - 1;
/** Counters at the most: 4 MB. */
const mostCounterBits = 22;
/** Counters are 16 to 32 times as many as hits: a tenth of these, or so, meets a stranger's in a round. */
const spareBits = 4;
/** Spreads the pitch windows of one diagonal over the counters; odd. */
const pitchStride = 40_503;
/** Hits are counted in rounds, each of those that the one before left; what shares a counter in one is apart in the next. */
const rounds = [0, 1_664_525];
/** Kept between calls: one set of buffers a thread. */
const counters = new Uint8Array(2 ** mostCounterBits);
let counterBits = mostCounterBits;
let counterMask = 2 ** counterBits - 1;
let turn = 0;
let hitDiagonals = new Uint32Array(2 ** 14);
let hitPositions = new Uint32Array(2 ** 14);
let hitWindows = new Uint8Array(2 ** 14);
/** Anchors' cells of the postings that are being read. */
let cells = new Uint8Array(2 ** 10);
const range = { begin: 0, end: 0 };
/** Of a run of no more postings all cells are looked at, rather than that slots are looked for again. */
const shortRun = 64;
/** The window in which a posting of each anchor's cell votes; `noWindow` where its pitch is none that is supposed. */
const windowOfCell = new Uint8Array(1 << anchorBits);
const noWindow = 255;

/**
 * Sets down each posting that is to be read; says how many. Valid until the next call. A bucket that too many postings share is not read
 * whole but, up to the effort `slices`, where the lines of the plane put its anchors: 8 % of it, so that a large index
 * is searched along them as a small one is searched everywhere.
 */
export function readHits(
  segment: Segment,
  { keys, anchors, frames, steps, hypothesis }: Probes,
  { efforts }: FoundRuns,
  { count: runs, probes, begins, ends }: Runs,
  whole: number,
  slices: number,
): number {
  const isKnown = isPitchKnown(hypothesis);
  const lines = linesOf(hypothesis);
  const { postings, frameBits, remainderBits } = segment;
  const frameMask = frameMaskOf(frameBits);
  const hasWholeAnchors = remainderBits >= anchorBits;
  let count = 0;
  let placedAnchor = -1;
  for (let run = 0; run < runs; run++) {
    const probe = probes[run] as number;
    const effort = efforts[probe] as number;
    const isWhole = effort <= whole;
    if (!isWhole && (lines.length === 0 || effort > slices)) continue;
    const anchor = anchors[probe] as number;
    const frame = (frames[anchor] as number) - bias;
    const step = (steps[anchor] as number) - anchorCell / 2;
    if (!isKnown && anchor !== placedAnchor) {
      placeWindows(step, hypothesis, lines);
      placedAnchor = anchor;
    }
    const runBegin = begins[run] as number;
    const runEnd = ends[run] as number;
    const isShort = runEnd - runBegin <= shortRun;
    const areCellsRead = !isKnown && !hasWholeAnchors && (isWhole || isShort);
    const key = keys[probe] as number;
    if (areCellsRead) readCells(segment, key, runBegin, runEnd);
    let unread = 0;
    let begin = runBegin;
    let end = runEnd;
    for (let line = 0; line < (isWhole ? 1 : lines.length); line++) {
      let cellsBegin = runBegin;
      if (!isWhole) {
        const pitch = lines[line] as number;
        const low = Math.max(unread, Math.ceil((step - pitch - sliceSteps) / anchorCell));
        const high = Math.min(anchorMask, Math.floor((step - pitch + sliceSteps) / anchorCell));
        if (high < low) continue;
        unread = high + 1;
        if (isShort && !hasWholeAnchors) {
          for (begin = runBegin; begin < runEnd; begin++)
            if ((cells[begin - runBegin] as number) >= low) break;
          for (end = begin; end < runEnd; end++) if ((cells[end - runBegin] as number) > high) break;
        } else {
          findPostings(segment, key + low, key + high + 1, range);
          begin = range.begin;
          end = range.end;
          if (!hasWholeAnchors) readCells(segment, key + low, begin, end);
          cellsBegin = begin;
        }
      }
      if (count + end - begin > hitDiagonals.length) growHits(count + end - begin);
      for (let at = begin; at < end; at++) {
        const posting = postings[at] as number;
        let window = 0;
        if (!isKnown) {
          const cell = hasWholeAnchors
            ? (posting >>> frameBits) & anchorMask
            : (cells[at - cellsBegin] as number);
          window = windowOfCell[cell] as number;
          if (window === noWindow) continue;
        }
        const position = posting & frameMask;
        hitPositions[count] = position;
        hitDiagonals[count] = position - frame;
        hitWindows[count++] = window;
      }
    }
  }
  return count;
}

/** Sets down the cells of postings `begin` up to `end`, the first of which has this key or one behind it. */
function readCells(segment: Segment, key: number, begin: number, end: number): void {
  if (cells.length < end - begin) cells = new Uint8Array(2 * (end - begin));
  range.begin = begin;
  range.end = end;
  readAnchors(segment, key, range, cells);
}

/** Sets down in which window a posting of each cell votes, for an anchor of the upload at this step. */
function placeWindows(
  step: number,
  { lowestPitch, highestPitch }: Hypothesis,
  lines: readonly number[],
): void {
  const [firstLine = Number.NaN, secondLine = Number.NaN] = lines;
  for (let cell = 0; cell <= anchorMask; cell++) {
    const apart = step - cell * anchorCell;
    const fromFirst = Math.abs(apart - firstLine);
    const fromSecond = Math.abs(apart - secondLine);
    if (apart < lowestPitch || apart > highestPitch) windowOfCell[cell] = noWindow;
    else if (Math.min(fromFirst, fromSecond) <= sliceSteps)
      windowOfCell[cell] = fromFirst <= fromSecond ? 0 : 1;
    else windowOfCell[cell] = Math.floor(apart / anchorCell) + pitchBias;
  }
}

/** Votes by bin × `windowCount` + window, without most of those that are fewer than `leastVotes` of their window. */
export function countHits(hitCount: number, leastVotes: Uint8Array): ReadonlyMap<number, Readonly<Bin>> {
  let count = hitCount;
  for (const round of rounds) count = keepCrowded(count, round, leastVotes);
  const bins = new Map<number, Bin>();
  for (let i = 0; i < count; i++) {
    const diagonal = hitDiagonals[i] as number;
    const key = (diagonal >>> voteBinShift) * windowCount + (hitWindows[i] as number);
    const position = hitPositions[i] as number;
    const found = bins.get(key);
    if (found === undefined) bins.set(key, { votes: 1, sum: diagonal, first: position, position });
    else if (found.position !== position) {
      found.votes++;
      found.sum += diagonal;
      found.position = position;
    }
  }
  return bins;
}

/**
 * Keeps those of the hits that have enough others around them, as far as counters tell that strangers share; says how
 * many.
 */
function keepCrowded(count: number, round: number, leastVotes: Uint8Array): number {
  counterBits = Math.min(mostCounterBits, 32 - Math.clz32(count) + spareBits);
  counterMask = 2 ** counterBits - 1;
  turn = round;
  for (let i = 0; i < count; i++) {
    const at = counterAt((hitDiagonals[i] as number) >>> voteBinShift, hitWindows[i] as number);
    if ((counters[at] as number) < 255) counters[at] = (counters[at] as number) + 1;
  }
  let crowded = 0;
  for (let i = 0; i < count; i++) {
    const window = hitWindows[i] as number;
    const diagonal = hitDiagonals[i] as number;
    if (votesAround(diagonal >>> voteBinShift, window) < (leastVotes[window] as number)) continue;
    hitDiagonals[crowded] = diagonal;
    hitPositions[crowded] = hitPositions[i] as number;
    hitWindows[crowded++] = window;
  }
  counters.fill(0, 0, counterMask + 1);
  return crowded;
}

function counterAt(bin: number, window: number): number {
  return (bin + Math.imul(bin >>> counterBits, turn) + window * pitchStride) & counterMask;
}

/** Votes of a bin, of the better bin beside it in time, and of the better pair beside both in pitch. */
function votesAround(bin: number, window: number): number {
  const here = pairVotes(bin, window);
  if (window < firstPitchWindow) return here;
  return here + Math.max(pairVotes(bin, window - 1), pairVotes(bin, window + 1));
}

function pairVotes(bin: number, window: number): number {
  const own = counters[counterAt(bin, window)] as number;
  return (
    own +
    Math.max(counters[counterAt(bin + 1, window)] as number, counters[counterAt(bin - 1, window)] as number)
  );
}

/** The pitch in the middle of a window. */
export function pitchOf(hypothesis: Hypothesis, window: number): number {
  if (isPitchKnown(hypothesis)) return hypothesis.lowestPitch;
  if (window < firstPitchWindow) return linesOf(hypothesis)[window] as number;
  return (window - pitchBias) * anchorCell + anchorCell / 2;
}

/** Pitches of the lines of the plane at an open pitch, highest first: so their anchors ascend. */
function linesOf(hypothesis: Hypothesis): number[] {
  if (isPitchKnown(hypothesis) || hypothesis.tempo === 1) return [];
  const speed = Math.log2(hypothesis.tempo) * stepsPerOctave;
  return speed > 0 ? [speed, 0] : [0, speed];
}

function growHits(least: number): void {
  while (hitDiagonals.length < least) {
    hitDiagonals = grow(hitDiagonals);
    hitPositions = grow(hitPositions);
    hitWindows = growBytes(hitWindows);
  }
}
