/** Every tuned number of matching, with its unit. None of them is part of a fingerprint. */

/** A window of the upload whose landmarks vote together: 10 s, every 5 s. */
export const windowFrames = 500;
export const windowHopFrames = 250;

/** Frames of one voting bin: 160 ms. Neighbouring bins count together. */
export const voteBinShift = 3;
/**
 * One look at a window. Its landmarks are made of peaks of ranks below `ranks`; they are looked for in their own cells
 * and up to `strays` cells beside. Of what they hit, the rarest `maxHits` postings of each segment are read; lines of
 * fewer than `minVotes` are not looked at, nor those of fewer than `lineVotes` where there are few of their kind.
 */
export type Look = {
  readonly ranks: number;
  readonly strays: number;
  readonly minVotes: number;
  readonly lineVotes: number;
  readonly maxHits: number;
};

/** The most salient peaks first: an eighth of the landmarks find nearly everything. */
export const firstLook: Look = { ranks: 15, strays: 1, minVotes: 3, lineVotes: 3, maxHits: 2 ** 16 };
export const secondLook: Look = { ...firstLook, ranks: 30 };
/** All peaks, weak ones too, for what lies buried under speech: of 40 excerpts under it, 37 are found. */
export const buriedLook: Look = { ...firstLook, ranks: 64, maxHits: 2 ** 20 };
/** For each tempo, where tempo and pitch are open. */
export const alteredLook: Look = { ...firstLook, strays: 2, lineVotes: 2 };

/** Candidates verified in a window, best voted first, and those that each tempo may name: 30 to 40 µs each. */
export const maxCandidates = 600;
export const maxCandidatesOfHypothesis = 60;
/** Probe the neighbouring cell too where a value lies this near to an edge, in frequency steps: of a cell, of an anchor's. */
export const edgeSteps = 2;
export const anchorEdgeSteps = 3;

/**
 * A peak is found again within this many frames and frequency steps of where the alignment puts it: of those within
 * 2.5 frames and 4 steps, nine in ten true ones and a third of the chance ones.
 */
export const foundFrames = 1.5;
export const foundSteps = 2;
/** Until the alignment is exact, pairs of peaks this far apart help to find it. */
export const fitFrames = 2;
export const fitSteps = 4;

/** Tempo ratios tried around 1 when a candidate is aligned, and their step. */
export const maxTempoDeviation = 0.024;
export const tempoStep = 0.004;
/** How far from the voted diagonal the alignment may lie, frames. */
export const alignReach = 14;

/** An alignment is followed in blocks of this many reference frames: 1 s. */
export const blockFrames = 50;
/**
 * Inliers of this many frames say where the alignment runs next, and at which pitch: 8 s. Of uploads whose speed moves
 * by 3 % within 30 s 99 % is covered, by 12 s 97 %.
 */
export const memoryFrames = 400;
/** Time without evidence that an alignment crosses, frames: 6 s of silence or voice-over. */
export const maxGapFrames = 300;

/**
 * What the false-match model grants to recordings that merely sound alike: peaks agree this much more often
 * than at shifted offsets.
 */
export const lookAlikeShare = 0.016;
/** Peaks of one note come together: this many count as one independent observation. */
export const peaksPerObservation = 1.3;
/** Peaks that are counted at the most, 8 s: what sounds alike goes on doing so, and proves no more for it. */
export const maxPeaksCounted = 160;
/** Of the best agreement at a wrong offset, this much is granted to chance: loops and drum patterns repeat. */
export const repeatedShare = 0.53;
/** … and less where the whole upload agrees: who shares a loop with a recording shares a part. */
export const repeatedShareOfWhole = 0.43;
/**
 * Loops, beats and instruments are shared with the recordings of some albums, not with all of a catalog: no more than
 * this many frames of them (11.6 h, 200 recordings) could have agreed by repetition.
 */
export const maxLookAlikeFrames = 2 ** 21;
/**
 * Who re-encodes a recording leaves its clock alone: half of the certainty for what is unaltered is spent on tempos
 * this near to 1, half on the others that are tried.
 */
export const exactTempoDeviation = 0.002;
/** Peaks that are compared at a wrong offset at the most. */
export const maxPeaksCompared = 256;
/** Matches less certain than this are not reported. */
export const maxFalseMatchProbability = 1e-6;
