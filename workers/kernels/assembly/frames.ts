/** 8 kHz samples to frames, and these to peaks, eight frames at a time: how samples come in makes no difference. */
import { BATCH, FFT_SIZE, HOP, OUTPUT_MAX, STANDARD_SIZE } from './parameters';
import { addFrames, nextRow, peaksInit } from './peaks';
import { BATCH_SPAN, spectra, spectrumInit } from './spectrum';

/** What a longer window looks at before the first sample and after the last: silence. */
const MARGIN: i32 = (FFT_SIZE - STANDARD_SIZE) / 2;

const waiting = heap.alloc((BATCH_SPAN + OUTPUT_MAX) * 4);
let waitingCount: i32 = 0;

export function framesInit(): void {
  spectrumInit();
  peaksInit();
  addSilence(MARGIN);
}

function addSilence(count: i32): void {
  memory.fill(waiting + (waitingCount << 2), 0, count << 2);
  waitingCount += count;
}

/** At most `OUTPUT_MAX` samples. */
export function addSamples(samples: usize, count: i32): void {
  memory.copy(waiting + (waitingCount << 2), samples, count << 2);
  waitingCount += count;
  takeBatches();
}

function takeBatches(): void {
  let used = 0;
  while (waitingCount - used >= BATCH_SPAN) {
    spectra(waiting + (used << 2), nextRow());
    addFrames(BATCH, false);
    used += BATCH * HOP;
  }
  waitingCount -= used;
  memory.copy(waiting, waiting + (used << 2), waitingCount << 2);
}

/** The frames of which the standard window has half; what is not there is silence. As many in every window. */
export function finishFrames(): void {
  addSilence(MARGIN);
  takeBatches();
  const first = FFT_SIZE - STANDARD_SIZE / 2;
  const frames = waitingCount < first ? 0 : min(BATCH, (waitingCount - first) / HOP + 1);
  memory.fill(waiting + (waitingCount << 2), 0, (BATCH_SPAN - min(waitingCount, BATCH_SPAN)) << 2);
  if (frames > 0) spectra(waiting, nextRow());
  addFrames(frames, true);
}
