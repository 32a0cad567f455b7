/**
 * The kernel: samples in, peaks out. One instance per stream.
 *   start(rateHz)            begin, or go on at another rate
 *   push(count)              `count` samples wait at input(); 8 kHz samples at resampled() until the next call
 *   flush()                  the rate ends here: its last samples come out of the filter
 *   finish()                 no more samples
 *   peaks(), takePeaks()     where peaks lie, and how many since the last call
 */
import { BATCH, FFT_SIZE, HOP } from './parameters';
import { OUTPUT_MAX, resample, resamplerDelay, resamplerInput, resamplerOutput, resamplerStart } from './resample';
import { BATCH_SPAN, spectra, spectrumInit } from './spectrum';
import { addFrames, nextRow, peaksFound, peaksInit } from './peaks';

export { INPUT_MAX as inputMax } from './resample';
export { takePeaks } from './peaks';

const waiting = heap.alloc((BATCH_SPAN + OUTPUT_MAX) * 4);
let waitingCount: i32 = 0;
let begun: bool = false;

export function input(): usize { return resamplerInput(); }
export function resampled(): usize { return resamplerOutput(); }
export function peaks(): usize { return peaksFound(); }

export function start(rateHz: i32): void {
  if (!begun) { spectrumInit(); peaksInit(); begun = true; }
  resamplerStart(rateHz);
}

/** Says how many 8 kHz samples it made. */
export function push(count: i32): i32 {
  const made = resample(count);
  memory.copy(waiting + (waitingCount << 2), resamplerOutput(), made << 2);
  waitingCount += made;
  let used = 0;
  while (waitingCount - used >= BATCH_SPAN) {
    spectra(waiting + (used << 2), nextRow());
    addFrames(BATCH, false);
    used += BATCH * HOP;
  }
  waitingCount -= used;
  memory.copy(waiting, waiting + (used << 2), waitingCount << 2);
  return made;
}

/** Pushes the last samples through the filter; says how many 8 kHz samples that made. Before another rate, and before the end. */
export function flush(): i32 {
  memory.fill(resamplerInput(), 0, resamplerDelay() << 2);
  return push(resamplerDelay());
}

/** After a flush: the frames that are whole; a rest shorter than a frame is padded with silence. */
export function finish(): void {
  const frames = waitingCount < FFT_SIZE / 2 ? 0 : min(BATCH, (waitingCount - FFT_SIZE / 2) / HOP + 1);
  memory.fill(waiting + (waitingCount << 2), 0, (BATCH_SPAN - min(waitingCount, BATCH_SPAN)) << 2);
  if (frames > 0) spectra(waiting, nextRow());
  addFrames(frames, true);
}
