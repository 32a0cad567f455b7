import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { incomingPath, prepareIncomingDirectory } from '../../api/http/incoming-directory.ts';
import { defaultAudioLimits } from '../../workers/audio/decode.ts';

it('removes what a killed server left, and nothing that another may be working on', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'earmark-incoming-'));
  const config = {
    dataDir,
    requestTimeoutMs: 60_000,
    audioLimits: { ...defaultAudioLimits, maxWallMs: 60_000 },
  };
  await prepareIncomingDirectory(config);
  const [old, fresh, foreign] = [
    incomingPath(config),
    incomingPath(config),
    join(dataDir, 'incoming', 'notes.txt'),
  ];
  for (const path of [old, fresh, foreign]) await writeFile(path, 'x');
  const longAgo = Date.now() / 1000 - 121;
  for (const path of [old, foreign]) await utimes(path, longAgo, longAgo);

  await prepareIncomingDirectory(config);
  const left = (await readdir(join(dataDir, 'incoming'))).map((name) => join(dataDir, 'incoming', name));
  expect(left.sort()).toEqual([fresh, foreign].sort());
  await rm(dataDir, { recursive: true });
});
