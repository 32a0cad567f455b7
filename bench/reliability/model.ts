/** The model's arithmetic: what is tried in a catalog of a given size, and how much agreement that asks for. */
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { countHypotheses, hypothesesOf } from '../../workers/match/hypotheses.ts';
import { maxFalseMatchProbability, windowFrames } from '../../workers/match/parameters.ts';
import { logFalseMatchProbability } from '../../workers/match/significance.ts';

/** The kit's references: seconds, and peaks a second, on average. */
const recordingSeconds = 204;
const peaksPerSecond = 14.7;
/** Of a window of ordinary music: the share of peaks found again at wrong offsets. */
const ordinaryChance = 0.1;
const catalogs = [214, 10_000, 100_000, 1_000_000, 10_000_000] as const;

export type Arithmetic = {
  readonly recordings: number;
  /** Alignments a scan of one window tries: as it is, and with every tempo and pitch. */
  readonly tried: number;
  readonly triedAltered: number;
  /** What chance must give a single alignment at the most for it to be reported. */
  readonly tail: number;
  readonly tailAltered: number;
  /** Least share of the peaks of a 10 s window that must agree, as it is and altered. */
  readonly share: number;
  readonly shareAltered: number;
};

const windowPeaks = Math.round((peaksPerSecond * windowFrames * frameMs) / 1000);
export const model = { maxFalseMatchProbability, recordingSeconds, ordinaryChance, windowPeaks } as const;

export function arithmetic(): Arithmetic[] {
  const altered = countHypotheses(hypothesesOf('all'), false);
  return catalogs.map((recordings) => {
    const tried = (recordings * recordingSeconds * 1000) / frameMs;
    const triedAltered = tried * altered;
    return {
      recordings,
      tried,
      triedAltered,
      tail: maxFalseMatchProbability / tried,
      tailAltered: maxFalseMatchProbability / triedAltered,
      share: leastShare(tried),
      shareAltered: leastShare(triedAltered),
    };
  });
}

function leastShare(tried: number): number {
  const wanted = Math.log10(maxFalseMatchProbability);
  for (let aligned = 1; aligned <= windowPeaks; aligned++) {
    if (logFalseMatchProbability(windowPeaks, aligned, ordinaryChance, tried) <= wanted)
      return aligned / windowPeaks;
  }
  return 1;
}
