/** References for index and matching: real constellations, and catalogs made of their pieces. */
import { createHash } from 'node:crypto';
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { stepCount } from '../../workers/fingerprint/parameters.ts';
import { getConstellation } from '../../workers/index/reference-constellation.ts';
import {
  openSegment,
  type Segment,
  type SegmentBytes,
  segmentReference,
} from '../../workers/index/segment.ts';
import { groupBits, readPostings } from '../../workers/index/slot-directory.ts';
import type { NewReference } from '../../workers/protocol.ts';
import { asReference } from '../fingerprint/bundled-fingerprints.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';

/** The same number gives the same id. */
export function referenceIdOf(number: number | string): string {
  const hex = createHash('sha256').update(`reference ${number}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function newReference(position: number, fingerprint: Fingerprint): NewReference {
  return {
    referenceId: referenceIdOf(position),
    position,
    fingerprint: encodeFingerprint(asReference(fingerprint)),
  };
}

const pieceFrames = 200;

/** A recording that never was: pieces of 4 s of real ones in another order and at other pitches. */
export function collage(seed: number, sources: readonly Fingerprint[], seconds: number): Fingerprint {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const frames: number[] = [];
  const steps: number[] = [];
  const ranks: number[] = [];
  const thinned = sources.map((source) => asReference(source).constellation);
  for (let at = 0; at < seconds * 50; at += pieceFrames) {
    const from = thinned[pick(thinned.length)] as Constellation;
    const begin = pick((from.frames.at(-1) as number) - pieceFrames);
    const transpose = pick(200) - 100;
    for (const [i, frame] of from.frames.entries()) {
      const step = (from.steps[i] as number) + transpose;
      if (frame < begin || frame >= begin + pieceFrames || step < 0 || step >= stepCount) continue;
      frames.push(at + frame - begin);
      steps.push(step);
      ranks.push(from.ranks[i] as number);
    }
  }
  const [source] = sources;
  if (source === undefined) throw new Error('a collage is made of something');
  return {
    ...source,
    density: 'reference',
    durationMs: seconds * 1000,
    audioSha256: createHash('sha256').update(`collage ${seed}`).digest(),
    constellation: {
      frames: Uint32Array.from(frames),
      steps: Uint16Array.from(steps),
      ranks: Uint8Array.from(ranks),
    },
    descriptors: new Uint8Array(0),
  };
}

/** All postings of a segment with their whole keys, in the order in which they lie. */
export function postingsOf(segment: Segment): { readonly key: number; readonly position: number }[] {
  const { postingCount, groups } = segment;
  const read = { keys: new Uint32Array(postingCount), frames: new Uint32Array(postingCount) };
  readPostings(segment, 0, (groups.length - 1) << groupBits, read, 0);
  return Array.from(read.keys, (key, i) => ({ key, position: read.frames[i] as number }));
}

/** What a segment says, whatever its layout: each reference with its constellation and its landmarks. */
export function contentsOf(made: SegmentBytes) {
  const segment = openSegment(made);
  const references = Array.from({ length: segment.referenceCount }, (_, i) => segmentReference(segment, i));
  const landmarks = references.map((): string[] => []);
  for (const { key, position } of postingsOf(segment)) {
    const owner = references.findLastIndex(({ firstFrame }) => firstFrame <= position);
    landmarks[owner]?.push(`${key}@${position - (references[owner]?.firstFrame as number)}`);
  }
  return references
    .map(({ referenceId, position, frameCount }, i) => ({
      referenceId,
      position,
      frameCount,
      peaks: describePeaks(getConstellation(segment, i)),
      landmarks: landmarks[i]?.sort(),
    }))
    .sort((a, b) => (a.referenceId < b.referenceId ? -1 : 1));
}

function describePeaks(of: Constellation): string {
  return [...of.frames.keys()].map((i) => `${of.frames[i]}/${of.steps[i]}/${of.ranks[i]}`).join(' ');
}
