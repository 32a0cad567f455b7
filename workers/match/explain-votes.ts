/** The votes of one window, spread out over what they voted on: offset, tempo, pitch. */
import { frameMs, stepsPerOctave } from '../fingerprint/parameters.ts';
import { anchorBits, anchorCell, type Landmarks } from '../index/landmark.ts';
import type { TransformSet } from '../protocol.ts';
import { referenceFrameAt } from './align.ts';
import type { VoteView } from './explanation.ts';
import { hypothesesOf } from './hypotheses.ts';
import { alteredLook, type Look, voteBinShift } from './parameters.ts';
import { firstPeakFrom, type PeakLookup } from './peak-lookup.ts';
import { type Probes, probeWindow } from './probes.ts';
import type { SearchedSegment } from './searched-segment.ts';
import type { Window } from './verify.ts';
import type { Trial } from './verify-candidate.ts';
import { vote } from './vote.ts';

/** Bins shown either side of the best line: 6 s. */
const shownBins = 38;
const binFrames = 2 ** voteBinShift;
/** A vote within so many bins of the line, or cells of the pitch, is the line's own: as neighbours count together. */
const ownBins = 1.5;
const ownCells = 1.5;
const mostCells = Math.ceil((12.5 / 12) * (stepsPerOctave / anchorCell));

export function viewVotes(
  trial: Trial,
  upload: PeakLookup,
  landmarks: Landmarks,
  searched: SearchedSegment,
  transforms: TransformSet,
): VoteView {
  const { candidate, look, window } = trial;
  const all = hypothesesOf('all');
  const [open] = all;
  if (open === undefined) throw new Error('there is no hypothesis of any tempo');
  const tempo = candidate.hypothesis.tempo;
  const centre = lineOf(trial);
  const byOffset = new Array<number>(2 * shownBins + 1).fill(0);
  const byPitch = new Array<number>(2 * mostCells + 1).fill(0);
  const probes = probesOf(upload, window, look, { ...open, tempo });
  for (const { diagonal, pitch } of votesOf(probes, landmarks)) {
    const bins = (diagonal - centre) / binFrames;
    const cells = (pitch - candidate.pitch) / anchorCell;
    if (Math.abs(cells) <= ownCells) count(byOffset, Math.round(bins) + shownBins);
    if (Math.abs(bins) <= ownBins) count(byPitch, Math.round(pitch / anchorCell) + mostCells);
  }
  const tried = new Set([1, ...hypothesesOf(transforms).map((hypothesis) => hypothesis.tempo)]);
  return {
    queryStartMs: window.begin * frameMs,
    queryEndMs: window.end * frameMs,
    byOffset: byOffset.map((votes, i) => ({ offsetMs: (i - shownBins) * binFrames * frameMs, votes })),
    byTempo: all
      .map((hypothesis) => ({
        tempoRatio: Math.round(hypothesis.tempo * 1000) / 1000,
        votes: Math.max(
          bestVotes(probesOf(upload, window, alteredLook, hypothesis), searched),
          // An unaltered line was voted by more peaks than every tempo is looked at with.
          hypothesis.tempo === tempo ? candidate.votes : 0,
        ),
        wasTried: tried.has(hypothesis.tempo),
      }))
      .sort((a, b) => a.tempoRatio - b.tempoRatio),
    byPitch: byPitch.map((votes, i) => ({
      pitchCents: Math.round(((i - mostCells) * anchorCell * 1200) / stepsPerOctave),
      votes,
    })),
  };
}

/** Votes of the best line, however few. */
function bestVotes(probes: Probes, searched: SearchedSegment): number {
  return vote([searched], probes, { ...alteredLook, minVotes: 1, lineVotes: 1 })[0]?.votes ?? 0;
}

export function probesOf(
  upload: PeakLookup,
  { begin, end }: Window,
  look: Look,
  hypothesis: Probes['hypothesis'],
): Probes {
  const first = firstPeakFrom(upload, begin);
  return probeWindow(upload.constellation, first, firstPeakFrom(upload, end), look, hypothesis);
}

/** Where the line lies in the middle of the window: what alignment found is sharper than what was voted. */
function lineOf({ candidate, window, verdict }: Trial): number {
  const { tempo } = candidate.hypothesis;
  if (verdict.outcome === 'unaligned') return candidate.diagonal;
  const line = verdict.outcome === 'disagrees' ? verdict.alignment : verdict.stretch.alignment;
  const middle = (window.begin + window.end) / 2;
  const found = referenceFrameAt(line, middle) - tempo * middle;
  return Math.abs(found - candidate.diagonal) > shownBins * binFrames ? candidate.diagonal : found;
}

/** Every landmark of the reference that a probe meets, at any pitch. */
function* votesOf({ count, keys, anchors, frames, steps, hypothesis }: Probes, landmarks: Landmarks) {
  const ofBucket = new Map<number, number[]>();
  for (let i = 0; i < landmarks.count; i++) {
    const bucket = (landmarks.keys[i] as number) >>> anchorBits;
    const there = ofBucket.get(bucket);
    if (there === undefined) ofBucket.set(bucket, [i]);
    else there.push(i);
  }
  for (let k = 0; k < count; k++) {
    const peak = anchors[k] as number;
    for (const i of ofBucket.get((keys[k] as number) >>> anchorBits) ?? []) {
      const anchor = (landmarks.keys[i] as number) & (2 ** anchorBits - 1);
      const pitch = (steps[peak] as number) - anchor * anchorCell - anchorCell / 2;
      if (pitch < hypothesis.lowestPitch || pitch > hypothesis.highestPitch) continue;
      yield { diagonal: (landmarks.frames[i] as number) - (frames[peak] as number), pitch };
    }
  }
}

function count(bins: number[], at: number): void {
  if (at >= 0 && at < bins.length) bins[at] = (bins[at] as number) + 1;
}
