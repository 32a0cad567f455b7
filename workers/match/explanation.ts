/** What is said about one upload and one reference: why they match, or why not. Times in ms, frequencies in Hz. */
import type { MatchSegment, TransformSet } from '../protocol.ts';

/** Why nothing was reported: the first of these that holds. */
export const missingReasons = [
  /** The upload has no peaks. */
  'silent',
  /** The upload is so short that even full agreement could be chance. */
  'too_short',
  /** A wider set of transforms finds it. */
  'found_with_wider_transforms',
  /** No landmark of the upload is among the reference's. */
  'no_votes',
  /** Landmarks agree, but no line has as many votes as are looked at. */
  'few_votes',
  /** On no voted line do two peaks meet. */
  'no_alignment',
  /** Laid over each other, no more peaks agree than at wrong offsets. */
  'disagrees',
  /** Peaks agree beyond the mean of chance, but chance may still explain it. */
  'not_certain_enough',
] as const;
export type MissingReason = (typeof missingReasons)[number];

/** The line on which the two agree best, whether it was good enough or not. */
export type BestAlignment = {
  /** What had to be looked for to find it: wider than was asked where the reason is `found_with_wider_transforms`. */
  readonly transforms: TransformSet;
  readonly queryStartMs: number;
  readonly queryEndMs: number;
  readonly referenceStartMs: number;
  readonly referenceEndMs: number;
  /** Reference time at the upload's beginning, along the line. */
  readonly offsetMs: number;
  readonly tempoRatio: number;
  readonly pitchCents: number;
  /** Votes of the line, and how many it needed. */
  readonly votes: number;
  readonly leastVotes: number;
  /** Reference peaks between the ends, and those of them that the upload has. */
  readonly expectedPeaks: number;
  readonly agreeingPeaks: number;
  readonly agreement: number;
  /** The share that agrees at wrong offsets. */
  readonly chance: number;
  /** log10 of the false-match probability, and of the highest that is reported. */
  readonly logProbability: number;
  readonly logThreshold: number;
  /** Windows that the probability counts agreement in: 3 where one alone was not sure enough. */
  readonly windowsCounted: 1 | 3;
};

/** A peak on the upload's time and pitch; `agrees` says that the other side has one there too. */
export type PlacedPeak = { readonly atMs: number; readonly hz: number; readonly agrees: boolean };

export type PeakList = {
  readonly listed: readonly PlacedPeak[];
  /** Peaks of the view, those that are not listed with them. */
  readonly count: number;
  readonly agreeingCount: number;
};

/** Part of the upload with both constellations, the reference's moved by the alignment. */
export type PeakView = {
  readonly queryStartMs: number;
  readonly queryEndMs: number;
  readonly referenceStartMs: number;
  readonly referenceEndMs: number;
  readonly upload: PeakList;
  readonly reference: PeakList;
};

/** Votes of the landmarks of one window of the upload. */
export type VoteView = {
  readonly queryStartMs: number;
  readonly queryEndMs: number;
  /** By distance from the best line, at its tempo and pitch. */
  readonly byOffset: readonly { readonly offsetMs: number; readonly votes: number }[];
  /** Votes of the best line of each tempo, and whether the scan tried that tempo. */
  readonly byTempo: readonly {
    readonly tempoRatio: number;
    readonly votes: number;
    readonly wasTried: boolean;
  }[];
  /** On the best line, by pitch. */
  readonly byPitch: readonly { readonly pitchCents: number; readonly votes: number }[];
};

export type MatchExplanation = {
  readonly transforms: TransformSet;
  readonly durationMs: number;
  /** Undefined: it matches. */
  readonly missing: MissingReason | undefined;
  /** What was found or not, in a sentence, and what to do next. */
  readonly sentence: string;
  /** As in a scan, of very many the surest; where the reason is `found_with_wider_transforms`, what the wider set finds. */
  readonly segments: readonly MatchSegment[];
  /** Segments there are, those that are not listed with them. */
  readonly segmentCount: number;
  readonly best: BestAlignment | undefined;
  readonly peaks: PeakView | undefined;
  readonly votes: VoteView | undefined;
};
