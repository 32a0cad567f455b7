import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { openAudioFile } from '../../workers/audio/audio-file.ts';
import { defaultAudioLimits } from '../../workers/audio/decode.ts';

const folder = mkdtempSync(join(tmpdir(), 'earmark-audio-file-'));
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['has its turn between reads that take long', 60, true],
  ['waits for reads that take no time', 0, false],
])('what else the thread has to do %s', async (_what, millisecondsARead, isHeard) => {
  const path = join(folder, 'audio');
  writeFileSync(path, new Uint8Array(2 ** 20));
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const file = await openAudioFile(path, defaultAudioLimits, () => {
    now += millisecondsARead;
  });
  let wasHeard = false;
  const other = setImmediate(() => {
    wasHeard = true;
  });
  try {
    expect(await file.ensure(2 ** 20)).toBe(true);
    expect(wasHeard).toBe(isHeard);
  } finally {
    clearImmediate(other);
    await file.close();
  }
});
