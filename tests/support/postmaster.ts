/** The process id of the Postgres that runs on a data directory, for tests that kill it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const pidFileOf = (dataDir: string): string => join(dataDir, 'postgres', 'postmaster.pid');

/** Refuses what a file that is empty or half written would give: 0 would kill this test's own process group. */
export async function postmasterPid(dataDir: string): Promise<number> {
  const [line = ''] = (await readFile(pidFileOf(dataDir), 'utf8')).split('\n');
  const pid = Number(line);
  if (!Number.isInteger(pid) || pid <= 1)
    throw new Error(`${pidFileOf(dataDir)} begins with ${JSON.stringify(line)}`);
  return pid;
}
