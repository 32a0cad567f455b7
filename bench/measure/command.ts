/** Programs that a bench uses where they are there. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** Ten seconds of 44.1 kHz stereo floats are 3.5 MB. */
const maxOutputBytes = 64 * 2 ** 20;

export function hasCommand(name: string): boolean {
  const { PATH = '' } = process.env;
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Its stdout. Rejects with what it wrote to stderr when it fails. */
export async function run(name: string, args: readonly string[]): Promise<Buffer> {
  const { stdout } = await execute(name, [...args], { encoding: 'buffer', maxBuffer: maxOutputBytes });
  return stdout;
}

/** Works through a list, several at a time; results in the order of the list. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
