import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkItem, WorkList } from '../../api/cli/input/items.ts';
import { openAnswerFile } from '../../api/cli/output/answer-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-answers-'));
  path = join(folder, 'answers.ndjson');
});
afterEach(() => rm(folder, { recursive: true }));

async function listOf(...externalIds: string[]): Promise<WorkList> {
  const items: WorkItem[] = [];
  for (const externalId of externalIds) {
    const audio = join(folder, externalId);
    await writeFile(audio, 'audio', { flag: 'a' });
    items.push({ externalId, path: audio, metadata: {} });
  }
  return {
    count: items.length,
    has: (externalId) => externalIds.includes(externalId),
    async *items() {
      yield* items;
    },
    warnings: [],
  };
}

const line = (externalId: string, position: number) =>
  JSON.stringify({
    scan_id: v7({ msecs: Date.now() + 1000 }),
    external_id: externalId,
    duration_ms: 1,
    index_position: position,
    transforms: 'all',
    matches: [],
  });

const asked = { transforms: 'all', alternatives: false } as const;

async function keptOf(
  list: WorkList,
  position: number,
  { startAfresh = false, alternatives = false } = {},
): Promise<string[]> {
  const file = await openAnswerFile(path, { list, position, ...asked, alternatives, startAfresh });
  const kept: string[] = [];
  for await (const item of list.items()) if (await file.findKept(item)) kept.push(item.externalId);
  await file.close();
  return kept;
}

describe('the answer file', () => {
  it('is put in place whole, in the order of the list, whatever order the answers came in', async () => {
    const list = await listOf('a', 'b', 'c');
    const file = await openAnswerFile(path, { list, position: 1, ...asked, startAfresh: false });
    for (const id of ['c', 'a', 'b']) await file.append(id, line(id, 1));
    await expect(readFile(path)).rejects.toThrow();
    await file.complete();
    const ids = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text).external_id);
    expect(ids).toEqual(['a', 'b', 'c']);
    await expect(readFile(`${path}.part`)).rejects.toThrow();
  });

  it('goes on after a kill, without the half line that it left', async () => {
    const list = await listOf('a', 'b');
    await writeFile(`${path}.part`, `${line('a', 1)}\n${line('b', 1).slice(0, 30)}`);
    expect(await keptOf(list, 1)).toEqual(['a']);
    const file = await openAnswerFile(path, { list, position: 1, ...asked, startAfresh: false });
    await file.append('b', line('b', 1));
    await file.complete();
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((text) => JSON.parse(text).external_id)).toEqual(['a', 'b']);
  });

  it('keeps no answer of another index position, no error, and nothing that is not on the list', async () => {
    const list = await listOf('a', 'b', 'c');
    const error = JSON.stringify({ external_id: 'b', error: { code: 'AUDIO_UNREADABLE', message: 'x' } });
    await writeFile(path, `${line('a', 1)}\n${error}\n${line('c', 2)}\n${line('gone', 2)}\nnot json\n`);
    expect(await keptOf(list, 2)).toEqual(['c']);
  });

  it('keeps no answer that was asked for otherwise: with other transforms, with alternatives or without', async () => {
    const list = await listOf('a', 'b', 'c');
    const [a, b, c] = ['a', 'b', 'c'].map((id) => JSON.parse(line(id, 1)));
    const lines = [a, { ...b, alternatives: true }, { ...c, transforms: 'none' }];
    await writeFile(path, lines.map((value) => `${JSON.stringify(value)}\n`).join(''));
    expect(await keptOf(list, 1)).toEqual(['a']);
    expect(await keptOf(list, 1, { alternatives: true })).toEqual(['b']);
  });

  it('keeps no answer about a file that was changed since', async () => {
    const list = await listOf('a', 'b');
    const old = (id: string) =>
      line(id, 1).replace(/"scan_id":"[^"]+"/, `"scan_id":"${v7({ msecs: Date.now() })}"`);
    await writeFile(path, `${old('a')}\n${old('b')}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await appendFile(join(folder, 'a'), 'more');
    expect(await keptOf(list, 1)).toEqual(['b']);
  });

  it('keeps nothing when told to start afresh', async () => {
    const list = await listOf('a');
    await writeFile(path, `${line('a', 1)}\n`);
    expect(await keptOf(list, 1)).toEqual(['a']);
    expect(await keptOf(list, 1, { startAfresh: true })).toEqual([]);
  });
});
