/** Every tuned number of matching, with its unit. None of them is part of a fingerprint. */

/** A window of the upload whose landmarks vote together: 10 s, every 5 s. */
export const windowFrames = 500;
export const windowHopFrames = 250;

/** Frames of one voting bin: 160 ms. Neighbouring bins count together. */
export const voteBinShift = 3;
/**
 * One look at a window: peaks of ranks below `ranks` make its landmarks; of what they hit, the rarest `maxHits`
 * postings of each segment are read; lines of fewer than `minVotes` are not looked at.
 */
export type Look = { readonly ranks: number; readonly minVotes: number; readonly maxHits: number };

/** The most salient peaks first: an eighth of the landmarks find nearly everything. */
export const firstLook: Look = { ranks: 15, minVotes: 3, maxHits: 2 ** 16 };
export const secondLook: Look = { ranks: 30, minVotes: 3, maxHits: 2 ** 16 };
/** All peaks, weak ones too, for what lies buried under speech: of 30 excerpts under it, 26 instead of 8 are found. */
export const buriedLook: Look = { ranks: 64, minVotes: 4, maxHits: 2 ** 20 };
/** For each tempo, where tempo and pitch are open. More ranks find less: they bring noise sooner than landmarks. */
export const alteredLook: Look = { ranks: 15, minVotes: 4, maxHits: 2 ** 16 };

/** Candidates verified in a window, best voted first, and those that each tempo may name. */
export const maxCandidates = 16;
export const maxCandidatesOfHypothesis = 4;
/** Probe the neighbouring cell too where a value lies this near to an edge, in frequency steps. */
export const edgeSteps = 3;

/** A peak is found again within this many frames and frequency steps of where the alignment puts it. */
export const peakFrames = 2;
export const peakSteps = 4;

/** Tempo ratios tried around 1 when a candidate is aligned, and their step. */
export const maxTempoDeviation = 0.024;
export const tempoStep = 0.002;
/** How far from the voted diagonal the alignment may lie, frames. */
export const alignReach = 14;

/** An alignment is followed in blocks of this many reference frames: 1 s. */
export const blockFrames = 50;
/** Inliers of this many frames say where the alignment runs next: 12 s. */
export const memoryFrames = 600;
/** Time without evidence that an alignment crosses, frames: 6 s of silence or voice-over. */
export const maxGapFrames = 300;

/**
 * What the false-match model grants to recordings that merely sound alike: peaks agree this much more often
 * than at shifted offsets.
 */
export const lookAlikeShare = 0.03;
/** Peaks of one note come together: this many count as one independent observation. */
export const peaksPerObservation = 1.3;
/** Of the best agreement at a wrong offset, this much is granted to chance: loops and drum patterns repeat. */
export const repeatedShare = 0.5;
/** Wrong offsets and peaks that a close look compares at the most. */
export const maxCloseShifts = 400;
export const maxPeaksCompared = 256;
/** Matches less certain than this are not reported. */
export const maxFalseMatchProbability = 1e-6;
