/** The nearest thing to a match where no line was voted: what there is to look at when there is nothing to see. */
import type { TransformSet } from '../protocol.ts';
import type { Pair } from './explain-pair.ts';
import { logThreshold } from './explain-trial.ts';
import { probesOf } from './explain-votes.ts';
import { countHypotheses, hypothesesOf } from './hypotheses.ts';
import { alteredLook, buriedLook, type Look, secondLook } from './parameters.ts';
import type { PeakLookup } from './peak-lookup.ts';
import { type Hypothesis, unaltered } from './probes.ts';
import type { SearchedSegment } from './searched-segment.ts';
import { verify, type Window } from './verify.ts';
import type { Trial } from './verify-candidate.ts';
import { type Candidate, guessOf, vote } from './vote.ts';
import { windowsOf } from './windows.ts';

/** Windows searched for the nearest thing to a line where no line was voted: ten minutes side by side. */
const maxMissWindows = 60;
type MissLook = {
  readonly look: Look;
  readonly hypothesis: Hypothesis;
};

/** The best voted line of all, though it has fewer votes than are looked at. */
export function nearestMiss(pair: Pair, transforms: TransformSet): Trial | undefined {
  const { upload, indexFrames } = pair;
  const windows = windowsOf(upload.frameCount);
  const hypotheses = hypothesesOf(transforms);
  const looks: readonly MissLook[] = [
    { look: secondLook, hypothesis: unaltered },
    ...(transforms === 'all' ? [{ look: buriedLook, hypothesis: unaltered }] : []),
    ...hypotheses.map((hypothesis) => ({ look: alteredLook, hypothesis })),
  ];
  let best: Omit<Trial, 'verdict'> | undefined;
  for (const window of spread(windows)) {
    for (const { look, hypothesis } of looks) {
      const candidate = nearestLine(pair.searched, upload, window, look, hypothesis);
      if (candidate === undefined || candidate.votes <= (best?.candidate.votes ?? 0)) continue;
      const isAltered = hypothesis !== unaltered;
      const alterations = isAltered ? countHypotheses(hypotheses, candidate.isOnLine) : 1;
      const tried = { frames: indexFrames, windows: windows.length, alterations };
      best = { candidate, look, window, tried };
    }
  }
  if (best === undefined) return undefined;
  const { candidate, window, tried } = best;
  const verdict = verify(pair.reference, pair.views, guessOf(candidate), window, tried, logThreshold);
  return { ...best, verdict };
}

function nearestLine(
  searched: SearchedSegment,
  upload: PeakLookup,
  window: Window,
  look: Look,
  hypothesis: Hypothesis,
): Candidate | undefined {
  const probes = probesOf(upload, window, look, hypothesis);
  return vote([searched], probes, { ...look, minVotes: 1, lineVotes: 1 })[0];
}

function spread(windows: readonly Window[]): readonly Window[] {
  const stride = Math.max(1, Math.ceil(windows.length / maxMissWindows));
  return windows.filter((_, i) => i % stride === 0);
}
