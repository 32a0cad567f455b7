/**
 * Every tuned number of the fingerprint that TypeScript knows. Those of the kernel (sample rate, window,
 * whitening, neighbourhood) are in `kernels/assembly/parameters.ts`. Change one and `parameterVersion` goes up.
 */
export const parameterVersion = 2;

export const sampleRateHz = 8000;
/** From one spectrum to the next: 160 samples. */
export const frameMs = 20;
/** The middle of frame 0's window, ms after the first sample. */
export const frameCentreMs = 64;

/** Lowest frequency of a peak; frequency steps count up from here. */
export const lowestFrequencyHz = 23 * (8000 / 1024);
/** Steps an octave of a peak's frequency: 8.33 cents each. */
export const stepsPerOctave = 144;
/** One past the highest step: 3,500 Hz. */
export const stepCount = 640;

/** A peak's rank is the number of stronger peaks within this many frames either side: 0.5 s. */
export const rankReachFrames = 25;
/** Ranks kept of strong peaks for what is asked, about 45 peaks a second: an altered upload has another order. */
export const queryRanks = 60;
/** The rank that every weak peak has: a louder sound beside it keeps it from being compared. */
export const weakRank = 63;
/** Weak peaks stronger than this many others within half a second are kept. */
export const weakRanks = 85;
/**
 * Ranks kept of what is registered, about 19.8 peaks a second. With 15 (14.8 a second) 86 % of altered excerpts of 5 s
 * are found, with 20 93 %, with 25 96 % but fewer under noise, where the weaker peaks are lost.
 */
export const referenceRanks = 20;
/** A reference says of each two of them only that it is one: a bit less for each peak. */
export const referenceRankCount = referenceRanks / 2;
