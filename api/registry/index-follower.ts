/**
 * Keeps the index up with the change feed. Postgres is the truth, the index its cache: entries are read in order,
 * new references become small segments (which are merged in the background: `held-segments.ts`), removals set a
 * tombstone that every thread sees at once. Positions only grow, and an answer is given at one. Any number of processes
 * follow one feed, each for itself. Long, because who reads, who waits and who writes share one position.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import type { Workers } from '../../workers/pool.ts';
import type { NewReference, SharedSegment } from '../../workers/protocol.ts';
import type { FeedEntry } from '../store/change-feed.ts';
import type { Store } from '../store/store.ts';
import { type ExcludedSpans, spansOf } from './excluded-spans.ts';
import { constellationBytesOf, type HeldSegment, holdSegment, leaveToFile } from './held-segment.ts';
import { type MergeCounts, openHeldSegments } from './held-segments.ts';
import { deleteIndexFiles, readIndexFiles, type StoredIndex, writeIndexFiles } from './index-files.ts';

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
  readonly merges: MergeCounts;
  readonly ready: boolean;
};

/** What an index follows: the change feed, or something that reads like it. */
export type FollowedFeed = Pick<
  Store,
  'registryId' | 'feedHead' | 'readFeed' | 'listExcludedIntervals' | 'listenToFeed'
>;

