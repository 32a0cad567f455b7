/** Both constellations on the upload's time and pitch, peak by peak, in a view that is bounded. */
import type { Constellation } from '../fingerprint/constellation.ts';
import { frameMs, lowestFrequencyHz, stepsPerOctave } from '../fingerprint/parameters.ts';
import { type Alignment, alignWindow, lowerBound, referenceFrameAt } from './align.ts';
import type { PeakList, PeakView, PlacedPeak } from './explanation.ts';
import { findPeak, foundFramesAt } from './follow.ts';
import { firstPeakFrom, type PeakLookup } from './peak-lookup.ts';
import { toMs } from './report-matches.ts';
import type { Window } from './verify.ts';

/** Shown of an upload at the most, and shown at the least where it is that long: 40 s and 12 s. */
const maxViewFrames = 2000;
const minViewFrames = 600;
/** Shown either side of a stretch, so that its ends are seen. */
const marginFrames = 150;
/** Steps that the pitch of a view may be off that of the whole line. */
const pitchReach = 4;
/** Peaks listed of each side. What agrees comes first, then what is salient. */
const maxListedPeaks = 3000;

/** What is shown of an upload: the stretch and a little more, or its middle where it is too long for that. */
export function viewOf({ begin, end }: Window, frameCount: number): Window {
  const length = Math.min(
    maxViewFrames,
    frameCount,
    Math.max(minViewFrames, Math.min(end, frameCount) - begin + 2 * marginFrames),
  );
  const from = Math.max(0, Math.min(Math.round((begin + end - length) / 2), frameCount - length));
  return { begin: from, end: from + length };
}

export function viewPeaks(
  reference: Constellation,
  upload: PeakLookup,
  line: Alignment,
  view: Window,
): PeakView {
  const alignment = alignView(reference, upload, line, view);
  const { first, last, partners } = pair(reference, upload, alignment, view);
  const { frames, steps, ranks } = upload.constellation;
  const met = new Set(partners);
  const own = Array.from({ length: last - first }, (_, i) => first + i);
  const { from, to } = referenceSpan(reference, alignment, view);
  const theirs = Array.from({ length: to - from }, (_, i) => from + i);
  return {
    queryStartMs: toMs(view.begin),
    queryEndMs: toMs(view.end),
    referenceStartMs: signedMs(referenceFrameAt(alignment, view.begin)),
    referenceEndMs: signedMs(referenceFrameAt(alignment, view.end)),
    upload: listPeaks(own, ranks, (i) => ({
      atMs: toMs(frames[i] as number),
      hz: toHz(steps[i] as number),
      agrees: met.has(i),
    })),
    reference: listPeaks(theirs, reference.ranks, (i) => ({
      atMs: toMs(queryFrameAt(alignment, reference.frames[i] as number)),
      hz: toHz((reference.steps[i] as number) + alignment.steps),
      agrees: partners[i - from] !== undefined,
    })),
  };
}

/**
 * The line as it runs in the view. A clock that wanders over an hour is off a straight line through all of it by more
 * than a peak's width; the better of the two lines is shown.
 */
function alignView(reference: Constellation, upload: PeakLookup, line: Alignment, view: Window): Alignment {
  const guess = {
    diagonal: line.referenceFrame - line.tempo * line.queryFrame,
    tempo: line.tempo,
    pitch: Math.round(line.steps),
    pitchReach,
  };
  const local = alignWindow(reference, upload, view.begin, view.end, guess);
  if (local === undefined) return line;
  const agreeing = (alignment: Alignment) =>
    pair(reference, upload, alignment, view).partners.filter((at) => at !== undefined).length;
  return agreeing(local) > agreeing(line) ? local : line;
}

/** For each reference peak of the view the peak of the upload that it is found again in, as `verify` finds it. */
function pair(reference: Constellation, upload: PeakLookup, alignment: Alignment, view: Window) {
  const { from, to } = referenceSpan(reference, alignment, view);
  const partners: (number | undefined)[] = [];
  for (let i = from; i < to; i++) {
    const step = (reference.steps[i] as number) + alignment.steps;
    partners.push(
      findPeak(
        upload,
        queryFrameAt(alignment, reference.frames[i] as number),
        step,
        foundFramesAt(alignment.tempo),
      ),
    );
  }
  return { first: firstPeakFrom(upload, view.begin), last: firstPeakFrom(upload, view.end), partners };
}

function referenceSpan({ frames }: Constellation, alignment: Alignment, { begin, end }: Window) {
  return {
    from: lowerBound(frames, referenceFrameAt(alignment, begin)),
    to: lowerBound(frames, referenceFrameAt(alignment, end)),
  };
}

function listPeaks(
  indices: readonly number[],
  ranks: Uint8Array,
  place: (index: number) => PlacedPeak,
): PeakList {
  const placed = indices.map((i) => ({ peak: place(i), rank: ranks[i] as number }));
  const agreeingCount = placed.filter(({ peak }) => peak.agrees).length;
  const kept =
    placed.length <= maxListedPeaks
      ? placed
      : placed
          .sort((a, b) => Number(b.peak.agrees) - Number(a.peak.agrees) || a.rank - b.rank)
          .slice(0, maxListedPeaks);
  const listed = kept.map(({ peak }) => peak).sort((a, b) => a.atMs - b.atMs || a.hz - b.hz);
  return { listed, count: indices.length, agreeingCount };
}

function queryFrameAt(alignment: Alignment, referenceFrame: number): number {
  return alignment.queryFrame + (referenceFrame - alignment.referenceFrame) / alignment.tempo;
}

/** May lie before the reference begins: the upload has something before it. */
function signedMs(frame: number): number {
  return Math.round(frame * frameMs) + toMs(0);
}

function toHz(step: number): number {
  return Math.round(lowestFrequencyHz * 2 ** (step / stepsPerOctave));
}
