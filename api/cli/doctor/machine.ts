import { access, constants, stat, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Config } from '../../config.ts';
import { byteSize, whole } from '../output/quantities.ts';
import { type Finding, messageOf } from './check.ts';

/** The embedded Postgres keeps up to 1 GB of write-ahead log, and wants room to finish a transaction. */
const leastFreeDiskBytes = 2e9;
/** What a recording takes in the index: 200 s of it at the 50 bytes a second that the index is held to. */
const indexBytesPerRecording = 200 * 50;
/** The rest is for Postgres, the worker threads and the system. */
const indexShareOfMemory = 0.5;

export async function checkDataDirectory({ dataDir }: Config): Promise<Finding> {
  const name = 'data directory';
  try {
    const existing = await nearestExisting(dataDir);
    await access(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(existing);
    const freeBytes = bavail * bsize;
    const found = `${dataDir}${existing === dataDir ? '' : ' (not there yet)'}, writable, ${byteSize(freeBytes)} free`;
    if (freeBytes >= leastFreeDiskBytes) return { name, state: 'fine', found };
    return {
      name,
      state: 'note',
      found,
      next: `Make room: less than ${byteSize(leastFreeDiskBytes)} is soon used up.`,
    };
  } catch (error) {
    const next = 'Name another one with --data-dir, or make this one writable for you.';
    return { name, state: 'broken', found: `${dataDir} cannot be written to: ${messageOf(error)}`, next };
  }
}

async function nearestExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  return exists || path === dirname(path) ? path : nearestExisting(dirname(path));
}

export function checkMemory(): Finding {
  // 0, or more than there is, where no container limits it.
  const limitBytes = process.constrainedMemory();
  const memoryBytes = limitBytes > 0 ? Math.min(limitBytes, totalmem()) : totalmem();
  const recordings = Math.floor((memoryBytes * indexShareOfMemory) / indexBytesPerRecording / 1000) * 1000;
  const found =
    `${byteSize(memoryBytes)}${memoryBytes < totalmem() ? ' (limited)' : ''}, ${byteSize(freemem())} free; ` +
    `the index may take half: about ${whole(recordings)} recordings`;
  return { name: 'memory', state: 'fine', found };
}
