/** Is there an ffmpeg on the PATH, and which. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export type Ffmpeg = { readonly path: string; readonly version: string };

const run = promisify(execFile);
/** A cold start on a slow disk takes a second or two. */
const answerTimeoutMs = 10_000;
const isWindows = process.platform === 'win32';

let found: Promise<Ffmpeg | undefined> | undefined;

/** Looked for once in each thread; undefined where there is none, or none that answers. */
export function findFfmpeg(): Promise<Ffmpeg | undefined> {
  found ??= look();
  return found;
}

async function look(): Promise<Ffmpeg | undefined> {
  try {
    // The shell looks along the PATH: an absolute path lets ffmpeg later be started with an empty environment.
    const [finder, args] = isWindows ? ['where', ['ffmpeg']] : ['/bin/sh', ['-c', 'command -v ffmpeg']];
    const { stdout: paths } = await run(finder as string, args as string[], { timeout: answerTimeoutMs });
    const path = paths.split(/\r?\n/)[0] ?? '';
    const { stdout: banner } = await run(path, ['-version'], { timeout: answerTimeoutMs });
    const version = /^ffmpeg version (\S+)/.exec(banner)?.[1];
    return version === undefined ? undefined : { path, version };
  } catch {
    return undefined;
  }
}
