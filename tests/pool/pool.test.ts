import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultAudioLimits } from '../../workers/audio/decode.ts';
import { WorkerError } from '../../workers/errors.ts';
import { openWorkers, type Workers } from '../../workers/pool.ts';
import type { FingerprintedAudio, SharedSegment } from '../../workers/protocol.ts';
import { type Scratch, scratchDirectory } from '../audio/hear.ts';
import { asReference, fingerprintFile } from '../fingerprint/bundled-fingerprints.ts';
import { newReference } from '../index/references.ts';
import { bundledCatalog, bundledUploads } from '../support/bundled-audio.ts';
import { wavOf } from '../support/wav.ts';

const limits = defaultAudioLimits;
const task = (file: string) => ({ path: file, decoder: 'wasm', limits, otherWindows: false }) as const;
const recordings = bundledCatalog();
const [first] = recordings as [(typeof recordings)[number]];

let scratch: Scratch;
/** Hours of silence in no space: work that takes a thread far longer than a test. */
let endless: string;
beforeAll(async () => {
  scratch = await scratchDirectory();
  const head = wavOf([]);
  const dataBytes = 2 ** 30 - 44;
  const view = new DataView(head.buffer);
  view.setUint32(4, dataBytes + 36, true);
  view.setUint32(40, dataBytes, true);
  endless = await scratch.write('endless.wav', head);
  await using file = await open(endless, 'r+');
  await file.truncate(dataBytes + 44);
});
afterAll(() => scratch[Symbol.asyncDispose]());

const opened: Workers[] = [];
function workersOf(options: Parameters<typeof openWorkers>[0]): Workers {
  const workers = openWorkers(options);
  opened.push(workers);
  return workers;
}
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((workers) => workers.close()));
});

/** The code it is refused with; fails where it is not refused with one. */
async function codeOf(refused: Promise<unknown>): Promise<string> {
  const reason = await refused.then(
    () => 'an answer',
    (error: unknown) => error,
  );
  if (reason instanceof WorkerError) return reason.code;
  throw new Error('expected a WorkerError', { cause: reason });
}

const unlimited = { ...limits, maxDurationMs: 1e9 };
const endlessTask = () =>
  ({ path: endless, decoder: 'wasm', limits: unlimited, otherWindows: false }) as const;

describe('the same audio', () => {
  test('gives the same bytes on one thread and on two', async () => {
    const all = async (threadCount: number) => {
      const workers = workersOf({ threadCount, maxQueued: 100 });
      const made = await Promise.all(recordings.map(({ path: file }) => workers.fingerprint(task(file))));
      return made.map(({ fingerprint }) => Buffer.from(fingerprint).toString('hex'));
    };
    const [one, two] = [await all(1), await all(2)];
    expect(one).toHaveLength(recordings.length);
    expect(two).toEqual(one);
  });

  test('gives the bytes that it gives without a thread', async () => {
    const { fingerprint } = await workersOf({ threadCount: 1, maxQueued: 1 }).fingerprint(task(first.path));
    const { bytes } = await fingerprintFile(first.externalId, first.path);
    expect(Buffer.compare(fingerprint, bytes)).toBe(0);
  });
});

describe('a full line', () => {
  test('refuses at once with POOL_FULL, and takes work again when there is room', async () => {
    const workers = workersOf({ threadCount: 1, maxQueued: 2 });
    const accepted = [0, 1, 2].map(() => workers.fingerprint(task(first.path)));
    expect(workers.queued()).toBe(2);
    const from = performance.now();
    expect(await codeOf(workers.fingerprint(task(first.path)))).toBe('POOL_FULL');
    expect(
      await codeOf(workers.match({ segments: [], fingerprint: new Uint8Array(0), transforms: 'none' })),
    ).toBe('POOL_FULL');
    const nothing = new Uint8Array(0);
    expect(
      await codeOf(
        workers.explain({ segments: [], fingerprint: nothing, reference: nothing, transforms: 'none' }),
      ),
    ).toBe('POOL_FULL');
    // A refusal does not wait for a thread, of which each task takes a tenth of a second or more.
    expect(performance.now() - from).toBeLessThan(50);
    await Promise.all(accepted);
    expect(workers.queued()).toBe(0);
    expect((await workers.fingerprint(task(first.path))).silent).toBe(false);
  });

  test("does not refuse the index's own work", async () => {
    const { fingerprint } = await fingerprintFile(first.externalId, first.path);
    const workers = workersOf({ threadCount: 1, maxQueued: 1 });
    const busy = [0, 1].map(() => workers.fingerprint(task(first.path)));
    const segment = await workers.buildSegment([newReference(1, asReference(fingerprint))]);
    expect(segment.bytes).toBeInstanceOf(SharedArrayBuffer);
    await Promise.all(busy);
  });
});

