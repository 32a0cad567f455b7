/** Uploads made here of the bundle's samples: mixed, sped up, cut together. */
import { beforeAll, describe, expect, test } from 'vitest';
import { hear } from '../audio/hear.ts';
import { fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { chirp, faded, mix, render, silence, tone, whiteNoise } from '../fingerprint/synthesis.ts';
import { bundledCatalog } from '../support/bundled-audio.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';
import { type FoundSegment, SearchedCatalog, uploadOf } from './searched.ts';

type Pcm = { readonly externalId: string; readonly samples: Float32Array; readonly rateHz: number };

let catalog: SearchedCatalog;
/** Those of 44.1 kHz, as they are decoded. */
let recordings: Pcm[];
const rateHz = 11_025;
beforeAll(async () => {
  catalog = new SearchedCatalog(await fingerprintCatalog());
  recordings = [];
  for (const { externalId, path } of bundledCatalog()) {
    const { samples, ratesHz } = await hear(path);
    if (ratesHz.length === 1 && ratesHz[0] === rateHz) recordings.push({ externalId, samples, rateHz });
  }
}, 60_000);
const recording = (i: number) => recordings[i % recordings.length] as Pcm;
const excerpt = ({ samples }: Pcm, fromSeconds: number, seconds: number) =>
  samples.slice(Math.round(fromSeconds * rateHz), Math.round((fromSeconds + seconds) * rateHz));

describe('two recordings at equal level, one over the other', () => {
  test.each([
    [0, 1],
    [2, 3],
    [4, 5],
    [1, 6],
  ])('(%d and %d) are both found', (i, j) => {
    const [a, b] = [recording(i), recording(j)];
    const [below, above] = [excerpt(a, 3, 20), excerpt(b, 7, 20)];
    const gain = loudness(below) / loudness(above);
    const found = catalog.search(
      uploadOf(
        below.map((sample, k) => (sample + gain * (above[k] as number)) / 2),
        rateHz,
      ),
    );
    expect(found.map(({ externalId }) => externalId).sort()).toEqual([a.externalId, b.externalId].sort());
    for (const { externalId, queryStartMs, referenceStartMs } of found) {
      const offsetMs = externalId === a.externalId ? 3000 : 7000;
      expect(Math.abs(referenceStartMs - queryStartMs - offsetMs)).toBeLessThanOrEqual(100);
    }
  });
});

describe.each([0.98, 0.99, 1.01, 1.02])('a copy at %d of the speed', (speed) => {
  test.each([0, 3, 5])('of recording %d is found, with its tempo within half a percent', (i) => {
    const { externalId, samples } = recording(i);
    const found = catalog.search(uploadOf(resampled(samples, speed), rateHz));
    expect(found.map((one) => one.externalId)).toEqual([externalId]);
    const [{ tempoRatio, queryStartMs, queryEndMs, referenceStartMs, referenceEndMs }] = found as [
      FoundSegment,
    ];
    expect(Math.abs(tempoRatio - speed)).toBeLessThan(0.005);
    const measured = (referenceEndMs - referenceStartMs) / (queryEndMs - queryStartMs);
    expect(Math.abs(measured - speed)).toBeLessThan(0.005);
  });
});

describe('an upload of half an hour, cut together from excerpts,', () => {
  type Piece = {
    readonly externalId: string;
    readonly offsetMs: number;
    readonly queryMs: number;
    readonly endMs: number;
  };
  const pieces: Piece[] = [];
  let found: FoundSegment[];
  beforeAll(() => {
    const random = seededRandom(4);
    const parts: Float32Array[] = [];
    for (let i = 0, queryMs = 0; queryMs < 30 * 60_000; i++) {
      const from = Math.floor(random() * 10);
      const seconds = 12 + Math.floor(random() * 10);
      const endMs = queryMs + seconds * 1000;
      parts.push(excerpt(recording(i), from, seconds));
      pieces.push({ externalId: recording(i).externalId, offsetMs: from * 1000 - queryMs, queryMs, endMs });
      queryMs = endMs;
    }
    found = catalog.search(uploadOf(concatenated(parts), rateHz));
  }, 60_000);
  const isOf = (piece: Piece, one: FoundSegment) =>
    one.externalId === piece.externalId &&
    Math.abs(one.referenceStartMs - one.queryStartMs - piece.offsetMs) < 100 &&
    one.queryStartMs < piece.endMs &&
    one.queryEndMs > piece.queryMs;

  test('has every piece once, and nothing else', () => {
    expect(pieces.length).toBeGreaterThan(100);
    for (const piece of pieces) {
      expect(
        found.filter((one) => isOf(piece, one)),
        JSON.stringify(piece),
      ).toHaveLength(1);
    }
    expect(found).toHaveLength(pieces.length);
  });

  test('has the border of every piece within 1.5 s', () => {
    const wrong = pieces.flatMap((piece) => {
      const one = found.find((it) => isOf(piece, it));
      const begin = (one?.queryStartMs ?? Number.NaN) - piece.queryMs;
      const end = (one?.queryEndMs ?? Number.NaN) - piece.endMs;
      const isRight = Math.abs(begin) <= 1500 && Math.abs(end) <= 1500;
      return isRight
        ? []
        : [`${piece.externalId} at ${piece.queryMs} ms: begins ${begin} ms, ends ${end} ms off`];
    });
    expect(wrong).toEqual([]);
  });
});

test('the same excerpt twice in an upload is two segments of one recording', () => {
  const { externalId } = recording(0);
  const part = excerpt(recording(0), 5, 12);
  const gap = whiteNoise(1, 10 * rateHz, 0.1);
  const found = catalog.search(uploadOf(concatenated([part, gap, part]), rateHz));
  expect(found.map((one) => one.externalId)).toEqual([externalId, externalId]);
  for (const [i, queryMs] of [0, 22_000].entries()) {
    const { queryStartMs, referenceStartMs } = found[i] as FoundSegment;
    expect(Math.abs(queryStartMs - queryMs)).toBeLessThan(1500);
    expect(Math.abs(referenceStartMs - queryStartMs - (5000 - queryMs))).toBeLessThanOrEqual(100);
  }
});

describe('nothing is found in', () => {
  const seconds = 12;
  test.each<[string, () => Float32Array]>([
    ['silence', () => render(silence, seconds, rateHz)],
    ['white noise', () => whiteNoise(1, seconds * rateHz)],
    ['quiet white noise', () => whiteNoise(2, seconds * rateHz, 0.001)],
    ['a tone', () => render(faded(tone(440), seconds), seconds, rateHz)],
    ['a chord', () => render(mix(tone(261.63, 0.2), tone(329.63, 0.2), tone(392, 0.2)), seconds, rateHz)],
    ['a chirp', () => render(chirp(200, 3400, seconds), seconds, rateHz)],
    ['a chirp again and again', () => render((t) => chirp(200, 3400, 1)(t % 1), seconds, rateHz)],
    ['a metronome', () => render((t) => (t % 0.5 < 0.01 ? tone(1000)(t) : 0), seconds, rateHz)],
    ['nothing at all', () => new Float32Array(0)],
    ['a tenth of a second', () => whiteNoise(3, 4410)],
  ])('%s', (_, samples) => {
    const upload = uploadOf(samples(), rateHz);
    expect(catalog.search(upload)).toEqual([]);
    expect(catalog.search(upload, undefined, 'all')).toEqual([]);
  });
});

function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Faster by `speed`, in pitch too, as a tape is. Straight lines between samples: 44.1 kHz is far above the band. */
function resampled(samples: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor((samples.length - 2) / speed) }, (_, i) => {
    const at = i * speed;
    const before = Math.floor(at);
    const share = at - before;
    return (samples[before] as number) * (1 - share) + (samples[before + 1] as number) * share;
  });
}
