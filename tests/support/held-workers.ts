/** Workers that take every task and finish none until they are told to. */
import type { Workers } from '../../workers/pool.ts';
import type { FingerprintedAudio } from '../../workers/protocol.ts';
import { syntheticFingerprintFile } from './synthetic-fingerprint.ts';

export type HeldWorkers = Workers & {
  /** Resolves when this many tasks have been taken in all. */
  taken(count: number): Promise<void>;
  /** Finishes every task taken so far and every later one. */
  letGo(): void;
};

export function openHeldWorkers(queued = 0): HeldWorkers {
  const gate = Promise.withResolvers<void>();
  const waiting: { count: number; resolve(): void }[] = [];
  let takenCount = 0;
  const take = async <T>(answer: T): Promise<T> => {
    takenCount += 1;
    for (const it of waiting) if (takenCount >= it.count) it.resolve();
    await gate.promise;
    return answer;
  };
  const audio: FingerprintedAudio = {
    fingerprint: syntheticFingerprintFile(1),
    durationMs: 20_000,
    format: 'synthetic',
    decoder: 'wasm',
    truncated: false,
    silent: false,
  };
  return {
    threadCount: 1,
    queued: () => queued,
    fingerprint: () => take(audio),
    fingerprintInBulk: () => take(audio),
    match: () => take({ durationMs: 20_000, matches: [] }),
    replay: () => Promise.reject(new Error('held workers replay nothing')),
    explain: () => Promise.reject(new Error('held workers explain nothing')),
    buildSegment: () => Promise.reject(new Error('held workers build no index')),
    mergeSegments: () => Promise.reject(new Error('held workers build no index')),
    mergeSegmentsToFile: () => Promise.reject(new Error('held workers build no index')),
    close: async () => undefined,
    letGo: () => gate.resolve(),
    taken: (count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ count, resolve });
      if (takenCount >= count) resolve();
      return promise;
    },
  };
}
