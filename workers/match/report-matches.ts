/** From stretches to what is reported: one best alignment for each span of the upload and recording, best first. */
import { frameCentreMs, frameMs, stepsPerOctave } from '../fingerprint/parameters.ts';
import { type MatchSegment, maxAlternatives, type ReferenceMatch } from '../protocol.ts';
import { referenceFrameAt } from './align.ts';
import type { Stretch } from './follow.ts';
import { maxFalseMatchProbability, maxGapFrames } from './parameters.ts';

export type FoundStretch = {
  readonly referenceId: string;
  readonly stretch: Stretch;
  /** log10 of the false-match probability. */
  readonly logProbability: number;
};

/** Of two stretches of one recording that share more than this of the shorter one's span, the better one stays. */
const sharedSpan = 0.5;
/** Two stretches are on one line where, half way between them, their lines are no further apart than this. */
const sameLineFrames = 5;
const sameLineSteps = 2;
/** Below this a probability is no longer a number a machine can tell from 0. */
const leastLogProbability = -300;

export function reportMatches(
  found: readonly FoundStretch[],
  durationMs: number,
  alternatives: boolean,
): ReferenceMatch[] {
  const byReference = new Map<string, Kept[]>();
  for (const one of [...found].sort((a, b) => a.logProbability - b.logProbability)) {
    const kept = byReference.get(one.referenceId);
    const better = kept?.find(({ best }) => overlap(best.stretch, one.stretch) > sharedSpan);
    // Best first: what comes after the last that is listed is less certain than all of them.
    if (better !== undefined) {
      if (better.others.length < maxAlternatives) better.others.push(one);
    } else if (kept !== undefined) kept.push({ best: one, others: [] });
    else byReference.set(one.referenceId, [{ best: one, others: [] }]);
  }
  return [...byReference].map(([referenceId, kept]) => ({
    referenceId,
    segments: joined(kept.sort((a, b) => a.best.stretch.queryBegin - b.best.stretch.queryBegin)).map(
      ({ best, others }) => ({
        ...toSegment(best, durationMs),
        ...(alternatives ? { alternatives: others.map((other) => toSegment(other, durationMs)) } : {}),
      }),
    ),
  }));
}

/** One best alignment of a span, and the others, most certain first. */
type Kept = { readonly best: FoundStretch; readonly others: FoundStretch[] };

/**
 * Neighbours on one line with no more than a gap between them are one. Following alone does not cross a gap of nearly
 * the limit: what agrees behind it has too little room to outweigh what was missed in it.
 */
function joined(kept: readonly Kept[]): Kept[] {
  const all: Kept[] = [];
  for (const next of kept) {
    const before = all.at(-1);
    if (before !== undefined && isContinued(before.best, next.best)) all[all.length - 1] = join(before, next);
    else all.push(next);
  }
  return all;
}

function isContinued(before: FoundStretch, next: FoundStretch): boolean {
  const { stretch: a } = before;
  const { stretch: b } = next;
  if (b.queryBegin - a.queryEnd > maxGapFrames || b.referenceBegin - a.referenceEnd > maxGapFrames)
    return false;
  if (b.queryEnd <= a.queryEnd || b.firstPeak <= a.lastPeak) return false;
  // What only an opened threshold lets through changes nothing of what is certain.
  const logThreshold = Math.log10(maxFalseMatchProbability);
  if (Math.max(before.logProbability, next.logProbability) > logThreshold) return false;
  const middle = (a.queryEnd + b.queryBegin) / 2;
  return (
    Math.abs(referenceFrameAt(a.alignment, middle) - referenceFrameAt(b.alignment, middle)) <=
      sameLineFrames && Math.abs(a.alignment.steps - b.alignment.steps) <= sameLineSteps
  );
}

function join(before: Kept, next: Kept): Kept {
  const { stretch: a } = before.best;
  const { stretch: b } = next.best;
  const referenceFrame = referenceFrameAt(a.alignment, a.queryBegin);
  const tempo = (referenceFrameAt(b.alignment, b.queryEnd) - referenceFrame) / (b.queryEnd - a.queryBegin);
  const alignedPeaks = a.alignedPeaks + b.alignedPeaks;
  const steps = (a.alignment.steps * a.alignedPeaks + b.alignment.steps * b.alignedPeaks) / alignedPeaks;
  return {
    best: {
      ...before.best,
      stretch: {
        ...a,
        lastPeak: b.lastPeak,
        expectedPeaks: b.lastPeak - a.firstPeak + 1,
        alignedPeaks,
        queryEnd: b.queryEnd,
        referenceEnd: b.referenceEnd,
        alignment: { referenceFrame, queryFrame: a.queryBegin, tempo, steps },
      },
      // The surer of the two is a bound for both.
      logProbability: Math.min(before.best.logProbability, next.best.logProbability),
    },
    others: [...before.others, ...next.others]
      .sort((x, y) => x.logProbability - y.logProbability)
      .slice(0, maxAlternatives),
  };
}

function overlap(a: Stretch, b: Stretch): number {
  const shared = Math.min(a.queryEnd, b.queryEnd) - Math.max(a.queryBegin, b.queryBegin);
  return shared / Math.min(a.queryEnd - a.queryBegin, b.queryEnd - b.queryBegin);
}

function toSegment({ stretch, logProbability }: FoundStretch, durationMs: number): MatchSegment {
  const { alignment } = stretch;
  const pitchCents = Math.round((alignment.steps * 1200) / stepsPerOctave);
  /** The reference's times follow the line, which is truer than the two peaks at the ends. */
  const referenceFrame = (queryFrame: number) =>
    alignment.referenceFrame + (queryFrame - alignment.queryFrame) * alignment.tempo;
  return {
    queryStartMs: toMs(stretch.queryBegin),
    queryEndMs: Math.min(durationMs, toMs(stretch.queryEnd)),
    referenceStartMs: toMs(referenceFrame(stretch.queryBegin)),
    referenceEndMs: toMs(referenceFrame(stretch.queryEnd)),
    tempoRatio: Math.round(alignment.tempo * 10_000) / 10_000,
    pitchCents,
    transform: nameTransform(alignment.tempo, pitchCents),
    alignedPeaks: stretch.alignedPeaks,
    falseMatchProbability: 10 ** Math.max(leastLogProbability, logProbability),
  };
}

/** A change below these is a clock's or a measurement's, not somebody's. */
const leastTempoChange = 0.005;
const leastPitchCents = 25;

/** *Speed* is tempo and pitch moved together, as when a tape runs fast. Of two names that fit, the nearer one. */
function nameTransform(tempo: number, pitchCents: number): MatchSegment['transform'] {
  const isTempoChanged = Math.abs(tempo - 1) >= leastTempoChange;
  if (!isTempoChanged) return Math.abs(pitchCents) >= leastPitchCents ? 'pitch' : 'none';
  const fromSpeed = Math.abs(pitchCents - 1200 * Math.log2(tempo));
  const fromTempo = Math.abs(pitchCents);
  if (Math.min(fromSpeed, fromTempo) >= leastPitchCents) return 'tempo_and_pitch';
  return fromSpeed < fromTempo ? 'speed' : 'tempo';
}

export function toMs(frame: number): number {
  return Math.max(0, Math.round(frame * frameMs + frameCentreMs));
}
