/**
 * The kernel without its resampler: 8 kHz samples in, peaks out, through a shorter or longer window. One instance per stream.
 *   push(count)              `count` samples wait at input()
 *   finish()                 no more samples
 *   peaks(), takePeaks()     where peaks lie, and how many since the last call
 */
import { addSamples, finishFrames, framesInit } from './frames';
import { INPUT_MAX } from './parameters';
import { peaksFound } from './peaks';

export { INPUT_MAX as inputMax } from './parameters';
export { takePeaks } from './peaks';

const samples = heap.alloc(INPUT_MAX * 4);
framesInit();

export function input(): usize { return samples; }
export function peaks(): usize { return peaksFound(); }
export function push(count: i32): void { addSamples(samples, count); }
export function finish(): void { finishFrames(); }
