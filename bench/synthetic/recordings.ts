/**
 * Recordings that never were, to fill a catalog: pieces of .4–1.2 s cut from the constellations of real recordings,
 * drawn from all of them by chance, each transposed on its own by one to six semitones up or down, and strung
 * together to the length of a real one. Landmarks reach .64 s at the most, so nearly all of those inside a piece
 * are as common as in music and cost a search the same; but no alignment holds for longer than a piece, and none
 * without transposition. (A piece that stays as it is *is* a second of the real one, and is found: in a catalog of 10,000
 * made of 12 h an excerpt of 30 s then lies in 20 to 100 recordings.)
 */
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { frameMs, stepCount, stepsPerOctave } from '../../workers/fingerprint/parameters.ts';
import { seededRandom } from '../report/statistics.ts';

const shortestFrames = 400 / frameMs;
const longestFrames = 1200 / frameMs;
const leastTransposition = stepsPerOctave / 12;
const maxTransposition = stepsPerOctave / 2;

/** @param sources at reference density */
export function syntheticRecording(sources: readonly Constellation[], seed: number): Constellation {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const frameCount = lastFrame(sources[below(sources.length)] as Constellation);
  const frames: number[] = [];
  const steps: number[] = [];
  const ranks: number[] = [];
  for (let at = 0; at < frameCount; ) {
    const source = sources[below(sources.length)] as Constellation;
    const length = Math.min(frameCount - at, shortestFrames + below(longestFrames - shortestFrames + 1));
    const from = below(Math.max(1, lastFrame(source) - length));
    const transposition = leastTransposition + below(maxTransposition - leastTransposition + 1);
    const shift = below(2) === 0 ? transposition : -transposition;
    for (let i = firstPeakFrom(source.frames, from); i < source.frames.length; i++) {
      const frame = source.frames[i] as number;
      if (frame >= from + length) break;
      // What a transposition moves out of the band comes in at its other end, so that density stays.
      const step = ((source.steps[i] as number) + shift + stepCount) % stepCount;
      frames.push(at + frame - from);
      steps.push(step);
      ranks.push(source.ranks[i] as number);
    }
    at += length;
  }
  return inOrder(frames, steps, ranks);
}

/** Wrapping may have broken the order within a frame; two peaks never share both frame and step. */
function inOrder(frames: number[], steps: number[], ranks: number[]): Constellation {
  let count = 0;
  for (let i = 0; i < frames.length; i++) {
    const [frame, step, rank] = [frames[i] as number, steps[i] as number, ranks[i] as number];
    // Nearly in order: each is moved past the few of its own frame that are above it.
    let to = count;
    while (to > 0 && frames[to - 1] === frame && (steps[to - 1] as number) > step) to--;
    if (to > 0 && frames[to - 1] === frame && steps[to - 1] === step) continue;
    for (let at = count++; at > to; at--) {
      frames[at] = frames[at - 1] as number;
      steps[at] = steps[at - 1] as number;
      ranks[at] = ranks[at - 1] as number;
    }
    frames[to] = frame;
    steps[to] = step;
    ranks[to] = rank;
  }
  return {
    frames: Uint32Array.from(frames.slice(0, count)),
    steps: Uint16Array.from(steps.slice(0, count)),
    ranks: Uint8Array.from(ranks.slice(0, count)),
  };
}

function lastFrame({ frames }: Constellation): number {
  return frames.at(-1) ?? 0;
}

function firstPeakFrom(frames: Uint32Array, frame: number): number {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle] as number) < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}