describe('a refusal', () => {
  test('keeps its code and its message over the border of the thread', async () => {
    const workers = workersOf({ threadCount: 1, maxQueued: 10 });
    const noAudio = await scratch.write('no-audio.wav', 'this is no audio');
    const missing = workers.fingerprint(task(path.join(scratch.directory, 'missing.wav')));
    await expect(missing).rejects.toThrow();
    const unreadable = workers.fingerprint(task(noAudio));
    await expect(unreadable).rejects.toMatchObject({
      name: 'WorkerError',
      code: expect.stringMatching(/^AUDIO_UN/),
      message: expect.stringMatching(/expected/),
    });
    const cases = [
      [
        'AUDIO_TOO_LARGE',
        workers.fingerprint({ ...task(first.path), limits: { ...limits, maxBytes: 1000 } }),
      ],
      [
        'AUDIO_TOO_LONG',
        workers.fingerprint({ ...task(first.path), limits: { ...limits, maxDurationMs: 5000 } }),
      ],
      [
        'FINGERPRINT_MALFORMED',
        workers.match({ segments: [], fingerprint: Buffer.from('EMFP'), transforms: 'none' }),
      ],
    ] as const;
    for (const [code, refused] of cases) expect(await codeOf(refused)).toBe(code);
  });

  test('leaves the thread ready for the next task', async () => {
    const workers = workersOf({ threadCount: 1, maxQueued: 10 });
    for (let i = 0; i < 5; i++) {
      expect(
        await codeOf(workers.match({ segments: [], fingerprint: new Uint8Array(i), transforms: 'none' })),
      ).toBe('FINGERPRINT_MALFORMED');
    }
    expect((await workers.fingerprint(task(first.path))).durationMs).toBeGreaterThan(30_000);
  });
});

describe('a task that takes too long', () => {
  test('is refused by the decoder when its own time is over', async () => {
    const workers = workersOf({ threadCount: 1, maxQueued: 1 });
    const slow = workers.fingerprint({ ...endlessTask(), limits: { ...unlimited, maxWallMs: 100 } });
    expect(await codeOf(slow)).toBe('AUDIO_TIMEOUT');
  });

  test('is ended with its thread when it does not end itself, and the pool goes on', async () => {
    const workers = workersOf({ threadCount: 1, maxQueued: 1 });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const hung = codeOf(
      workers.fingerprint({ ...endlessTask(), limits: { ...unlimited, maxWallMs: 60_000 } }),
    );
    // The line may make it wait for one more task before it starts: twice its time, and grace.
    await vi.advanceTimersByTimeAsync(2 * (60_000 + 60_000));
    vi.useRealTimers();
    expect(await hung).toBe('AUDIO_TIMEOUT');
    expect((await workers.fingerprint(task(first.path))).silent).toBe(false);
  });

  test('is given its time in a long line too', async () => {
    // Limits multiply: a timer beyond 2^31 ms would go off at once.
    const workers = workersOf({ threadCount: 1, maxQueued: 10_000 });
    const { silent } = await workers.fingerprint(task(first.path));
    expect(silent).toBe(false);
  });
});

test('closing finishes what runs', async () => {
  const workers = openWorkers({ threadCount: 1, maxQueued: 10 });
  const running = workers.fingerprint(task(first.path));
  const closed = workers.close();
  expect((await running).silent).toBe(false);
  await closed;
});

test('a search sees a tombstone that is set after the segment went to the threads', async () => {
  const workers = workersOf({ threadCount: 2, maxQueued: 10 });
  const [excerpt] = bundledUploads();
  const upload = (await workers.fingerprint(task(excerpt?.path as string))).fingerprint;
  const piece = excerpt?.pieces[0];
  const reference = recordings.find(({ externalId }) => externalId === piece?.externalId);
  const { fingerprint } = await fingerprintFile('reference', reference?.path as string);
  const made = await workers.buildSegment([newReference(1, asReference(fingerprint))]);
  const segment: SharedSegment = { segmentId: 'a', ...made, tombstones: new SharedArrayBuffer(1) };
  const search = async () =>
    (await workers.match({ segments: [segment], fingerprint: upload, transforms: 'none' })).matches.length;
  expect(await search()).toBe(1);
  new Uint8Array(segment.tombstones)[0] = 1;
  expect(await Promise.all([search(), search(), search()])).toEqual([0, 0, 0]);
});

test('silence is said to be silent, and audio that ends too early to be truncated', async () => {
  const workers = workersOf({ threadCount: 1, maxQueued: 10 });
  const silent = await scratch.write('silent.wav', wavOf(new Float32Array(40_000)));
  expect(await workers.fingerprint(task(silent))).toMatchObject({
    silent: true,
    truncated: false,
    durationMs: 5000,
  });
  const cut = await scratch.write('cut.wav', wavOf(new Float32Array(40_000)).subarray(0, 60_000));
  const answer: FingerprintedAudio = await workers.fingerprint(task(cut));
  expect(answer.truncated).toBe(true);
  expect(answer.durationMs).toBe(Math.round((60_000 - 44) / 16));
  await rm(cut);
});
