/**
 * Probes: where the landmarks of a window of the upload may have been registered, when a supposed alteration is
 * undone. Neighbouring cells are probed where a value lies near the edge of its own, so that a small error in a peak
 * does not lose the landmark.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { stepCount } from '../fingerprint/parameters.ts';
import {
  anchorCell,
  frameCell,
  landmarkKey,
  partnersOf,
  stepCell,
  zoneFrames,
  zoneSteps,
} from '../index/landmark.ts';
import { grow } from './growing-arrays.ts';
import { edgeSteps } from './parameters.ts';

/** What is supposed to have been done to the recording. */
export type Hypothesis = {
  /** Reference frames that pass in one upload frame. */
  readonly tempo: number;
  /** Frequency steps the upload may lie above the reference; equal ends mean: at this pitch and no other. */
  readonly lowestPitch: number;
  readonly highestPitch: number;
};

export const unaltered: Hypothesis = { tempo: 1, lowestPitch: 0, highestPitch: 0 };

/** Landmarks of a window, as cells to probe. In parallel: bucket or key, anchor's time and frequency. */
export type Probes = {
  readonly hypothesis: Hypothesis;
  /** Whole keys where the pitch is known; else buckets, in which all anchors are read. */
  readonly keys: Uint32Array;
  /** Anchor's time × tempo, in reference frames. */
  readonly frames: Uint32Array;
  readonly steps: Uint16Array;
};

const lastStepCell = 36;
const lastFrameCell = zoneFrames / frameCell;

/** Kept between calls: one set of buffers a thread. */
let probeKeys = new Uint32Array(2 ** 15);
let probeFrames = new Uint32Array(2 ** 15);
let probeSteps = new Uint16Array(2 ** 15);
const partners = new Int32Array(64);
const df12 = new Int32Array(2);
const df13 = new Int32Array(2);
const dt12 = new Int32Array(2);
const dt13 = new Int32Array(2);
const anchors = new Int32Array(2);
/** Two of each of five values. */
const maxProbesPerTriplet = 32;

/** Where the landmarks of the peaks `begin`…`end` below `ranks` may have been registered. Valid until the next call. */
export function probeWindow(
  constellation: Constellation,
  begin: number,
  end: number,
  ranks: number,
  hypothesis: Hypothesis,
): Probes {
  const { frames, steps } = constellation;
  const { tempo } = hypothesis;
  const isKnown = isPitchKnown(hypothesis);
  const reach = zoneFrames / tempo;
  let count = 0;
  for (let i = begin; i < end; i++) {
    if ((constellation.ranks[i] as number) >= ranks) continue;
    const frame = frames[i] as number;
    const step = steps[i] as number;
    const unshifted = step - hypothesis.lowestPitch;
    if (isKnown && (unshifted < 0 || unshifted >= stepCount)) continue;
    const anchorCount = isKnown ? cellsNear(unshifted, anchorCell, edgeSteps, 63, anchors) : 1;
    const partnerCount = partnersOf(constellation, i, reach, ranks, partners);
    for (let p = 0; p < partnerCount; p++) {
      const second = partners[p] as number;
      const df12Count = cellsNear(
        (steps[second] as number) - step + zoneSteps,
        stepCell,
        edgeSteps,
        lastStepCell,
        df12,
      );
      const dt12Count = cellsNear(
        ((frames[second] as number) - frame) * tempo,
        frameCell,
        1,
        lastFrameCell,
        dt12,
      );
      for (let r = p + 1; r < partnerCount; r++) {
        const third = partners[r] as number;
        const df13Count = cellsNear(
          (steps[third] as number) - step + zoneSteps,
          stepCell,
          edgeSteps,
          lastStepCell,
          df13,
        );
        const dt13Count = cellsNear(
          ((frames[third] as number) - frame) * tempo,
          frameCell,
          1,
          lastFrameCell,
          dt13,
        );
        if (count + maxProbesPerTriplet > probeKeys.length) growProbes();
        const from = count;
        for (let a = 0; a < df12Count; a++) {
          for (let b = 0; b < df13Count; b++) {
            for (let c = 0; c < dt12Count; c++) {
              for (let d = 0; d < dt13Count; d++) {
                const key = landmarkKey(
                  df12[a] as number,
                  df13[b] as number,
                  dt12[c] as number,
                  dt13[d] as number,
                );
                for (let e = 0; e < anchorCount; e++) {
                  probeKeys[count++] = isKnown ? key | (anchors[e] as number) : key;
                }
              }
            }
          }
        }
        probeFrames.fill(Math.round(frame * tempo), from, count);
        probeSteps.fill(step, from, count);
      }
    }
  }
  return {
    hypothesis,
    keys: probeKeys.subarray(0, count),
    frames: probeFrames.subarray(0, count),
    steps: probeSteps.subarray(0, count),
  };
}

/** The cell of a value ≥ 0, and the neighbour's where the value lies within `edge` of it. Says how many. */
function cellsNear(value: number, size: number, edge: number, last: number, target: Int32Array): number {
  const cell = Math.min(last, (value / size) | 0);
  const inside = value - cell * size;
  target[0] = cell;
  if (inside < edge && inside < size - inside && cell > 0) {
    target[1] = cell - 1;
    return 2;
  }
  if (size - 1 - inside < edge && cell < last) {
    target[1] = cell + 1;
    return 2;
  }
  return 1;
}

export function isPitchKnown(hypothesis: Hypothesis): boolean {
  return hypothesis.lowestPitch === hypothesis.highestPitch;
}

function growProbes(): void {
  probeKeys = grow(probeKeys);
  probeFrames = grow(probeFrames);
  const steps = new Uint16Array(probeSteps.length * 2);
  steps.set(probeSteps);
  probeSteps = steps;
}
