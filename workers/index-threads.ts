/**
 * The threads of the index, apart from those that search: a search waits for what was registered before it to be built,
 * so building never stands in their line; and merging waits for nobody and may take minutes.
 */
import { Piscina } from 'piscina';
import type { SegmentBytes } from './index/segment.ts';
import type { MergeTask, NewReference, SharedSegment } from './protocol.ts';

export type IndexThreads = {
  buildSegment(references: readonly NewReference[]): Promise<SegmentBytes>;
  mergeSegments(segments: readonly SharedSegment[]): Promise<SegmentBytes>;
  /** The same into a file; hands what stays in memory. */
  mergeSegmentsToFile(segments: readonly SharedSegment[], path: string): Promise<SharedArrayBuffer>;
  /** Finishes what runs, then ends the threads. */
  close(): Promise<void>;
};

/** A long merge, and short ones beside it. */
const mergeThreads = 2;
/** Threads that have nothing to do end after this, but for the one that builds: to start it takes longer than to build. */
const idleMs = 60_000;

export function openIndexThreads(maxHeapMb: number): IndexThreads {
  const open = <Given, Made>(file: string, minThreads: number, maxThreads: number) =>
    new Piscina<Given, Made>({
      filename: new URL(file, import.meta.url).href,
      minThreads,
      maxThreads,
      idleTimeout: idleMs,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
      recordTiming: false,
    });
  const building = open<readonly NewReference[], SegmentBytes>('./build-thread.ts', 1, 1);
  const merging = open<MergeTask, SegmentBytes | SharedArrayBuffer>('./merge-thread.ts', 0, mergeThreads);
  /** With what is read: the files of segments stay open for as long as they are known. */
  const running = new Map<Promise<unknown>, unknown>();

  function watched<T>(made: Promise<T>, of: unknown): Promise<T> {
    running.set(made, of);
    const forget = () => void running.delete(made);
    made.then(forget, forget);
    return made;
  }

  return {
    buildSegment: (references) => watched(building.run(references), references),
    mergeSegments: async (segments) => (await watched(merging.run({ segments }), segments)) as SegmentBytes,
    mergeSegmentsToFile: async (segments, path) =>
      (await watched(merging.run({ segments, path }), segments)) as SharedArrayBuffer,
    close: async () => {
      await Promise.allSettled(running.keys());
      await Promise.all([building.close(), merging.close()]);
    },
  };
}
