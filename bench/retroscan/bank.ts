/**
 * A bank of past submissions in this process: synthetic ones (`synthetic/recordings.ts`) cut to the lengths of uploads,
 * and real uploads planted among them, in segments as the bank holds them.
 */
import { chooseMerge } from '../../api/registry/merge-policy.ts';
import { maxBankSegmentShare } from '../../api/registry/submission-bank.ts';
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { mergeSegments } from '../../workers/index/merge-segments.ts';
import { openSegment, type SegmentBytes, viewSegment } from '../../workers/index/segment.ts';
import { contentsOfSegment, shareOfFull } from '../../workers/index/segment-limits.ts';
import type { SearchedSegment } from '../../workers/match/searched-segment.ts';
import type { NewReference } from '../../workers/protocol.ts';
import { cut } from '../in-process/cut.ts';
import { openProgress } from '../report/progress.ts';
import { seededRandom } from '../report/statistics.ts';
import { syntheticFingerprint, syntheticSeed } from '../synthetic/fingerprint-files.ts';

/** Of a segment before it is merged. */
const submissionsInBatch = 5_000;

/** As the bank's own are when nothing has come for a while. */
function mergeWhatIsDue(made: SegmentBytes[]): void {
  for (;;) {
    const sizes = made.map(
      ({ bytes }) => shareOfFull(contentsOfSegment(viewSegment(bytes))) / maxBankSegmentShare,
    );
    const chosen = chooseMerge(
      sizes.map((size) => ({ size, liveSize: size })),
      'resting',
    );
    if (chosen === undefined) return;
    const sources = made.slice(chosen.from, chosen.to).map((one) => {
      const { referenceCount } = openSegment(one);
      return { ...one, tombstones: new SharedArrayBuffer(referenceCount) };
    });
    made.splice(chosen.from, sources.length, mergeSegments(sources));
  }
}

/** Seconds, and the share of submissions that last no longer. */
const lengths = [
  { seconds: 15, upTo: 0.3 },
  { seconds: 30, upTo: 0.6 },
  { seconds: 60, upTo: 0.9 },
  { seconds: 180, upTo: 1 },
];

export type Bank = {
  readonly segments: readonly SearchedSegment[];
  readonly made: readonly SegmentBytes[];
  readonly count: number;
  readonly hours: number;
  /** Processor seconds of building the segments. */
  readonly buildCpuSeconds: number;
  /** A fingerprint file's bytes. */
  bytesOf(submissionId: string): Uint8Array;
  /** Which of the planted uploads it is; undefined of a synthetic one. */
  plantedIndexOf(submissionId: string): number | undefined;
};

/** @param sources at reference density: what is not to be looked for */
export function buildBank(
  sources: readonly Constellation[],
  planted: readonly Uint8Array[],
  { count, seed }: { readonly count: number; readonly seed: number },
): Bank {
  const total = count + planted.length;
  const batchCount = Math.ceil(total / submissionsInBatch);
  const bytesAt = (i: number) =>
    planted[i] ?? encodeFingerprint(syntheticUpload(sources, syntheticSeed(seed, i)));
  const made: SegmentBytes[] = [];
  const progress = openProgress('making the bank', total);
  let buildCpuSeconds = 0;
  for (let s = 0; s < batchCount; s++) {
    const members: NewReference[] = [];
    // The planted are the first of all, and so in every batch some.
    for (let i = s; i < total; i += batchCount) {
      members.push({ referenceId: idOf(i), position: i + 1, fingerprint: bytesAt(i) });
      progress.step('');
    }
    const before = process.cpuUsage();
    made.push(buildSegment(members));
    mergeWhatIsDue(made);
    const { user, system } = process.cpuUsage(before);
    buildCpuSeconds += (user + system) / 1e6;
  }
  progress.end();
  const segments = made.map((one) => {
    const segment = openSegment(one);
    return { segment, tombstones: new Uint8Array(segment.referenceCount) };
  });
  const indexOf = (id: string) => Number.parseInt(id.slice(-12), 16);
  return {
    segments,
    made,
    count: total,
    hours: segments.reduce((sum, { segment }) => sum + (segment.timelineFrames * frameMs) / 3_600_000, 0),
    buildCpuSeconds,
    bytesOf: (id) => bytesAt(indexOf(id)),
    plantedIndexOf: (id) => (indexOf(id) < planted.length ? indexOf(id) : undefined),
  };
}

const idOf = (index: number) => `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;

function syntheticUpload(sources: readonly Constellation[], seed: number): Fingerprint {
  const fingerprint = syntheticFingerprint(sources, seed);
  return cutTo(fingerprint, secondsOf(seededRandom(seed)()));
}

/** So many recordings, one after the other, cut to the lengths of uploads: all their peaks, as an upload is kept. */
export function realUploads(recordings: readonly Fingerprint[], count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    encodeFingerprint(cutTo(recordings[i % recordings.length] as Fingerprint, secondsOf(i / count))),
  );
}

function secondsOf(share: number): number {
  return lengths.find(({ upTo }) => share < upTo)?.seconds ?? 15;
}

function cutTo(fingerprint: Fingerprint, seconds: number): Fingerprint {
  return cut(fingerprint, 0, (seconds * 1000) / frameMs);
}
