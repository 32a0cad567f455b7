/**
 * The segments of an index, in the order of the feed: new ones are added, removals set tombstones in them, and what the
 * merge policy chooses is written as one in the background. A merge takes nothing away before its result is there, so a
 * search never waits for one. Two run at once at the most, one of them short: the small segments of new registrations do
 * not pile up behind a merge that takes minutes.
 */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import { segmentReference } from '../../workers/index/segment.ts';
import { contentsOfSegment, shareOfFull } from '../../workers/index/segment-limits.ts';
import type { Workers } from '../../workers/pool.ts';
import { openConstellationFile } from './constellation-file.ts';
import {
  constellationBytesOf,
  type HeldSegment,
  holdSegment,
  liveContentsOf,
  removeReference,
} from './held-segment.ts';
import { segmentPath } from './index-files.ts';
import { chooseMerge, type MergeableSegment } from './merge-policy.ts';

export type HeldSegments = {
  all(): readonly HeldSegment[];
  add(one: HeldSegment): void;
  remove(referenceId: string): void;
  /** Removes what came at earlier positions. */
  removeBefore(position: number): void;
  /** Something was added or removed: merges what is due, now and when nothing has come for a while. */
  mergeWhatIsDue(): void;
  merges(): MergeCounts;
  /** Starts no merge any more, and waits for those that run. */
  close(): Promise<void>;
};

export type MergeCounts = {
  /** Ended since the index was opened. */
  readonly done: number;
  /** Postings in those that run. */
  readonly runningPostings: number;
};

/** Below this a merge is short: a second or two of a thread. */
const shortPostings = 2 ** 22;
/** Constellations of a merge that are no more than this stay in memory until they are written with the rest. */
const maxBytesInMemory = 4 * 2 ** 20;
/** Nothing has come for so long: then fewer segments are worth more than fewer merges. */
const restMs = 2_000;

export function openHeldSegments(options: {
  readonly held: readonly HeldSegment[];
  readonly workers: Pick<Workers, 'mergeSegments' | 'mergeSegmentsToFile'>;
  readonly log: Logger;
  /** Of the index: large merges go into its files at once. */
  readonly folder: string;
  /** Share of a full segment that merges make one of at the most; 1 unless told. */
  readonly maxShare?: number;
  /** With the names of those that are merged into another. */
  readonly onMerged: (retired: readonly string[]) => void;
}): HeldSegments {
  const { workers, log, folder, maxShare = 1, onMerged } = options;
  let held = options.held;
  let isClosing = false;
  let doneCount = 0;
  let state: 'writing' | 'resting' = 'writing';
  let restTimer: NodeJS.Timeout | undefined;
  const running = new Map<'long' | 'short', { sources: readonly HeldSegment[]; ended: Promise<void> }>();

  /** Segments that no merge has, in runs of neighbours, the newest run first. */
  function freeRuns(): HeldSegment[][] {
    const busy = new Set([...running.values()].flatMap(({ sources }) => sources));
    const runs: HeldSegment[][] = [[]];
    for (const one of held) {
      if (busy.has(one)) runs.push([]);
      else runs.at(-1)?.push(one);
    }
    return runs.reverse();
  }

  function startMerges(): void {
    if (isClosing) return;
    for (const run of freeRuns()) {
      const sizes = run.map((one) => sizeOf(one, maxShare));
      const chosen = chooseMerge(sizes, state);
      if (chosen === undefined) continue;
      const sources = run.slice(chosen.from, chosen.to);
      const lane = postingsOf(sources) > shortPostings ? 'long' : 'short';
      if (!running.has(lane)) start(lane, sources);
    }
  }

  function start(lane: 'long' | 'short', sources: readonly HeldSegment[]): void {
    const ended = merge(sources).then(
      () => {
        running.delete(lane);
        doneCount++;
        onMerged(sources.map(({ shared }) => shared.segmentId));
        startMerges();
      },
      (error: unknown) => {
        // Not at once again: the next change of the feed tries, and until then searches take a little longer.
        running.delete(lane);
        log.error({ err: error }, 'segments could not be merged');
      },
    );
    running.set(lane, { sources, ended });
  }

  async function merge(sources: readonly HeldSegment[]): Promise<void> {
    const removedBefore = sources.map(({ removed }) => removed.length);
    const isAllGone = sources.every(({ indexByReference }) => indexByReference.size === 0);
    const merged = isAllGone ? undefined : await mergeSources(sources);
    // From here on in one turn. What was removed while the merge ran is in the tombstones of the sources only.
    for (const [i, { segment, removed }] of sources.entries()) {
      for (const index of removed.slice(removedBefore[i])) {
        if (merged) removeReference(merged, segmentReference(segment, index).referenceId);
      }
    }
    const at = held.findIndex((one) => sources.includes(one));
    const isLeft = merged !== undefined && merged.indexByReference.size > 0;
    held = held.flatMap((one, i) => {
      if (i === at && isLeft) return [merged];
      return sources.includes(one) ? [] : [one];
    });
  }

  async function mergeSources(sources: readonly HeldSegment[]): Promise<HeldSegment> {
    const shared = sources.map((source) => source.shared);
    const name = randomUUID();
    const constellationBytes = sources.reduce((sum, source) => sum + constellationBytesOf(source), 0);
    if (constellationBytes <= maxBytesInMemory)
      return await holdSegment(name, await workers.mergeSegments(shared));
    await mkdir(folder, { recursive: true });
    const path = segmentPath(folder, name);
    const bytes = await workers.mergeSegmentsToFile(shared, path);
    return await holdSegment(name, { bytes, constellations: openConstellationFile(path, bytes.byteLength) });
  }

  return {
    all: () => held,
    add: (one) => {
      held = [...held, one];
    },
    remove: (referenceId) => {
      for (const one of held) removeReference(one, referenceId);
    },
    removeBefore: (position) => {
      for (const one of held) {
        // Merges keep the order of the feed, so that what is old stands together.
        for (let i = 0; i < one.segment.referenceCount; i++) {
          const { referenceId, position: at } = segmentReference(one.segment, i);
          if (at >= position) break;
          removeReference(one, referenceId);
        }
      }
      held = held.filter(({ indexByReference }) => indexByReference.size > 0);
    },
    mergeWhatIsDue: () => {
      state = 'writing';
      restTimer?.refresh();
      restTimer ??= setTimeout(() => {
        state = 'resting';
        startMerges();
      }, restMs).unref();
      startMerges();
    },
    merges: () => ({
      done: doneCount,
      runningPostings: [...running.values()].reduce((sum, { sources }) => sum + postingsOf(sources), 0),
    }),
    close: async () => {
      isClosing = true;
      clearTimeout(restTimer);
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
    },
  };
}

function sizeOf(one: HeldSegment, maxShare: number): MergeableSegment {
  return {
    size: shareOfFull(contentsOfSegment(one.segment)) / maxShare,
    liveSize: shareOfFull(liveContentsOf(one)) / maxShare,
  };
}

function postingsOf(sources: readonly HeldSegment[]): number {
  return sources.reduce((sum, { segment }) => sum + segment.postingCount, 0);
}
