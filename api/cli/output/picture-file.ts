/** The file a picture is written to: an earlier picture is replaced, anything else is left alone. */
import { open, rename, rm } from 'node:fs/promises';
import { isExplanationPicture } from '../../picture/explanation-picture.ts';
import { usageError } from '../exit-status.ts';

/** What tells a picture of ours lies within so many bytes. */
const startBytes = 200;

/** Before any work is done. Throws a usage error where something else lies there. */
export async function refuseForeignFile(path: string): Promise<void> {
  const start = await startOf(path);
  if (start !== undefined && !isExplanationPicture(start)) {
    throw usageError(
      `"${path}" is there already and is no picture of an explanation: name another file with --output, or move it away.`,
    );
  }
}

/** Under another name until it is whole. */
export async function writePicture(path: string, svg: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.part`;
  const file = await open(unfinished, 'w').catch((error: unknown) => {
    throw usageError(`The picture cannot be written: ${error instanceof Error ? error.message : error}`);
  });
  try {
    await file.writeFile(svg);
    await rename(unfinished, path);
  } finally {
    await file.close();
    await rm(unfinished, { force: true });
  }
}

async function startOf(path: string): Promise<string | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw usageError(`"${path}" cannot be read: ${error.message}`);
  });
  if (file === undefined) return undefined;
  try {
    if ((await file.stat()).isDirectory()) return '';
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
