/** Explanations of the bundle's recordings, whole and altered, and of every way in which a match can be missing. */
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyConstellation } from '../../workers/fingerprint/constellation.ts';
import {
  decodeFingerprint,
  encodeFingerprint,
  type Fingerprint,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { explainMatch } from '../../workers/match/explain.ts';
import type { MatchExplanation } from '../../workers/match/explanation.ts';
import { framesOfAll } from '../../workers/match/searched-segment.ts';
import type { TransformSet } from '../../workers/protocol.ts';
import { hear } from '../audio/hear.ts';
import {
  asReference,
  type FingerprintedFile,
  fingerprintCatalog,
  fingerprintStranger,
  fingerprintUploads,
} from '../fingerprint/bundled-fingerprints.ts';
import { tone } from '../fingerprint/synthesis.ts';
import {
  seededRandom,
  silentFingerprintFile,
  syntheticFingerprint,
  syntheticFingerprintFile,
} from '../support/synthetic-fingerprint.ts';
import { SearchedCatalog, uploadOf } from './searched.ts';

const rateHz = 11_025;
const sounded = 'ufo-main-theme';
let files: FingerprintedFile[];
let uploads: ReadonlyMap<string, Uint8Array>;
let samples: Float32Array;
let indexFrames: number;
beforeAll(async () => {
  files = await fingerprintCatalog();
  uploads = new Map((await fingerprintUploads()).map(({ externalId, bytes }) => [externalId, bytes]));
  ({ samples } = await hear(fileOf(sounded).path));
  indexFrames = framesOfAll(new SearchedCatalog(files).segments());
}, 60_000);

const fileOf = (externalId: string) =>
  files.find((file) => file.externalId === externalId) as FingerprintedFile;
const explain = (
  upload: Uint8Array,
  externalId = sounded,
  transforms: TransformSet = 'none',
  frames = indexFrames,
): MatchExplanation =>
  explainMatch(upload, encodeFingerprint(asReference(fileOf(externalId).fingerprint)), {
    transforms,
    indexFrames: frames,
  });
/** From 5 s on, faster by `speed`, in pitch too. */
function excerpt(seconds: number, speed = 1): Uint8Array {
  const part = samples.slice(5 * rateHz, Math.round((5 + seconds) * rateHz));
  return uploadOf(
    Float32Array.from({ length: Math.floor((part.length - 2) / speed) }, (_, i) => {
      const before = Math.floor(i * speed);
      const share = i * speed - before;
      return (part[before] as number) * (1 - share) + (part[before + 1] as number) * share;
    }),
    rateHz,
  );
}
const mostVoted = <T extends { readonly votes: number }>(bins: readonly T[] | undefined): T =>
  bins?.reduce((best, bin) => (bin.votes > best.votes ? bin : best)) as T;

describe('a match', () => {
  test.each([
    ['excerpt', 'ufo-main-theme'],
    ['under-noise', 'whallon-automat'],
    ['compilation', 'ufo-mission-2'],
  ])('of the upload %s is explained by what a scan of the whole catalog reports', (upload, externalId) => {
    const bytes = uploads.get(upload) as Uint8Array;
    const scanned = new SearchedCatalog(files)
      .search(bytes)
      .filter((segment) => segment.externalId === externalId)
      .map(({ externalId: _, ...segment }) => segment);
    const { missing, segments } = explain(bytes, externalId);
    expect(missing).toBeUndefined();
    expect(segments).toEqual(scanned);
  });

  test('is laid over the upload peak by peak', () => {
    const { best, peaks, sentence } = explain(uploads.get('excerpt') as Uint8Array);
    expect(best?.agreement).toBeGreaterThan(0.8);
    expect(best?.chance).toBeLessThan(0.3);
    expect(best?.logProbability).toBeLessThan(-20);
    expect(sentence).toContain(`${best?.agreeingPeaks} of the recording's ${best?.expectedPeaks} peaks`);
    const theirs = peaks?.reference.listed.filter(({ agrees }) => agrees) ?? [];
    const own = peaks?.upload.listed.filter(({ agrees }) => agrees) ?? [];
    expect(theirs.length).toBeGreaterThan(100);
    for (const { atMs, hz } of theirs) {
      const met = own.some(
        (peak) => Math.abs(peak.atMs - atMs) <= 60 && Math.abs(1200 * Math.log2(peak.hz / hz)) < 50,
      );
      expect(met, `${hz} Hz at ${atMs} ms`).toBe(true);
    }
    expect(theirs).toHaveLength(peaks?.reference.agreeingCount ?? 0);
    expect(peaks?.upload.count).toBe(peaks?.upload.listed.length);
  });

  test('of a sped-up upload has its votes at the tempo, the pitch and the offset of the best line', () => {
    const { missing, best, votes, segments } = explain(excerpt(12, 1.1), sounded, 'common');
    expect(missing).toBeUndefined();
    expect(segments[0]?.transform).toBe('speed');
    expect(best?.tempoRatio).toBeCloseTo(1.1, 2);
    expect(Math.abs((best?.offsetMs ?? 0) - 5000)).toBeLessThan(50);
    expect(Math.abs(mostVoted(votes?.byTempo).tempoRatio - 1.1)).toBeLessThan(0.045);
    expect(Math.abs(mostVoted(votes?.byPitch).pitchCents - 165)).toBeLessThan(84);
    expect(Math.abs(mostVoted(votes?.byOffset).offsetMs)).toBeLessThanOrEqual(160);
    expect(votes?.byTempo.filter(({ wasTried }) => wasTried).map(({ tempoRatio }) => tempoRatio)).toContain(
      1.082,
    );
    expect(votes?.byTempo.find(({ tempoRatio }) => tempoRatio < 0.6)?.wasTried).toBe(false);
  });
});

describe('a missing match', () => {
  test('says which transforms would have found it', () => {
    const slight = explain(excerpt(12, 1.1), sounded, 'none');
    expect(slight.missing).toBe('found_with_wider_transforms');
    expect(slight.best?.transforms).toBe('common');
    expect(slight.sentence).toContain('one with "common" does');
    const strong = explain(excerpt(12, 1.45), sounded, 'common');
    expect([strong.missing, strong.best?.transforms]).toEqual(['found_with_wider_transforms', 'all']);
    expect(explain(excerpt(12, 1.45), sounded, 'all').missing).toBeUndefined();
  });

  test('of another recording says that the two disagree, and how much agreement chance gives', async () => {
    const { bytes } = await fingerprintStranger();
    const explained = files.map(({ externalId }) => explain(bytes, externalId, 'all'));
    expect(explained.flatMap(({ segments }) => segments)).toEqual([]);
    // Where chance gives fewer votes than are needed, nothing is laid over each other.
    const disagreeing = explained.filter(({ missing }) => missing === 'disagrees');
    expect(disagreeing.length).toBeGreaterThan(0);
    for (const { best, sentence } of disagreeing) {
      expect(best?.agreement).toBeLessThan(0.6);
      expect(best?.logProbability).toBeGreaterThan(best?.logThreshold as number);
      expect(sentence).toContain(`where chance gives ${Math.round((best?.chance ?? 0) * 100)} %`);
    }
  });

  test('of silence says that nothing is audible', () => {
    const { missing, best, peaks, votes } = explain(silentFingerprintFile());
    expect([missing, best, peaks, votes]).toEqual(['silent', undefined, undefined, undefined]);
  });

  test('of a quarter of a second says how much is needed', () => {
    const { missing, sentence } = explain(excerpt(0.25));
    expect(missing).toBe('too_short');
    expect(sentence).toMatch(/lasts 0\.3 s.*send at least \d+\.\d s/);
  });

  test('of a second and a half among many more recordings says that a longer excerpt would settle it', () => {
    const brief = excerpt(1.5);
    expect(explain(brief, sounded, 'all').missing).toBeUndefined();
    const { missing, best, sentence } = explain(brief, sounded, 'all', 1e15);
    expect(missing).toBe('not_certain_enough');
    expect(best?.logProbability).toBeLessThan(0);
    expect(best?.logProbability).toBeGreaterThan(-6);
    const needed = Number(/longer excerpt would help: about (\d+\.\d) s that agree/.exec(sentence)?.[1]);
    expect(needed).toBeGreaterThan(1);
    expect(needed).toBeLessThan(5);
    expect(sentence).toContain('without --catalog');
    const otherWindows = { short: emptyConstellation, long: emptyConstellation };
    const seenThrough = encodeFingerprint({ ...decodeFingerprint(brief), otherWindows });
    expect(explain(seenThrough, sounded, 'all', 1e15).sentence).toMatch(/settle it\.$/);
  });

  test('of a steady tone has no votes', () => {
    const { missing, best, votes } = explain(
      uploadOf(
        Float32Array.from({ length: 5 * rateHz }, (_, i) => tone(440)(i / rateHz)),
        rateHz,
      ),
    );
    expect([missing, best, votes]).toEqual(['no_votes', undefined, undefined]);
  });

  test('of few landmarks says how many votes there were, and how many are needed', () => {
    const { missing, best, sentence } = explainMatch(
      // Of a minute of chance peaks on either side, one landmark or two happen to agree.
      syntheticFingerprintFile(2, 60_000),
      syntheticFingerprintFile(100, 60_000),
      { transforms: 'none', indexFrames: 3000 },
    );
    expect(missing).toBe('few_votes');
    expect(best?.votes ?? 1).toBeLessThan(3);
    expect(sentence).toMatch(/has [12] votes? of landmarks, and 3 are needed/);
  });
});

describe('an explanation is bounded', () => {
  const bytesOf = (explanation: MatchExplanation) => JSON.stringify(explanation).length;

  test('for an upload and a reference of an hour', () => {
    const hour = syntheticFingerprintFile(1, 3600_000);
    const explanation = explainMatch(hour, hour, { transforms: 'none', indexFrames: 180_000 });
    expect(explanation.missing).toBeUndefined();
    const { queryStartMs, queryEndMs } = explanation.peaks as NonNullable<MatchExplanation['peaks']>;
    expect(queryEndMs - queryStartMs).toBe(40_000);
    expect(bytesOf(explanation)).toBeLessThan(300_000);
  });

  test('for an upload that repeats the recording for an hour: the surest segments, in their order', () => {
    const loop = syntheticFingerprint(5, 12_000);
    const { segments, segmentCount, sentence } = explainMatch(repeated(loop, 300), encodeFingerprint(loop), {
      transforms: 'none',
      indexFrames: 600,
    });
    expect(segmentCount).toBeGreaterThan(250);
    expect(segments).toHaveLength(100);
    const starts = segments.map(({ queryStartMs }) => queryStartMs);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(sentence).toContain(`(and ${segmentCount - 1} other stretches)`);
  });

  test('for as many peaks as a fingerprint may have: those that agree are listed first', () => {
    const reference = syntheticFingerprint(2, 60_000);
    const upload = crowded(reference, 200);
    const { peaks, missing } = explainMatch(upload, encodeFingerprint(reference), {
      transforms: 'none',
      indexFrames: 3000,
    });
    expect(missing).toBeUndefined();
    expect(peaks?.upload.count).toBeGreaterThan(6000);
    expect(peaks?.upload.listed).toHaveLength(3000);
    expect(peaks?.upload.listed.filter(({ agrees }) => agrees)).toHaveLength(
      peaks?.upload.agreeingCount as number,
    );
    const times = peaks?.upload.listed.map(({ atMs }) => atMs) ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

/** The reference over and over. */
function repeated(reference: Fingerprint, times: number): Uint8Array {
  const { frames, steps, ranks } = reference.constellation;
  const length = frames.length;
  const framesOfOne = reference.durationMs / 20;
  const at = <T>(values: ArrayLike<T>, i: number) => values[i % length] as T;
  return encodeFingerprint({
    ...reference,
    durationMs: reference.durationMs * times,
    constellation: {
      frames: Uint32Array.from(
        { length: length * times },
        (_, i) => at(frames, i) + framesOfOne * Math.floor(i / length),
      ),
      steps: Uint16Array.from({ length: length * times }, (_, i) => at(steps, i)),
      ranks: Uint8Array.from({ length: length * times }, (_, i) => at(ranks, i)),
    },
  });
}

/** The reference among so many other peaks a second. */
function crowded(reference: Fingerprint, peaksPerSecond: number): Uint8Array {
  const random = seededRandom(9);
  const { frames, steps, ranks } = reference.constellation;
  const peaks = new Map<number, number>();
  for (const [i, frame] of frames.entries())
    peaks.set(frame * 640 + (steps[i] as number), ranks[i] as number);
  const count = (reference.durationMs / 1000) * peaksPerSecond;
  for (let i = 0; i < count; i++) {
    const place = Math.floor(random() * 3000) * 640 + Math.floor(random() * 640);
    if (!peaks.has(place)) peaks.set(place, 20 + Math.floor(random() * 30));
  }
  const sorted = [...peaks].sort(([a], [b]) => a - b);
  return encodeFingerprint({
    ...reference,
    density: 'query',
    constellation: {
      frames: Uint32Array.from(sorted, ([place]) => Math.floor(place / 640)),
      steps: Uint16Array.from(sorted, ([place]) => place % 640),
      ranks: Uint8Array.from(sorted, ([, rank]) => rank),
    },
  });
}
