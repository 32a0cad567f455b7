/** Every tuned number of matching, with its unit. None of them is part of a fingerprint. */

/** A window of the upload whose landmarks vote together: 10 s, every 5 s. */
export const windowFrames = 500;
export const windowHopFrames = 250;

/** Frames of one voting bin: 160 ms. Neighbouring bins count together. */
export const voteBinShift = 3;
/** Ranks of the upload's peaks whose landmarks are looked up: first the most salient, then, at eight times the cost, more. */
export const firstRanks = 15;
export const secondRanks = 30;

/** Votes below which a bin is not looked at. */
export const minVotes = 3;
/** Candidates verified in a window, best voted first. */
export const maxCandidates = 16;
/** The same where tempo and pitch are open, and candidates each tempo may name. */
export const minAlteredVotes = 4;
export const maxCandidatesOfHypothesis = 4;
/** Ranks of the upload's peaks looked up where tempo and pitch are open. */
export const alteredRanks = 15;
/** Landmark hits one window may collect in a segment; what comes later is not counted. */
export const maxHits = 2 ** 16;
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
