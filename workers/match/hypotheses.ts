/**
 * What may have been done to a recording, and so what a scan tries. Identity is always tried first, everywhere;
 * the rest only on the seconds that it leaves unexplained. A step of tempo is 4 %: it moves the far end of a
 * landmark by 0.6 frames at the most, which neighbouring cells cover, and alignment finds the tempo itself.
 */
import { stepsPerOctave } from '../fingerprint/parameters.ts';
import type { TransformSet } from '../protocol.ts';
import type { Hypothesis } from './probes.ts';

const tempoRatio = 1.04;
/** Frequency steps. */
const pitchWidth = 8;

/** Tempos and pitches of a set; pitches in semitones. */
const ranges = {
  common: { slowest: 0.77, fastest: 1.4, lowest: -5.5, highest: 5.5 },
  all: { slowest: 0.48, fastest: 1.56, lowest: -12.5, highest: 12.5 },
} as const;

export function hypothesesOf(set: TransformSet): readonly Hypothesis[] {
  return set === 'none' ? [] : gridOf(ranges[set]);
}

/** The same seen from the recording: what an upload is faster by, its recording is slower by. */
export function reversedHypotheses(set: Exclude<TransformSet, 'none'>): readonly Hypothesis[] {
  const { slowest, fastest, lowest, highest } = ranges[set];
  return gridOf({ slowest: 1 / fastest, fastest: 1 / slowest, lowest: -highest, highest: -lowest });
}

type Range = {
  readonly slowest: number;
  readonly fastest: number;
  readonly lowest: number;
  readonly highest: number;
};

function gridOf({ slowest, fastest, lowest, highest }: Range): Hypothesis[] {
  const found: Hypothesis[] = [];
  // Outwards from the unaltered tempo, so that the likelier is tried first.
  for (let k = 0; ; k++) {
    const around = k === 0 ? [1] : [tempoRatio ** k, tempoRatio ** -k];
    const within = around.filter((tempo) => tempo >= slowest && tempo <= fastest);
    if (within.length === 0) return found;
    for (const tempo of within) {
      found.push({
        tempo,
        lowestPitch: Math.round((lowest / 12) * stepsPerOctave),
        highestPitch: Math.round((highest / 12) * stepsPerOctave),
      });
    }
  }
}

/**
 * How many times as many alignments these hypotheses allow as the unaltered one: tempos × pitches of a peak's width.
 * Half of the certainty that is asked for is spent on the few of them on the lines that most alterations lie on (speed,
 * tempo alone, pitch alone), half on the rest of the plane.
 */
export function countHypotheses(hypotheses: readonly Hypothesis[], isOnLine: boolean): number {
  const pitches = hypotheses.map(
    ({ lowestPitch, highestPitch }) => 1 + (highestPitch - lowestPitch) / pitchWidth,
  );
  return isOnLine
    ? 2 * (2 * hypotheses.length + Math.max(0, ...pitches))
    : 2 * pitches.reduce((sum, count) => sum + count, 0);
}
