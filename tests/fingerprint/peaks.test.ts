import { describe, expect, test } from 'vitest';
import { frameCentreMs, frameMs } from '../../workers/fingerprint/parameters.ts';
import {
  burst,
  burstsOf,
  chirp,
  faded,
  fingerprintOf,
  mix,
  placesOf,
  render,
  silence,
  stepOf,
  tone,
  whiteNoise,
} from './synthesis.ts';

const rateHz = 44_100;
const peaksOf = (samples: Float32Array, at = rateHz) => fingerprintOf(samples, at).constellation;

describe('a tone', () => {
  test.each([190, 261.63, 440, 1000, 1234.5, 2093, 3000, 3450])(
    'of %d Hz has its peaks at its own frequency step and nowhere else',
    (frequencyHz) => {
      const { steps } = peaksOf(render(faded(tone(frequencyHz), 4), 4, rateHz));
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) expect(Math.abs(step - stepOf(frequencyHz))).toBeLessThanOrEqual(1);
    },
  );

  test.each([60, 120, 4200, 15_000])('of %d Hz, outside the band, has none', (frequencyHz) => {
    expect(peaksOf(render(faded(tone(frequencyHz), 4), 4, rateHz)).frames).toHaveLength(0);
  });

  test('that cannot be heard has none: 95 dB below full scale', () => {
    expect(peaksOf(render(faded(tone(1000, 10 ** (-95 / 20)), 4), 4, rateHz)).frames).toHaveLength(0);
  });
});

test('every note of a chord is there, and no other', () => {
  const notesHz = [300, 470, 1000, 1500, 2700];
  const chord = mix(...notesHz.map((frequencyHz) => tone(frequencyHz, 0.1)));
  const steps = [...peaksOf(render(faded(chord, 5), 5, rateHz)).steps];
  for (const frequencyHz of notesHz) {
    expect(steps.some((step) => Math.abs(step - stepOf(frequencyHz)) <= 1)).toBe(true);
  }
  for (const step of steps) {
    expect(Math.min(...notesHz.map((note) => Math.abs(step - stepOf(note))))).toBeLessThanOrEqual(1);
  }
});

test('a chirp is followed through the frequencies it has, when it has them', () => {
  const seconds = 8;
  const { frames, steps } = peaksOf(render(faded(chirp(250, 3000, seconds), seconds), seconds, rateHz));
  expect(frames.length).toBeGreaterThan(8);
  for (const [i, frame] of frames.entries()) {
    const at = (frame * frameMs + frameCentreMs) / 1000;
    const expectedStep = stepOf(250 * (3000 / 250) ** (at / seconds));
    // Half a frame of this chirp is half a step; the window sees 128 ms of it.
    expect(Math.abs((steps[i] as number) - expectedStep)).toBeLessThanOrEqual(3);
  }
});

test.each([1, 2.005, 3.013, 4.999])('a burst at %d s is one peak, right within a frame', (atSeconds) => {
  const { frames } = peaksOf(render(burst(1000, atSeconds), 6, rateHz));
  expect(frames).toHaveLength(1);
  const centreMs = (frames[0] as number) * frameMs + frameCentreMs;
  expect(Math.abs(centreMs - atSeconds * 1000)).toBeLessThanOrEqual(frameMs);
});

test('bursts that follow each other are found in their order, each with its own frequency', () => {
  const notes = [300, 900, 2700, 500, 1500].map((frequencyHz, i) => ({ frequencyHz, atMs: 1000 + i * 500 }));
  const sound = mix(...notes.map(({ frequencyHz, atMs }) => burst(frequencyHz, atMs / 1000, 0.3)));
  const { frames, steps } = peaksOf(render(sound, 5, rateHz));
  expect(frames).toHaveLength(notes.length);
  for (const [i, { frequencyHz, atMs }] of notes.entries()) {
    expect(Math.abs((frames[i] as number) * frameMs + frameCentreMs - atMs)).toBeLessThanOrEqual(frameMs);
    expect(Math.abs((steps[i] as number) - stepOf(frequencyHz))).toBeLessThanOrEqual(1);
  }
});

describe('silence', () => {
  test('has no peaks', () => {
    expect(peaksOf(render(silence, 10, rateHz)).frames).toHaveLength(0);
  });

  test('of no samples at all has none either', () => {
    expect(peaksOf(new Float32Array(0))).toEqual(peaksOf(new Float32Array(100)));
  });

  test('with a constant offset has none: a microphone that is off centre says nothing', () => {
    expect(
      peaksOf(
        render(() => 0.25, 4, rateHz),
        rateHz,
      ).frames.length,
    ).toBe(0);
  });
});

describe('louder audio', () => {
  const seconds = 8;
  const hiss = whiteNoise(1, seconds * rateHz, 0.1);
  const music = render(burstsOf(2, seconds), seconds, rateHz).map(
    (sample, i) => 0.4 * sample + (hiss[i] as number),
  );
  const original = placesOf(peaksOf(music));

  test.each([4, 2, 0.77, 0.3])('(× %d) has the same peaks', (gain) => {
    const known = new Set(original);
    const kept = placesOf(peaksOf(music.map((sample) => sample * gain))).filter((place) => known.has(place));
    expect(original.length).toBeGreaterThan(200);
    // Levels are whole numbers of 0.012 dB: here and there one is rounded the other way.
    expect(kept.length / original.length).toBeGreaterThan(0.97);
  });

  test('turned upside down has the very same peaks', () => {
    expect(placesOf(peaksOf(music.map((sample) => -sample)))).toEqual(original);
  });
});

test('peaks are in the order of time and frequency, and no two share both', () => {
  const { frames, steps } = peaksOf(whiteNoise(3, 10 * rateHz));
  for (let i = 1; i < frames.length; i++) {
    const apart = (frames[i] as number) - (frames[i - 1] as number);
    expect(apart > 0 || (apart === 0 && (steps[i] as number) > (steps[i - 1] as number))).toBe(true);
  }
});
