import { describe, expect, test } from 'vitest';
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { Fingerprinter } from '../../workers/fingerprint/fingerprinter.ts';
import { frameCentreMs, frameMs } from '../../workers/fingerprint/parameters.ts';
import {
  burst,
  burstsOf,
  faded,
  fingerprintOf,
  mix,
  render,
  silence,
  stepOf,
  tone,
  whiteNoise,
} from './synthesis.ts';

type Windows = Record<'short' | 'standard' | 'long', Constellation>;

function listen(samples: Float32Array, sampleRateHz = 8000, pushSamples = 16_384) {
  const fingerprinter = new Fingerprinter({ otherWindows: true });
  for (let at = 0; at < samples.length; at += pushSamples) {
    fingerprinter.push(samples.subarray(at, at + pushSamples), sampleRateHz);
  }
  return fingerprinter.finish();
}

function windowsOf(samples: Float32Array, sampleRateHz = 8000): Windows {
  const { constellation, otherWindows } = listen(samples, sampleRateHz);
  if (otherWindows === undefined) throw new Error('the other windows were asked for');
  return { ...otherWindows, standard: constellation };
}

/** What `read` makes of each of the three. */
function ofEach<T>(windows: Windows, read: (constellation: Constellation) => T) {
  return { short: read(windows.short), standard: read(windows.standard), long: read(windows.long) };
}

describe('the three windows', () => {
  test.each([190, 440, 1234.5, 3450])('hear a tone of %d Hz at the same step', (frequencyHz) => {
    const windows = windowsOf(render(faded(tone(frequencyHz), 4), 4, 44_100), 44_100);
    for (const { steps, ranks } of Object.values(windows)) {
      // Between its own bins a short window's side lobes are seen too: 31 dB below, where nothing else is heard.
      const salient = steps.filter((_, i) => ranks[i] === 0);
      expect(salient.length).toBeGreaterThan(0);
      for (const step of salient) expect(Math.abs(step - stepOf(frequencyHz))).toBeLessThanOrEqual(1);
    }
  });

  test.each([0, 1, 37, 149])('hear a click in the middle of frame %d in that frame', (frame) => {
    const atSeconds = (frame * frameMs + frameCentreMs) / 1000;
    const windows = windowsOf(render(burst(1000, atSeconds, 0.5, 0.005), 4, 8000));
    expect(ofEach(windows, ({ frames }) => [...frames])).toEqual({
      short: [frame],
      standard: [frame],
      long: [frame],
    });
  });

  test.each([8000, 44_100])('hear a full-scale tone as loud as each other, at %d Hz', (rateHz) => {
    // 91 dB below full scale is the floor: what is a little above it is heard in each, what is below in none.
    const heard = (decibels: number) => {
      const sound = faded(tone(1000, 10 ** (decibels / 20)), 4);
      return ofEach(windowsOf(render(sound, 4, rateHz), rateHz), ({ frames }) => frames.length > 0);
    };
    expect(heard(-88)).toEqual({ short: true, standard: true, long: true });
    expect(heard(-94)).toEqual({ short: false, standard: false, long: false });
  });

  test('end with the same frame, wherever the audio ends', () => {
    for (let sampleCount = 512; sampleCount < 6000; sampleCount += 97) {
      // Louder and louder: whatever frame is the last has the most of the end.
      const noise = whiteNoise(sampleCount, sampleCount, 1);
      const rising = noise.map((sample, i) => sample * Math.exp((i - sampleCount) / 80));
      const { constellation, otherWindows } = listen(rising);
      const last = constellation.frames.at(-1);
      expect(last, `of ${sampleCount} samples`).toBeDefined();
      expect(otherWindows?.short.frames.at(-1), `of ${sampleCount} samples`).toBe(last);
      expect(otherWindows?.long.frames.at(-1), `of ${sampleCount} samples`).toBe(last);
    }
  });

  test.each([0, 1, 511])('have no frame in %d samples', (sampleCount) => {
    const windows = windowsOf(whiteNoise(1, sampleCount));
    expect(ofEach(windows, ({ frames }) => frames.length)).toEqual({ short: 0, standard: 0, long: 0 });
  });

  test('find nothing in silence', () => {
    const windows = windowsOf(render(silence, 5, 8000));
    expect(ofEach(windows, ({ frames }) => frames.length)).toEqual({ short: 0, standard: 0, long: 0 });
  });
});

test('two tones 12 Hz apart are two to the long window only', () => {
  const tones = mix(tone(200, 0.2), tone(212, 0.2));
  const windows = windowsOf(render(faded(tones, 4), 4, 8000));
  const hears = (frequencyHz: number) =>
    ofEach(windows, ({ steps }) => steps.some((step) => Math.abs(step - stepOf(frequencyHz)) <= 1));
  expect(hears(200)).toEqual({ short: false, standard: false, long: true });
  expect(hears(212)).toEqual({ short: false, standard: false, long: true });
});

test('an echo after 80 ms, half as loud, is heard by the short window only', () => {
  const first = burst(1000, 2 + frameCentreMs / 1000, 0.5, 0.005);
  const echo = burst(1000, 2.08 + frameCentreMs / 1000, 0.25, 0.005);
  const windows = windowsOf(render(mix(first, echo), 4, 8000));
  expect(ofEach(windows, ({ frames }) => [...frames])).toEqual({
    short: [100, 104],
    standard: [100],
    long: expect.not.arrayContaining([104]),
  });
});

describe('of music', () => {
  const seconds = 7;
  const hiss = whiteNoise(4, seconds * 44_100, 0.01);
  const music = render(mix(...[11, 12, 13].map((seed) => burstsOf(seed, seconds))), seconds, 44_100).map(
    (sample, i) => sample + (hiss[i] as number),
  );

  test('the standard window sees the same, whether the others look or not', () => {
    const { otherWindows, ...rest } = listen(music, 44_100);
    expect(otherWindows).toBeDefined();
    expect(rest).toEqual(fingerprintOf(music, 44_100));
  });

  test('each window sees other peaks, as many', () => {
    const windows = windowsOf(music, 44_100);
    const counts = ofEach(windows, ({ frames }) => frames.length / seconds);
    for (const count of Object.values(counts)) {
      expect(count).toBeGreaterThan(60);
      expect(count).toBeLessThan(120);
    }
    expect(windows.short).not.toEqual(windows.standard);
    expect(windows.long).not.toEqual(windows.standard);
  });

  test.each([1, 7, 160, 882, 8191, 8193, 44_100 * seconds])(
    'the size of a push (%d samples) does not matter',
    (size) => {
      const samples = music.subarray(0, 3 * 44_100);
      expect(listen(samples, 44_100, size)).toEqual(listen(samples, 44_100));
    },
  );

  test('nor does it at a rate that makes more samples than one call takes', () => {
    const slow = render(burstsOf(5, 20), 20, 1000);
    expect(listen(slow, 1000, 20_000)).toEqual(listen(slow, 1000, 100));
  });
});
