/**
 * The NDJSON file of a scan. Answers are appended to `FILE.part` as they come, so a kill loses what was in flight and
 * nothing else; when the list is through, `FILE` is written anew in the order of the list and put in place in one
 * step. Whoever finds `FILE` finds a whole one.
 *
 * An answer of an earlier run is kept when giving it again would give the same: it was given at the index position
 * that holds now, for the same transforms and with alternatives or without as now, by this build of earmark, after the upload was last
 * changed, and it is not an error.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TransformSet } from '../../../workers/protocol.ts';
import type { ScanAnswer } from '../../registry/scan-answer.ts';
import { usageError } from '../exit-status.ts';
import type { WorkItem, WorkList } from '../input/items.ts';

/** A two-day compilation of three-second excerpts comes to less. */
const maxLineBytes = 64 * 2 ** 20;

export type AnswerFile = {
  /** The answer an earlier run gave, where it still holds. */
  findKept(item: WorkItem): Promise<ScanAnswer | undefined>;
  append(externalId: string, line: string): Promise<void>;
  /** The list is through: puts the whole file in place. */
  complete(): Promise<void>;
  /** Leaves the answers so far in `FILE.part` for the next run. */
  close(): Promise<void>;
};

type Place = { readonly source: 'part' | 'whole'; readonly offset: number; readonly bytes: number };
type Kept = Place & { readonly answeredAtMs: number };

export async function openAnswerFile(
  path: string,
  {
    list,
    position,
    transforms,
    alternatives,
    startAfresh,
  }: {
    list: WorkList;
    position: number;
    transforms: TransformSet;
    alternatives: boolean;
    startAfresh: boolean;
  },
): Promise<AnswerFile> {
  const partPath = `${path}.part`;
  if (startAfresh) await rm(partPath, { force: true });
  const kept = new Map<string, Kept>();
  const builtAtMs = await newestSourceMs();
  const keep = (source: Place['source']) => (line: LineOfFile) => {
    const answeredAtMs = line.answer && answerTimeMs(line.answer);
    const externalId = line.answer?.external_id;
    if (!line.answer || answeredAtMs === undefined || typeof externalId !== 'string') return;
    if (line.answer.transforms !== transforms || (line.answer.alternatives ?? false) !== alternatives) return;
    if (line.answer.index_position !== position || answeredAtMs <= builtAtMs || !list.has(externalId)) return;
    kept.set(externalId, { source, offset: line.offset, bytes: line.bytes, answeredAtMs });
  };
  if (!startAfresh) await readLines(path, keep('whole'));
  // Half a line, left by a kill in mid-write, is cut off before anything is appended.
  const partBytes = startAfresh ? 0 : await readLines(partPath, keep('part'));
  if (partBytes !== undefined && !startAfresh) await truncate(partPath, partBytes);
  const part = await open(partPath, 'a+').catch((error: unknown) => {
    throw usageError(`The answers cannot be written: ${error instanceof Error ? error.message : error}`);
  });
  const whole = kept.values().some((place) => place.source === 'whole') ? await open(path, 'r') : undefined;
  const places = new Map<string, Place>(kept);
  let endOfPart = partBytes ?? 0;
  // One after the other: several items finish at once, and their lines must not run into each other.
  let lastAppend = Promise.resolve();
  const readPlace = async ({ source, offset, bytes }: Place): Promise<Buffer> => {
    const file = (source === 'part' ? part : whole) as FileHandle;
    const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, offset);
    return buffer;
  };
  const close = async () => {
    await part.close();
    await whole?.close();
  };
  return {
    async findKept(item) {
      const place = kept.get(item.externalId);
      if (place === undefined || place.answeredAtMs <= (await changedAtMs(item.path))) return undefined;
      return JSON.parse((await readPlace(place)).toString('utf8'));
    },
    append(externalId, line) {
      const bytes = Buffer.from(`${line}\n`);
      lastAppend = lastAppend.then(async () => {
        await part.appendFile(bytes);
        places.set(externalId, { source: 'part', offset: endOfPart, bytes: bytes.length });
        endOfPart += bytes.length;
      });
      return lastAppend;
    },
    async complete() {
      const newPath = `${path}.new`;
      const file = await open(newPath, 'w');
      try {
        for await (const { externalId } of list.items()) {
          const place = places.get(externalId);
          if (place !== undefined) await file.appendFile(await readPlace(place));
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await close();
      await rename(newPath, path);
      await rm(partPath, { force: true });
    },
    close,
  };
}

type LineOfFile = {
  readonly offset: number;
  readonly bytes: number;
  readonly answer: ScanAnswer | undefined;
};

/** The bytes of all whole lines; `undefined` where there is no such file. */
async function readLines(path: string, onLine: (line: LineOfFile) => void): Promise<number | undefined> {
  let offset = 0;
  let pending = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      pending = Buffer.concat([pending, chunk]);
      let start = 0;
      for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10, start)) {
        const bytes = end + 1 - start;
        onLine({ offset, bytes, answer: parseAnswer(pending.toString('utf8', start, end)) });
        offset += bytes;
        start = end + 1;
      }
      pending = pending.subarray(start);
      if (pending.length > maxLineBytes)
        throw new Error(`${path} has a line of more than ${maxLineBytes} bytes`);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return offset;
}

function parseAnswer(line: string): ScanAnswer | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'matches' in value
      ? (value as ScanAnswer)
      : undefined;
  } catch {
    return undefined;
  }
}

/** When the answer was given: the first 48 bits of its id (RFC 9562, UUID version 7) are that time. */
function answerTimeMs({ scan_id: scanId }: ScanAnswer): number | undefined {
  if (typeof scanId !== 'string' || scanId[14] !== '7') return undefined;
  return Number.parseInt(scanId.slice(0, 8) + scanId.slice(9, 13), 16);
}

/** Time of change, not of modification: a file that was replaced by an older one has changed too. */
async function changedAtMs(path: string): Promise<number> {
  return (await stat(path)).ctimeMs;
}

/** When what fingerprints and matches was last changed on this machine: by an update, or by somebody at work on it. */
async function newestSourceMs(): Promise<number> {
  const folder = resolve(fileURLToPath(new URL('../../../workers', import.meta.url)));
  let newestMs = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    newestMs = Math.max(newestMs, await changedAtMs(resolve(folder, name)));
  }
  return newestMs;
}
