import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { defaultAudioLimits } from '../../workers/audio/decode.ts';
import { openWorkers, type Workers } from '../../workers/pool.ts';
import type { SharedSegment } from '../../workers/protocol.ts';
import { newReference } from '../index/references.ts';
import { bundledCatalog } from '../support/bundled-audio.ts';
import { syntheticFingerprint } from '../support/synthetic-fingerprint.ts';

let workers: Workers;
afterEach(() => workers.close());

/** How nice each thread of this process is to the others (proc(5), stat, field 19). */
const nicenesses = () =>
  readdirSync('/proc/self/task').map((task) => {
    const stat = readFileSync(`/proc/self/task/${task}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });

async function segmentOf(seeds: readonly number[]): Promise<SharedSegment> {
  const references = seeds.map((seed) => newReference(seed, syntheticFingerprint(seed, 60_000)));
  const made = await workers.buildSegment(references);
  return { segmentId: `of ${seeds[0]}`, ...made, tombstones: new SharedArrayBuffer(seeds.length) };
}

test.runIf(process.platform === 'linux')('merging yields to everything else', async () => {
  workers = openWorkers({ threadCount: 1, maxQueued: 10 });
  const own = getPriority();
  const sources = [await segmentOf([1, 2]), await segmentOf([3, 4])];
  expect(new Set(nicenesses())).toEqual(new Set([own]));
  await workers.mergeSegments(sources);
  const after = nicenesses();
  expect(after.filter((niceness) => niceness === Math.min(19, own + 10))).toHaveLength(1);
  // The other threads of the process are as they were.
  expect(after.filter((niceness) => niceness === own)).toHaveLength(after.length - 1);
  expect(getPriority()).toBe(own);
});

test('building and merging wait for no thread that searches', async () => {
  workers = openWorkers({ threadCount: 1, maxQueued: 100 });
  const path = bundledCatalog()[0]?.path as string;
  const task = { path, decoder: 'wasm', limits: defaultAudioLimits, otherWindows: false } as const;
  const line = Array.from({ length: 15 }, () => workers.fingerprint(task));
  const sources = [await segmentOf([1]), await segmentOf([2])];
  const merged = await workers.mergeSegments(sources);
  expect(merged.bytes.byteLength).toBeGreaterThan(0);
  expect(workers.queued()).toBeGreaterThan(0);
  await Promise.all(line);
});
