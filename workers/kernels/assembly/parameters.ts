/**
 * The kernel's sizes. They are part of the fingerprint's parameter version: a change here changes
 * fingerprints, so it goes with a new `parameterVersion` in `fingerprint/parameters.ts`.
 */
export const SAMPLE_RATE_HZ: i32 = 8000;
/** The most samples one call takes. */
export const INPUT_MAX: i32 = 16384;
/** The most samples the resampler makes of them: from the lowest rate, 1 kHz, each becomes eight. */
export const OUTPUT_MAX: i32 = INPUT_MAX * 8 + 16;
export const HOP: i32 = 160;
/** Frames transformed at once: four lanes, two real frames packed into each complex one. */
export const BATCH: i32 = 8;
/** Samples of the window that fingerprints are compared by, and the length of its transform. */
export const STANDARD_SIZE: i32 = 1024;
/** First and one past the last bin looked at: 180 Hz and 3,500 Hz in bins of 7.8125 Hz. */
export const STANDARD_BIN_LOW: i32 = 23;
export const STANDARD_BIN_HIGH: i32 = 449;
/** Bins kept a frame, around the band, so that rows are whole vectors and neighbours exist. */
export const STANDARD_ROW: i32 = 512;
/**
 * Samples of this module's window: the standard's, or half or twice as many. `build.mjs` sets `WINDOW_SAMPLES`. Windows of
 * all modules have their centres on the same samples; a shorter one lies in zeros, a longer one has as many finer bins.
 */
export const WINDOW: i32 = WINDOW_SAMPLES;
export const FFT_SIZE: i32 = WINDOW > STANDARD_SIZE ? WINDOW : STANDARD_SIZE;
export const FINER: i32 = FFT_SIZE / STANDARD_SIZE;
export const BIN_LOW: i32 = STANDARD_BIN_LOW * FINER;
export const BIN_HIGH: i32 = STANDARD_BIN_HIGH * FINER;
export const ROW: i32 = STANDARD_ROW * FINER;
/** Frames of history kept; more than the mean's window and the peak's neighbourhood together. */
export const RING: i32 = 256;
/** The mean of a bin runs over this many frames either side of it: 1.5 s. */
export const MEAN_REACH: i32 = 75;
/** Share of the mean that is taken off: whitening, but a sustained note keeps a trace. */
export const MEAN_SHARE: f32 = 0.5;
/** A strong peak is the largest within this many frames either side: 120 ms. */
export const STRONG_REACH_FRAMES: i32 = 6;
/** … and within this share of its frequency either side. */
export const STRONG_REACH_FREQUENCY: f64 = 0.09;
/** A weak peak is the largest within less: what a louder sound beside it has not quite buried. */
export const WEAK_REACH_FRAMES: i32 = 3;
export const WEAK_REACH_FREQUENCY: f64 = 0.05;
/** Set in a peak's frequency step where it is strong. */
export const STRONG_FLAG: i32 = 0x8000;
/** Steps an octave of the frequency a peak is given: 8.3 cents each, counted from the low edge. */
export const STEPS_PER_OCTAVE: f64 = 144;
/** Log power is kept in 1/256 of an octave of power (0.012 dB). */
export const LEVEL_STEPS: f32 = 256;
/** Log power below which there is nothing to hear: 91 dB under a full-scale tone, whose power is 2^18 in every window. */
export const LEVEL_FLOOR: i32 = -3130;
