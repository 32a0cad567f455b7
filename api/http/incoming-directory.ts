/** Where uploads lie while they are worked on. A file is removed with its request; what a killed server left, later. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Config } from '../config.ts';

const suffix = '.upload';

export function incomingPath(config: Pick<Config, 'dataDir'>): string {
  return join(incomingDirectory(config), `${uuidv7()}${suffix}`);
}

/**
 * Makes the directory and removes what is older than any request may last. Not everything: another server may
 * work on the same data directory.
 */
export async function prepareIncomingDirectory(
  config: Pick<Config, 'dataDir' | 'requestTimeoutMs' | 'audioLimits'>,
  nowMs = Date.now(),
): Promise<void> {
  const directory = incomingDirectory(config);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const oldestMs = nowMs - config.requestTimeoutMs - config.audioLimits.maxWallMs;
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const found = name.endsWith(suffix) ? await stat(path).catch(() => undefined) : undefined;
    if (found && found.mtimeMs < oldestMs) await rm(path, { force: true });
  }
}

function incomingDirectory(config: Pick<Config, 'dataDir'>): string {
  return join(config.dataDir, 'incoming');
}
