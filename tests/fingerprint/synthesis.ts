/** Sounds as formulas, and the fingerprints they give: no file and no decoder stands between a test and its samples. */
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { type Fingerprinted, Fingerprinter } from '../../workers/fingerprint/fingerprinter.ts';
import { lowestFrequencyHz, stepsPerOctave } from '../../workers/fingerprint/parameters.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';

/** Pressure in [-1, 1] at a time in seconds. */
export type Sound = (seconds: number) => number;

export const silence: Sound = () => 0;

export const tone =
  (frequencyHz: number, amplitude = 0.5): Sound =>
  (t) =>
    amplitude * Math.sin(2 * Math.PI * frequencyHz * t);

export const mix =
  (...sounds: readonly Sound[]): Sound =>
  (t) =>
    sounds.reduce((sum, sound) => sum + sound(t), 0);

/** Its frequency goes from one to the other in an exponential line. */
export const chirp = (fromHz: number, toHz: number, seconds: number, amplitude = 0.5): Sound => {
  const rate = Math.log(toHz / fromHz) / seconds;
  return (t) => amplitude * Math.sin(2 * Math.PI * fromHz * (Math.expm1(rate * t) / rate));
};

/** Rises and falls over a second at either end: a hard edge is a click, and a click is a sound of its own. */
export const faded =
  (sound: Sound, seconds: number): Sound =>
  (t) => {
    const inside = Math.min(1, Math.max(0, Math.min(t, seconds - t)));
    return sound(t) * Math.sin((Math.PI / 2) * inside) ** 2;
  };

/** A tone that is there for a moment: a bell of this standard deviation around `atSeconds`. */
export const burst =
  (frequencyHz: number, atSeconds: number, amplitude = 0.5, spreadSeconds = 0.05): Sound =>
  (t) => {
    const x = (t - atSeconds) / spreadSeconds;
    return x * x > 40 ? 0 : amplitude * Math.exp(-0.5 * x * x) * Math.sin(2 * Math.PI * frequencyHz * t);
  };

/** Something like music: ten bursts a second at any pitch below 3.4 kHz. The same at every sample rate. */
export function burstsOf(seed: number, seconds: number): Sound {
  const random = seededRandom(seed);
  /** What is heard in each tenth of a second. A burst of 0.1 s is over after 0.7. */
  const heard: Sound[][] = Array.from({ length: seconds * 10 + 1 }, () => []);
  for (let i = 0; i < seconds * 10; i++) {
    const at = random() * seconds;
    const sound = burst(200 * 17 ** random(), at, 0.05 + 0.2 * random(), 0.02 + 0.08 * random());
    for (const [tenth, sounds] of heard.entries()) if (Math.abs(tenth / 10 - at) < 0.8) sounds.push(sound);
  }
  return (t) => (heard[Math.floor(t * 10)] ?? []).reduce((sum, sound) => sum + sound(t), 0);
}

export function render(sound: Sound, seconds: number, sampleRateHz: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: Math.round(seconds * sampleRateHz) }, (_, i) => sound(i / sampleRateHz));
}

export function whiteNoise(seed: number, sampleCount: number, amplitude = 0.3): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float32Array.from({ length: sampleCount }, () => amplitude * (2 * random() - 1));
}

/** `pushSamples` at a time. */
export function fingerprintOf(
  samples: Float32Array,
  sampleRateHz: number,
  pushSamples = 16_384,
): Fingerprinted {
  const fingerprinter = new Fingerprinter();
  for (let at = 0; at < samples.length; at += pushSamples) {
    fingerprinter.push(samples.subarray(at, at + pushSamples), sampleRateHz);
  }
  return fingerprinter.finish();
}

/** The step, not rounded, that a frequency lies on. */
export function stepOf(frequencyHz: number): number {
  return stepsPerOctave * Math.log2(frequencyHz / lowestFrequencyHz);
}

/** Peaks as `frame/step`, to be compared as sets. */
export function placesOf(
  constellation: Constellation,
  fromFrame = 0,
  toFrame = Number.POSITIVE_INFINITY,
): string[] {
  const places: string[] = [];
  for (const [i, frame] of constellation.frames.entries()) {
    if (frame >= fromFrame && frame < toFrame) places.push(`${frame - fromFrame}/${constellation.steps[i]}`);
  }
  return places;
}

/** Share of the peaks of `a` that `b` has within so many frames and steps. */
export function shareFound(
  a: Constellation,
  b: Constellation,
  withinFrames: number,
  withinSteps: number,
): number {
  let found = 0;
  let low = 0;
  for (const [i, frame] of a.frames.entries()) {
    while (low < b.frames.length && (b.frames[low] as number) < frame - withinFrames) low++;
    for (let j = low; j < b.frames.length && (b.frames[j] as number) <= frame + withinFrames; j++) {
      if (Math.abs((b.steps[j] as number) - (a.steps[i] as number)) > withinSteps) continue;
      found++;
      break;
    }
  }
  return found / a.frames.length;
}
