import { beforeAll, describe, expect, test } from 'vitest';
import { decodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { checkConstellations, checkSegment, readSegmentSizes } from '../../workers/index/check-segment.ts';
import { referenceLandmarks } from '../../workers/index/landmark.ts';
import {
  headerBytes,
  openSegment,
  type SegmentBytes,
  segmentReference,
  viewSegment,
} from '../../workers/index/segment.ts';
import type { NewReference } from '../../workers/protocol.ts';
import { fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { seededRandom, silentFingerprintFile } from '../support/synthetic-fingerprint.ts';
import { collage, newReference, postingsOf, referenceIdOf } from './references.ts';

/** Landmarks, without the constellations that matches are verified against. */
const maxIndexBytesPerSecond = 36;

let references: NewReference[];
let large: NewReference[];
let largeSeconds = 0;
beforeAll(async () => {
  const catalog = (await fingerprintCatalog()).map(({ fingerprint }) => fingerprint);
  references = catalog.map((fingerprint, i) => newReference(i + 1, fingerprint));
  // Three hours of recordings of 200 s, as in a catalog of songs.
  const seconds = 200;
  large = Array.from({ length: 54 }, (_, i) => newReference(i + 1, collage(i, catalog, seconds)));
  largeSeconds = large.length * seconds;
}, 60_000);

const landmarksOf = ({ fingerprint }: NewReference) =>
  referenceLandmarks(decodeFingerprint(fingerprint).constellation);

describe('a segment', () => {
  test('is the same bytes when it is made again', () => {
    const [a, b] = [buildSegment(references), buildSegment(references)];
    expect(Buffer.compare(fileOf(a), fileOf(b))).toBe(0);
  });

  test('has every landmark of every reference under its key, and none besides', () => {
    const segment = openSegment(buildSegment(large));
    const expected: string[] = [];
    for (const [i, reference] of large.entries()) {
      const { firstFrame } = segmentReference(segment, i);
      const { count, keys, frames } = landmarksOf(reference);
      for (let j = 0; j < count; j++) expected.push(`${keys[j]}@${firstFrame + (frames[j] as number)}`);
    }
    const found = postingsOf(segment).map(({ key, position }) => `${key}@${position}`);
    expect(found.length).toBeGreaterThan(5 * largeSeconds);
    expect(found.sort()).toEqual(expected.sort());
  });

  test('has its postings in the order of key, then position', () => {
    const postings = postingsOf(openSegment(buildSegment(large)));
    const isOrdered = postings.every(({ key, position }, i) => {
      const before = postings[i - 1];
      return before === undefined || before.key < key || (before.key === key && before.position <= position);
    });
    expect(isOrdered).toBe(true);
  });

  test('gives back each reference as it went in', () => {
    const segment = openSegment(buildSegment(references));
    expect(segment.referenceCount).toBe(references.length);
    expect(segment.highestPosition).toBe(references.length);
    for (const [i, { referenceId, position, fingerprint }] of references.entries()) {
      const { frames } = decodeFingerprint(fingerprint).constellation;
      expect(segmentReference(segment, i)).toMatchObject({
        referenceId,
        position,
        peakCount: frames.length,
        frameCount: (frames.at(-1) as number) + 1,
      });
    }
  });

  test('lays references one behind the other, with room between', () => {
    const segment = openSegment(buildSegment(references));
    let end = 0;
    for (let i = 0; i < segment.referenceCount; i++) {
      const { firstFrame, frameCount } = segmentReference(segment, i);
      expect(firstFrame).toBeGreaterThan(end);
      end = firstFrame + frameCount;
    }
    expect(segment.timelineFrames).toBeGreaterThan(end);
  });

  test('of nothing is a segment', async () => {
    const empty = buildSegment([]);
    expect(await faultOf(fileOf(empty))).toBeUndefined();
    expect(openSegment(empty)).toMatchObject({ referenceCount: 0, postingCount: 0 });
  });

  test('holds a reference that has no landmark', () => {
    const silent = {
      referenceId: referenceIdOf('silent'),
      position: 3,
      fingerprint: silentFingerprintFile(),
    };
    const segment = openSegment(buildSegment([...references.slice(0, 1), silent, ...references.slice(1, 2)]));
    expect(segmentReference(segment, 1)).toMatchObject({ referenceId: silent.referenceId, peakCount: 0 });
    expect(postingsOf(segment)).toHaveLength(
      references.slice(0, 2).reduce((sum, reference) => sum + landmarksOf(reference).count, 0),
    );
  });

  test(`takes at most ${maxIndexBytesPerSecond} bytes a second of audio`, () => {
    const segment = openSegment(buildSegment(large));
    expect(segment.bytes.byteLength / largeSeconds).toBeLessThanOrEqual(maxIndexBytesPerSecond);
  });

  test('passes its check, and no longer does when it is cut, longer or another format', async () => {
    const file = fileOf(buildSegment(references));
    expect(await faultOf(file)).toBeUndefined();
    expect(await faultOf(file.subarray(0, -8))).toMatch(/length/);
    expect(await faultOf(file.subarray(0, headerBytes - 1))).toMatch(/at least/);
    expect(await faultOf(Buffer.concat([file, Buffer.alloc(8)]))).toMatch(/length/);
    expect(await faultOf(file.with(0, 0x65))).toMatch(/no index segment/);
    expect(await faultOf(file.with(4, 3))).toMatch(/version 3/);
    expect(await faultOf(new Uint8Array(0))).toMatch(/at least/);
  });

  test('does not pass its check with a bit flipped anywhere', async () => {
    const file = fileOf(buildSegment(references.slice(0, 2)));
    const random = seededRandom(1);
    for (let i = 0; i < 300; i++) {
      const at = Math.floor(random() * file.length);
      const flipped = file.with(at, (file[at] as number) ^ (1 << Math.floor(random() * 8)));
      expect(await faultOf(flipped), `byte ${at}`).toBeDefined();
    }
  });

  test('does not pass its check with a bit flipped in the header', async () => {
    const file = fileOf(buildSegment(references.slice(0, 2)));
    const passed: number[] = [];
    for (let at = 0; at < headerBytes; at++) {
      if ((await faultOf(file.with(at, (file[at] as number) ^ 1))) === undefined) passed.push(at);
    }
    expect(passed, 'header bytes that no check covers').toEqual([]);
  });
});

function fileOf({ bytes, constellations }: SegmentBytes): Uint8Array {
  if (!(constellations instanceof SharedArrayBuffer)) throw new Error('constellations are in a file');
  return Buffer.concat([new Uint8Array(bytes), new Uint8Array(constellations)]);
}

/** What is wrong with a file. */
async function faultOf(file: Uint8Array): Promise<string | undefined> {
  const sizes = readSegmentSizes(file, file.length);
  if (typeof sizes === 'string') return sizes;
  const bytes = new SharedArrayBuffer(sizes.bytes);
  new Uint8Array(bytes).set(file.subarray(0, sizes.bytes));
  return (
    checkSegment(bytes) ??
    (await checkConstellations(viewSegment(bytes), async (begin, end) =>
      file.subarray(sizes.bytes + begin, sizes.bytes + end),
    ))
  );
}
