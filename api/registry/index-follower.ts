/**
 * Keeps the index up with the change feed. Postgres is the truth, the index its cache: entries are read in order,
 * new references become small segments, segments merge in the background so that there are few, removals set a
 * tombstone that every thread sees at once. Positions only grow, and an answer is given at one.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { segmentReference } from '../../workers/index/segment.ts';
import type { Workers } from '../../workers/pool.ts';
import type { NewReference, SharedSegment } from '../../workers/protocol.ts';
import type { Store } from '../store/store.ts';
import { type ExcludedSpans, spansOf } from './excluded-spans.ts';
import {
  constellationBytesOf,
  framesOf,
  type HeldSegment,
  holdSegment,
  leaveToFile,
  removeReference,
} from './held-segment.ts';
import {
  deleteIndexFiles,
  readIndexFiles,
  type StoredIndex,
  segmentPath,
  writeIndexFiles,
} from './index-files.ts';
import { mergeHeldSegments } from './merge-held-segments.ts';
import { chooseMerge } from './merge-policy.ts';

type IndexStatus = {
  /** The last entry of the change feed that is in. */
  readonly position: number;
  /** References that can match. */
  readonly recordings: number;
  /** Seconds of audio they have. */
  readonly seconds: number;
  /** Bytes that landmarks take. */
  readonly bytes: number;
  /** Bytes that the constellations take which matches are verified against. */
  readonly constellationBytes: number;
  readonly segments: number;
  readonly ready: boolean;
};

/** What an index follows: the change feed, or something that reads like it. */
export type FollowedFeed = Pick<
  Store,
  'registryId' | 'feedHead' | 'readFeed' | 'listExcludedIntervals' | 'listenToFeed'
>;

export type RegistryIndex = {
  position(): number;
  /** Whether it has once caught up with the feed since it was opened. */
  ready(): boolean;
  /** Resolves when everything committed before the call is in; rejects when that cannot be. */
  catchUp(): Promise<void>;
  segments(): readonly SharedSegment[];
  /** Of all references that can match. */
  frames(): number;
  /** Lets go of what came at earlier positions, without the feed's saying so. */
  forgetBefore(position: number): void;
  /** What may not match although it is in the segments. */
  excluded(): ExcludedSpans;
  status(): IndexStatus;
  /** Writes what is not yet on disk, then lets go. */
  close(): Promise<void>;
};

/** Entries and bytes of constellations read from the feed at once; one batch is one new segment. */
const batchEntries = 4096;
const batchBytes = 32 * 2 ** 20;
/** Looked at this often besides being notified: a notification can be lost with its connection. */
const pollMs = 5_000;
/** Changes wait this long for more before they are written to disk. */
const writeDelayMs = 2_000;

