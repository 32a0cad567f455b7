/** Hits: every posting that a probe meets, as a vote for the line it lies on. */
import { stepsPerOctave } from '../fingerprint/parameters.ts';
import { anchorBits, anchorCell } from '../index/landmark.ts';
import type { Segment } from '../index/segment.ts';
import { findPostings, frameMaskOf, readAnchors } from '../index/slot-directory.ts';
import type { FoundRuns, Runs } from './find-runs.ts';
import { sliceSteps } from './parameters.ts';
import { type Hypothesis, isPitchKnown, type Probes } from './probes.ts';

/** Added to every diagonal so that an upload that begins before its reference still counts upwards. */
export const bias = 1 << 20;
/** Where the pitch is open: windows of one anchor cell each, and before them one for each line of the plane. */
export const windowCount = 256;
export const firstPitchWindow = 2;
const pitchBias = 64;
const anchorMask = (1 << anchorBits) - 1;

/** In parallel, an entry for each hit. */
export class Hits {
  /** Position on the timeline − tempo × upload frame, + `bias`. */
  diagonals = new Uint32Array(0);
  /** Of the posting, on the timeline. */
  positions = new Uint32Array(0);
  /** Of its pitch. */
  windows = new Uint8Array(0);

  /** Keeps the first `kept`. */
  makeRoom(count: number, kept: number): void {
    if (count <= this.diagonals.length) return;
    const { diagonals, positions, windows } = this;
    const room = 2 ** Math.ceil(Math.log2(count));
    this.diagonals = new Uint32Array(room);
    this.positions = new Uint32Array(room);
    this.windows = new Uint8Array(room);
    this.diagonals.set(diagonals.subarray(0, kept));
    this.positions.set(positions.subarray(0, kept));
    this.windows.set(windows.subarray(0, kept));
  }
}

/** Anchors' cells of the postings that are being read. */
let cells = new Uint8Array(2 ** 10);
const range = { begin: 0, end: 0 };
/** Of a run of no more postings all cells are looked at, rather than that slots are looked for again. */
const shortRun = 64;
/** The window in which a posting of each anchor's cell votes; `noWindow` where its pitch is none that is supposed. */
const windowOfCell = new Uint8Array(1 << anchorBits);
const noWindow = 255;

/**
 * Adds each posting that is to be read to no hits; says how many. A bucket that too many postings share is not read whole but, up to the effort `slices`, where the lines of the plane put its anchors: 8 % of it, so that a large index
 * is searched along them as a small one is searched everywhere.
 */
export function readHits(
  segment: Segment,
  { keys, anchors, frames, steps, hypothesis }: Probes,
  { efforts }: FoundRuns,
  { count: runs, probes, begins, ends }: Runs,
  whole: number,
  slices: number,
  hits: Hits,
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
      hits.makeRoom(count + end - begin, count);
      const { diagonals, positions, windows } = hits;
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
        positions[count] = position;
        diagonals[count] = position - frame;
        windows[count++] = window;
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
