import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TemporaryFolder = AsyncDisposable & { readonly path: string };

const removal = { recursive: true, force: true, maxRetries: 3 };

/** Goes away when it is disposed of, or else when the process ends. */
export async function makeTemporaryFolder(purpose: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `earmark-${purpose}-`));
  // A Postgres that still runs in it notices within a minute that its files are gone, and stops.
  const removeNow = () => rmSync(path, removal);
  process.on('exit', removeNow);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, removal);
      process.off('exit', removeNow);
    },
  };
}
