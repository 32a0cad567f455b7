/** Hits: every posting that a probe meets, as a vote for the line it lies on. */
import { stepsPerOctave } from '../fingerprint/parameters.ts';
import { findRanges, touchEach } from '../index/find-many.ts';
import { anchorBits, anchorCell } from '../index/landmark.ts';
import type { Segment } from '../index/segment.ts';
import { frameMaskOf, readAnchors } from '../index/slot-directory.ts';
import type { FoundRuns, Runs } from './find-runs.ts';
import { anchorCells, nearPitchSteps, sliceSteps } from './parameters.ts';
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
/** The window in which a posting of each anchor's cell votes; `noWindow` where its pitch is none that is supposed. */
const windowOfCell = new Uint8Array(1 << anchorBits);
const noWindow = 255;

/** Stretches of postings that are to be read: of which run, and of which keys. Kept between calls. */
const pieces = {
  runs: new Uint32Array(0),
  firstKeys: new Uint32Array(0),
  endKeys: new Uint32Array(0),
  begins: new Uint32Array(0),
  ends: new Uint32Array(0),
};

/**
 * Adds each posting that is to be read to no hits; says how many. A bucket that too many postings share is not read whole but,
 * up to the effort `slices`, in slices of it: where the lines of the plane put its anchors, or pitches near the upload's own. So a
 * large index is searched there as a small one is searched everywhere.
 */
export function readHits(
  segment: Segment,
  probed: Probes,
  { efforts }: FoundRuns,
  runs: Runs,
  whole: number,
  slices: number,
  hits: Hits,
): number {
  const { anchors, frames, steps, hypothesis } = probed;
  const isKnown = isPitchKnown(hypothesis);
  const lines = linesOf(hypothesis);
  const { postings, frameBits, remainderBits } = segment;
  const frameMask = frameMaskOf(frameBits);
  const hasWholeAnchors = remainderBits >= anchorBits;
  const pieceCount = cutPieces(segment, probed, efforts, runs, whole, slices);
  touchEach(postings, pieces.begins, pieceCount);
  let count = 0;
  let placedAnchor = -1;
  for (let piece = 0; piece < pieceCount; piece++) {
    const anchor = anchors[runs.probes[pieces.runs[piece] as number] as number] as number;
    const frame = (frames[anchor] as number) - bias;
    if (!isKnown && anchor !== placedAnchor) {
      placeWindows((steps[anchor] as number) - anchorCell / 2, hypothesis, lines);
      placedAnchor = anchor;
    }
    const begin = pieces.begins[piece] as number;
    const end = pieces.ends[piece] as number;
    if (!isKnown && !hasWholeAnchors) readCells(segment, pieces.firstKeys[piece] as number, begin, end);
    hits.makeRoom(count + end - begin, count);
    const { diagonals, positions, windows } = hits;
    for (let at = begin; at < end; at++) {
      const posting = postings[at] as number;
      let window = 0;
      if (!isKnown) {
        const cell = hasWholeAnchors ? (posting >>> frameBits) & anchorMask : (cells[at - begin] as number);
        window = windowOfCell[cell] as number;
        if (window === noWindow) continue;
      }
      const position = posting & frameMask;
      positions[count] = position;
      diagonals[count] = position - frame;
      windows[count++] = window;
    }
  }
  return count;
}

/** Of each run that is worth reading all of it, or the slices of it; says how many pieces that are. */
function cutPieces(
  segment: Segment,
  { keys, anchors, steps, hypothesis }: Probes,
  efforts: Uint16Array,
  { count: runs, probes, begins, ends }: Runs,
  whole: number,
  slices: number,
): number {
  const ranges = slicesOf(hypothesis);
  makeRoomForPieces(runs * Math.max(1, ranges.length));
  const span = isPitchKnown(hypothesis) ? 1 : 1 << anchorBits;
  let areAllWhole = true;
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const probe = probes[run] as number;
    const effort = efforts[probe] as number;
    const key = keys[probe] as number;
    if (effort <= whole) {
      pieces.runs[count] = run;
      pieces.firstKeys[count] = key;
      pieces.endKeys[count] = key + span;
      pieces.begins[count] = begins[run] as number;
      pieces.ends[count++] = ends[run] as number;
      continue;
    }
    if (effort > slices) continue;
    const step = (steps[anchors[probe] as number] as number) - anchorCell / 2;
    let unread = 0;
    for (const { lowest, highest } of ranges) {
      const low = Math.max(unread, Math.ceil((step - highest) / anchorCell));
      const high = Math.min(anchorMask, Math.floor((step - lowest) / anchorCell));
      if (high < low) continue;
      unread = high + 1;
      areAllWhole = false;
      pieces.runs[count] = run;
      pieces.firstKeys[count] = key + low;
      pieces.endKeys[count++] = key + high + 1;
    }
  }
  if (!areAllWhole) findRanges(segment, pieces.firstKeys, pieces.endKeys, count, pieces.begins, pieces.ends);
  return count;
}

function makeRoomForPieces(count: number): void {
  if (count <= pieces.runs.length) return;
  for (const name of ['runs', 'firstKeys', 'endKeys', 'begins', 'ends'] as const)
    pieces[name] = new Uint32Array(2 * count);
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

type PitchRange = { readonly lowest: number; readonly highest: number };

/** The pitches that a slice of a bucket holds, highest first: around each line, or around none at the upload's own tempo. */
function slicesOf(hypothesis: Hypothesis): PitchRange[] {
  if (isPitchKnown(hypothesis)) return [];
  if (hypothesis.tempo !== 1)
    return linesOf(hypothesis).map((pitch) => ({ lowest: pitch - sliceSteps, highest: pitch + sliceSteps }));
  const { lowestPitch, highestPitch } = hypothesis;
  return [
    { lowest: Math.max(lowestPitch, -nearPitchSteps), highest: Math.min(highestPitch, nearPitchSteps) },
  ];
}

/** The share of a bucket's postings that lie in its slices, about. */
export function sliceShareOf(hypothesis: Hypothesis): number {
  const steps = slicesOf(hypothesis).reduce((sum, { lowest, highest }) => sum + highest - lowest, 0);
  return steps === 0 ? 1 : Math.min(1, steps / anchorCell / anchorCells);
}