export async function openIndex(options: {
  readonly store: FollowedFeed;
  readonly workers: Pick<Workers, 'buildSegment' | 'mergeSegments' | 'mergeSegmentsToFile'>;
  readonly log: Logger;
  readonly dataDir: string;
  /** In the data directory. */
  readonly folderName?: string;
}): Promise<RegistryIndex> {
  const { store, workers, log } = options;
  const folder = join(options.dataDir, options.folderName ?? 'index');
  const registryId = await store.registryId();
  const stored = await readUsableFiles(store, folder, registryId);
  let held: readonly HeldSegment[] = (stored?.segments ?? []).map((one) =>
    holdSegment(one.name, one, one.removed),
  );
  let position = stored?.position ?? 0;
  // Those that are still to come in the feed too: a span that is left out early is never missed.
  let excluded: ExcludedSpans = spansOf(await store.listExcludedIntervals());
  let isReady = false;
  let isClosing = false;
  let merging: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let writeTimer: NodeJS.Timeout | undefined;
  let isChanged = false;
  /** Segments that were merged into others; their files go when the next manifest is written. */
  const retired: string[] = [];

  /** Takes in one batch of the feed; says whether there may be more. */
  async function followOnce(): Promise<boolean> {
    const entries = await store.readFeed({ after: position, limit: batchEntries, maxBytes: batchBytes });
    const last = entries.at(-1);
    if (last === undefined) return false;
    const added = new Map<string, NewReference>();
    const cut = new Set<string>();
    for (const { kind, referenceId, position: at, constellation } of entries) {
      if (kind === 'delete') {
        added.delete(referenceId);
        for (const one of held) removeReference(one, referenceId);
      } else if (kind === 'exclude') cut.add(referenceId);
      else if (constellation !== undefined)
        added.set(referenceId, { referenceId, position: at, fingerprint: constellation });
    }
    if (added.size > 0) {
      const made = await workers.buildSegment([...added.values()]);
      held = [...held, holdSegment(randomUUID(), made)];
    }
    if (cut.size > 0) {
      const others = [...excluded].filter(([referenceId]) => !cut.has(referenceId));
      excluded = new Map([...others, ...spansOf(await store.listExcludedIntervals([...cut]))]);
    }
    position = last.position;
    isChanged = true;
    scheduleMerge();
    scheduleWrite();
    return true;
  }

  const frames = () => held.reduce((sum, one) => sum + framesOf(one), 0);

  function forgetBefore(first: number): void {
    for (const one of held) {
      // Merges keep the order of the feed, so that what is old stands together.
      for (let i = 0; i < one.segment.referenceCount; i++) {
        const { referenceId, position: at } = segmentReference(one.segment, i);
        if (at >= first) break;
        removeReference(one, referenceId);
      }
    }
    held = held.filter(({ indexByReference }) => indexByReference.size > 0);
  }

  /** One pass through the feed at a time. Who asks while one runs waits for it and for one more. */
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  function catchUp(): Promise<void> {
    if (isClosing) return Promise.reject(new Error('the index is closed'));
    if (running === undefined) {
      running = follow().finally(() => {
        running = undefined;
      });
      return running;
    }
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return catchUp();
      });
    return waiting;
  }

  async function follow(): Promise<void> {
    while (!isClosing && (await followOnce())) {
      // Batch by batch to the end of the feed.
    }
    isReady ||= !isClosing;
  }

  function followInBackground(): void {
    if (isClosing) return;
    catchUp().catch((error: unknown) => {
      if (!isClosing) log.warn({ err: error }, 'the index cannot follow the change feed');
    });
  }

  function scheduleMerge(): void {
    if (merging !== undefined || isClosing) return;
    const chosen = chooseMerge(held.map(({ segment }) => segment.postingCount));
    if (chosen === undefined) return;
    const sources = held.slice(chosen.from, chosen.to);
    merging = merge(sources).then(
      () => {
        merging = undefined;
        scheduleMerge();
      },
      (error: unknown) => {
        // Not at once again: the next change of the feed tries, and until then searches take a little longer.
        merging = undefined;
        log.error({ err: error }, 'segments could not be merged');
      },
    );
  }

  async function merge(sources: readonly HeldSegment[]): Promise<void> {
    const merged = await mergeHeldSegments(workers, folder, sources);
    // What was removed while the merge ran is in the tombstones of the sources only.
    for (const [referenceId, index] of merged.indexByReference) {
      if (sources.some((source) => source.indexByReference.has(referenceId))) continue;
      merged.removed[index] = 1;
      merged.indexByReference.delete(referenceId);
    }
    const at = held.indexOf(sources[0] as HeldSegment);
    held = [
      ...held.slice(0, at),
      ...(merged.segment.referenceCount > 0 ? [merged] : []),
      ...held.slice(at + sources.length),
    ];
    retired.push(...sources.map(({ shared }) => shared.segmentId));
    isChanged = true;
    scheduleWrite();
  }

  function scheduleWrite(): void {
    if (isClosing) return;
    writeTimer ??= setTimeout(() => {
      writeTimer = undefined;
      writing = writing.then(write);
    }, writeDelayMs).unref();
  }

  async function write(): Promise<void> {
    if (!isChanged) return;
    isChanged = false;
    const written = held;
    const segments = written.map(({ shared, removed }) => ({
      name: shared.segmentId,
      bytes: shared.bytes,
      constellations: shared.constellations,
      removed: [...removed.entries()].flatMap(([index, flag]) => (flag ? [index] : [])),
    }));
    try {
      const replaced = retired.splice(0);
      if (!(await writeIndexFiles(folder, registryId, { position, segments }, replaced))) return;
      for (const one of written) leaveToFile(one, segmentPath(folder, one.shared.segmentId));
    } catch (error) {
      // The files are a cache: without them a restart takes longer, nothing is lost.
      isChanged = true;
      log.warn({ err: error, folder }, 'the index could not be written to disk');
    }
  }

  const stopListening = await store.listenToFeed((head) => {
    if (head > position) followInBackground();
  });
  const poll = setInterval(followInBackground, pollMs).unref();
  followInBackground();

  return {
    position: () => position,
    ready: () => isReady,
    catchUp,
    frames,
    forgetBefore,
    segments: () => held.map(({ shared }) => shared),
    excluded: () => excluded,
    status: () => ({
      position,
      ready: isReady,
      segments: held.length,
      recordings: held.reduce((sum, { indexByReference }) => sum + indexByReference.size, 0),
      seconds: Math.round((frames() * frameMs) / 1000),
      bytes: held.reduce((sum, { segment }) => sum + segment.bytes.byteLength, 0),
      constellationBytes: held.reduce((sum, one) => sum + constellationBytesOf(one), 0),
    }),
    close: async () => {
      isClosing = true;
      clearInterval(poll);
      clearTimeout(writeTimer);
      await stopListening();
      await Promise.allSettled([running, waiting, merging]);
      await writing;
      await write();
    },
  };
}

/** Files ahead of the feed are another past's: the database was put back to an earlier state. */
async function readUsableFiles(
  store: FollowedFeed,
  folder: string,
  registryId: string,
): Promise<StoredIndex | undefined> {
  const stored = await readIndexFiles(folder, registryId);
  if (stored === undefined || stored.position <= (await store.feedHead())) return stored;
  await deleteIndexFiles(folder);
  return undefined;
}
