import { expect, it, vi } from 'vitest';
import type { Scoped } from '../../api/context.ts';
import { type LoadAnswer, loadMetadata } from '../../api/registry/load-metadata.ts';
import { type GivenRow, readMetadataRows } from '../../api/registry/metadata-rows.ts';
import type { MetadataBatch } from '../../api/store/metadata-load.ts';
import { StoreUnavailable } from '../../api/store/store-unavailable.ts';

const partyId = '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa';
const nothing = {
  ...{ newRecordings: 0, changedRecordings: 0, unchangedRecordings: 0, newIdentifiers: 0 },
  ...{ unchangedIdentifiers: 0, unknownLines: [], tooManyLines: [], conflicts: [] },
};

function contextWith(mergeMetadata: (batch: MetadataBatch) => Promise<object>): Scoped {
  return { store: { mergeMetadata }, log: { warn: () => undefined } } as unknown as Scoped;
}
async function* rowsOf(count: number): AsyncGenerator<GivenRow> {
  for (let line = 1; line <= count; line++) yield { line, fields: { external_id: `row ${line}` } };
}
async function collect<T>(of: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of of) all.push(one);
  return all;
}

it('merges a batch again while the database is away, and the same batch', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 500 });
  const asked: MetadataBatch[] = [];
  const context = contextWith(async (batch) => {
    asked.push(batch);
    if (asked.length < 3) throw new StoreUnavailable('timeout', 'too slow');
    return { ...nothing, newRecordings: batch.recordings.length };
  });
  const answers = await collect(loadMetadata(context, { partyId }, rowsOf(3)));
  vi.useRealTimers();
  expect(asked).toHaveLength(3);
  expect(new Set(asked).size).toBe(1);
  expect(answers.at(-1)).toMatchObject({ type: 'done', rows: 3, new_recordings: 3 });
});

it('gives up on a mistake of ours at once', async () => {
  const context = contextWith(() => Promise.reject(new TypeError('ours')));
  await expect(collect(loadMetadata(context, { partyId }, rowsOf(1)))).rejects.toThrow('ours');
});

it('reads no further ahead than the batch after the two that are merged', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  let readCount = 0;
  async function* counted(): AsyncGenerator<GivenRow> {
    for await (const row of rowsOf(100_000)) {
      readCount = row.line;
      yield row;
    }
  }
  const context = contextWith(async () => {
    await held;
    return nothing;
  });
  const all: Promise<LoadAnswer[]> = collect(loadMetadata(context, { partyId }, counted()));
  await expect.poll(() => readCount).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(readCount).toBeLessThanOrEqual(15_000);
  letGo();
  expect((await all).at(-1)).toMatchObject({ type: 'done', rows: 100_000 });
});

/** Merges when it is told to; which batches wait, by the first of their recordings. */
function heldMerges() {
  const held = new Map<string, () => void>();
  const context = contextWith(async (batch) => {
    const first = batch.recordings[0]?.externalId ?? '';
    await new Promise<void>((resolve) => held.set(first, resolve));
    held.delete(first);
    return { ...nothing, newRecordings: batch.recordings.length };
  });
  return { context, held };
}

it('merges two batches at once, and tells of the earlier one first', async () => {
  const { context, held } = heldMerges();
  const all = collect(loadMetadata(context, { partyId }, rowsOf(10_001)));
  await expect.poll(() => [...held.keys()]).toEqual(['row 1', 'row 5001']);
  held.get('row 5001')?.();
  await expect.poll(() => [...held.keys()]).toEqual(['row 1']);
  held.get('row 1')?.();
  await expect.poll(() => [...held.keys()]).toEqual(['row 10001']);
  held.get('row 10001')?.();
  const answers = await all;
  expect(answers.map((answer) => answer.type)).toEqual(['progress', 'progress', 'progress', 'done']);
  expect(answers.at(-1)).toMatchObject({ rows: 10_001, new_recordings: 10_001 });
});

it('merges what is said again of a recording after what was said of it before', async () => {
  async function* again(): AsyncGenerator<GivenRow> {
    yield* rowsOf(5000);
    yield { line: 5001, fields: { external_id: 'other' } };
    yield { line: 5002, fields: { external_id: 'row 7', title: 'The last word' } };
  }
  const { context, held } = heldMerges();
  const all = collect(loadMetadata(context, { partyId }, again()));
  await expect.poll(() => held.size).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([...held.keys()]).toEqual(['row 1']);
  held.get('row 1')?.();
  await expect.poll(() => [...held.keys()]).toEqual(['other']);
  held.get('other')?.();
  expect((await all).at(-1)).toMatchObject({ type: 'done', rows: 5002 });
});

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it.each([1, 3, 7, 1000])('reads rows that come in pieces of %i bytes', async (size) => {
  const csv = '\ufeffExternal_ID,title,shelf\r\nä-1,"Größe, 1\n""x""",s\r\n\r\n2,✓,s\r\n';
  const ignored: string[] = [];
  const rows = await collect(
    readMetadataRows('csv', pieces(csv, size), (columns) => ignored.push(...columns)),
  );
  expect(rows.map((row) => row.fields)).toEqual([
    { external_id: 'ä-1', title: 'Größe, 1\n"x"' },
    { external_id: '2', title: '✓' },
  ]);
  expect(ignored).toEqual(['shelf']);
  const ndjson = '{"external_id":"ä"}\n\n{"external_id":"✓","isrc":null}';
  expect(await collect(readMetadataRows('ndjson', pieces(ndjson, size)))).toEqual([
    { line: 1, fields: { external_id: 'ä' } },
    { line: 3, fields: { external_id: '✓' } },
  ]);
});

it('tells a line that is too long, and reads the one after it', async () => {
  const text = `{"external_id":"1","title":"${'x'.repeat(300_000)}"}\n{"external_id":"2"}\n`;
  const rows = await collect(readMetadataRows('ndjson', pieces(text, 10_000)));
  expect(rows).toMatchObject([{ line: 1, unreadable: expect.stringContaining('at most') }, { line: 2 }]);
});
