/**
 * The kernel: samples in, peaks out. One instance per stream.
 *   start(rateHz)            begin, or go on at another rate
 *   push(count)              `count` samples wait at input(); 8 kHz samples at resampled() until the next call
 *   flush()                  the rate ends here: its last samples come out of the filter
 *   finish()                 no more samples
 *   peaks(), takePeaks()     where peaks lie, and how many since the last call
 */
import { addSamples, finishFrames, framesInit } from './frames';
import { peaksFound } from './peaks';
import { resample, resamplerDelay, resamplerInput, resamplerOutput, resamplerStart } from './resample';

export { INPUT_MAX as inputMax } from './parameters';
export { takePeaks } from './peaks';

let begun: bool = false;

export function input(): usize { return resamplerInput(); }
export function resampled(): usize { return resamplerOutput(); }
export function peaks(): usize { return peaksFound(); }

export function start(rateHz: i32): void {
  if (!begun) { framesInit(); begun = true; }
  resamplerStart(rateHz);
}

/** Says how many 8 kHz samples it made. */
export function push(count: i32): i32 {
  const made = resample(count);
  addSamples(resamplerOutput(), made);
  return made;
}

/** Pushes the last samples through the filter; says how many 8 kHz samples that made. Before another rate, and before the end. */
export function flush(): i32 {
  memory.fill(resamplerInput(), 0, resamplerDelay() << 2);
  return push(resamplerDelay());
}

/** After a flush: the frames that are whole; a rest shorter than a frame is padded with silence. */
export function finish(): void { finishFrames(); }