export type RegistryIndex = {
  position(): number;
  /** Whether it has once been within a batch of the feed's end since it was opened. */
  ready(): boolean;
  /**
   * Resolves when everything up to a position of the feed is in, or, where none is given, everything committed before the
   * call; rejects when that cannot be. It waits for no more than that, however fast the feed grows.
   */
  catchUp(target?: number): Promise<void>;
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

/**
 * Entries and bytes of constellations read from the feed at once; one batch is one new segment. It fits into one: a byte
 * has no more than 16 frames.
 */
const batchEntries = 4096;
const batchBytes = 32 * 2 ** 20;
/** Where nobody waits, a batch waits so long for more entries: few segments, which every search has to look at. */
const gatherMs = 100;
/** Looked at this often besides being notified: a notification can be lost with its connection. */
const pollMs = 5_000;
/** Changes wait this long for more before they are written to disk. */
const writeDelayMs = 2_000;

type Waiting = {
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
};

export async function openIndex(options: {
  readonly store: FollowedFeed;
  readonly workers: Pick<Workers, 'buildSegment' | 'mergeSegments' | 'mergeSegmentsToFile'>;
  readonly log: Logger;
  readonly dataDir: string;
  /** In the data directory. */
  readonly folderName?: string;
  /** Share of a full segment that merges make one of at the most; 1 unless told. */
  readonly maxShare?: number;
}): Promise<RegistryIndex> {
  const { store, workers, log } = options;
  const folder = join(options.dataDir, options.folderName ?? 'index');
  const registryId = await store.registryId();
  const stored = await readUsableFiles(store, folder, registryId);
  const read: HeldSegment[] = [];
  for (const one of stored?.segments ?? []) read.push(await holdSegment(one.name, one, one.removed));
  let position = stored?.position ?? 0;
  // Those that are still to come in the feed too: a span that is left out early is never missed.
  let excluded: ExcludedSpans = spansOf(await store.listExcludedIntervals());
  let isReady = false;
  let isClosing = false;
  let writing: Promise<void> = Promise.resolve();
  let writeTimer: NodeJS.Timeout | undefined;
  let isChanged = false;
  /** Segments that were merged into others; their files go when the next manifest is written. */
  const retired: string[] = [];
  const held = openHeldSegments({
    ...options,
    held: read,
    folder,
    onMerged: (names) => {
      retired.push(...names);
      noteChange();
    },
  });

  const readAfter = (after: number) => store.readFeed({ after, limit: batchEntries, maxBytes: batchBytes });
  /** The batch behind the one that is being taken in. */
  let ahead: { readonly after: number; readonly entries: ReturnType<typeof readAfter> } | undefined;

  /** What was read ahead counts where it is full: of another it could not be said that nothing has come since. */
  async function nextBatch() {
    const read = ahead;
    ahead = undefined;
    if (read?.after === position) {
      const entries = await read.entries;
      if (isFullBatch(entries)) return entries;
    }
    return await readAfter(position);
  }

  /** Takes in one batch of the feed; says whether there is surely more, maybe more, or none. */
  async function followOnce(): Promise<'full' | 'some' | 'none'> {
    const entries = await nextBatch();
    const last = entries.at(-1);
    if (last === undefined) return 'none';
    const added = new Map<string, NewReference>();
    const cut = new Set<string>();
    const isFull = isFullBatch(entries);
    if (isFull) {
      // While a thread builds a segment of these: reading takes as long as building.
      ahead = { after: last.position, entries: readAfter(last.position) };
      ahead.entries.catch(() => undefined);
    }
    for (const { kind, referenceId, position: at, constellation } of entries) {
      if (kind === 'delete') {
        added.delete(referenceId);
        held.remove(referenceId);
      } else if (kind === 'exclude') cut.add(referenceId);
      else if (constellation !== undefined)
        added.set(referenceId, { referenceId, position: at, fingerprint: constellation });
    }
    const made =
      added.size > 0
        ? await holdSegment(randomUUID(), await workers.buildSegment([...added.values()]))
        : undefined;
    const newlyExcluded = cut.size > 0 ? await store.listExcludedIntervals([...cut]) : [];
    // In one turn: what is answered, or written to disk, at a position has everything up to it and nothing twice.
    if (made) held.add(made);
    if (cut.size > 0) {
      const others = [...excluded].filter(([referenceId]) => !cut.has(referenceId));
      excluded = new Map([...others, ...spansOf(newlyExcluded)]);
    }
    position = last.position;
    held.mergeWhatIsDue();
    noteChange();
    return isFull ? 'full' : 'some';
  }

  const waiting = new Set<Waiting>();
  let following: Promise<void> | undefined;
  /** Whether there may be entries that were committed after the last read of the feed began. */
  let isAsked = false;
  let endGathering: (() => void) | undefined;

  async function catchUp(target?: number): Promise<void> {
    if (isClosing) throw new Error('the index is closed');
    const goal = target ?? (await store.feedHead());
    if (isReady && position >= goal) return;
    await new Promise<void>((resolve, reject) => {
      waiting.add({ target: goal, resolve, reject });
      followOn();
    });
  }

  /** One pass through the feed at a time. */
  function followOn(): void {
    isAsked = true;
    if (waiting.size > 0) endGathering?.();
    following ??= follow().finally(() => {
      following = undefined;
      // Asked for after the last look.
      if (isAsked && !isClosing) followOn();
    });
  }

  async function follow(): Promise<void> {
    try {
      while (isAsked && !isClosing) {
        isAsked = false;
        const before = [...waiting];
        const found = await followOnce();
        isReady ||= found !== 'full';
        // An empty batch is the end of the feed as it was when they began to wait.
        for (const one of before) if (found === 'none' || position >= one.target) settle(one);
        if (found === 'none') continue;
        isAsked = true;
        if (found === 'some' && waiting.size === 0) await gather();
      }
      if (isClosing) throw new Error('the index is closed');
    } catch (error) {
      isAsked = false;
      for (const one of waiting) settle(one, error);
      if (!isClosing) log.warn({ err: error }, 'the index cannot follow the change feed');
    }
  }

  function settle(one: Waiting, error?: unknown): void {
    waiting.delete(one);
    if (error === undefined) one.resolve();
    else one.reject(error);
  }

  /** Until it is asked for, or for a moment. */
  async function gather(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      endGathering = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    endGathering = undefined;
  }

  function noteChange(): void {
    isChanged = true;
    if (isClosing) return;
    writeTimer ??= setTimeout(() => {
      writeTimer = undefined;
      writing = writing.then(write);
    }, writeDelayMs).unref();
  }

  async function write(): Promise<void> {
    if (!isChanged) return;
    isChanged = false;
    const written = held.all();
    const segments = written.map(({ shared, removed }) => ({
      name: shared.segmentId,
      bytes: shared.bytes,
      constellations: shared.constellations,
      removed: [...removed],
    }));
    try {
      const replaced = retired.splice(0);
      if (!(await writeIndexFiles(folder, registryId, { position, segments }, replaced))) return;
      for (const one of written) leaveToFile(one, folder);
    } catch (error) {
      // The files are a cache: without them a restart takes longer, nothing is lost.
      isChanged = true;
      log.warn({ err: error, folder }, 'the index could not be written to disk');
    }
  }

  const frames = () => held.all().reduce((sum, { live }) => sum + live.frames, 0);

  const stopListening = await store.listenToFeed((head) => {
    if (head > position && !isClosing) followOn();
  });
  const poll = setInterval(followOn, pollMs).unref();
  followOn();

  return {
    position: () => position,
    ready: () => isReady,
    catchUp,
    frames,
    forgetBefore: held.removeBefore,
    segments: () => held.all().map(({ shared }) => shared),
    excluded: () => excluded,
    status: () => ({
      position,
      ready: isReady,
      segments: held.all().length,
      merges: held.merges(),
      recordings: held.all().reduce((sum, { indexByReference }) => sum + indexByReference.size, 0),
      seconds: Math.round((frames() * frameMs) / 1000),
      bytes: held.all().reduce((sum, { segment }) => sum + segment.bytes.byteLength, 0),
      constellationBytes: held.all().reduce((sum, one) => sum + constellationBytesOf(one), 0),
    }),
    close: async () => {
      isClosing = true;
      clearInterval(poll);
      clearTimeout(writeTimer);
      endGathering?.();
      await stopListening();
      await following;
      await held.close();
      await writing;
      await write();
    },
  };
}

/** Whether there is surely more behind it. */
function isFullBatch(entries: readonly FeedEntry[]): boolean {
  const byteCount = entries.reduce((sum, { constellation }) => sum + (constellation?.length ?? 0), 0);
  return entries.length === batchEntries || byteCount >= batchBytes;
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
