import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkList } from '../../api/cli/input/items.ts';
import { collect } from './collect.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-manifest-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function open(text: string) {
  const path = join(folder, 'manifest.csv');
  await writeFile(path, text);
  const list = await openWorkList([], path);
  return { list, items: await collect(list.items()) };
}

describe('a manifest', () => {
  it('gives each row with its metadata, and paths from its own folder', async () => {
    const { list, items } = await open(
      '\ufeffexternal_id,path,title,release_date,isrc\r\nr1,audio/a.ogg,"One, two",1973-03-01,\r\nr2,/abs/b.ogg,,,GBAYE9300106\r\n',
    );
    expect(list.count).toBe(2);
    expect(list.has('r2')).toBe(true);
    expect(list.warnings).toEqual([]);
    expect(items).toEqual([
      {
        externalId: 'r1',
        path: join(folder, 'audio/a.ogg'),
        metadata: { title: 'One, two', releaseDate: '1973-03-01' },
      },
      { externalId: 'r2', path: '/abs/b.ogg', metadata: { isrc: 'GBAYE9300106' } },
    ]);
  });

  it('warns of a column it does not use', async () => {
    const { list } = await open('external_id,path,mood\na,a.ogg,sad\n');
    expect(list.warnings.join()).toContain('column "mood" is not used');
  });

  it.each([
    ['no header', 'r1,a.ogg\n', /first line that names its columns/],
    ['no path column', 'external_id,file\nr1,a.ogg\n', /external_id and path/],
    ['an empty id', 'external_id,path\n,a.ogg\n', /line 2: external_id is empty/],
    ['an empty path', 'external_id,path\nr1,a.ogg\nr2,\n', /line 3: path is empty/],
    [
      'the same id twice',
      'external_id,path\nr1,a.ogg\nr1,b.ogg\n',
      /line 3: external_id "r1" stands on line 2 too/,
    ],
    ['a column twice', 'external_id,path,path\nr1,a,b\n', /"path" twice/],
    ['a field too many', 'external_id,path\nr1,a.ogg,x\n', /not well-formed CSV/],
    ['an open quote', 'external_id,path\nr1,"a.ogg\n', /not well-formed CSV/],
    ['a field without end', `external_id,path\nr1,"${'a'.repeat(70_000)}"\n`, /not well-formed CSV/],
  ])('refuses %s before any work is done, and says where', async (_what, text, message) => {
    await expect(open(text)).rejects.toThrow(message);
    await expect(open(text)).rejects.toMatchObject({ status: 2 });
  });

  it('refuses a manifest that is not there', async () => {
    await expect(openWorkList([], join(folder, 'none.csv'))).rejects.toMatchObject({ status: 2 });
  });

  it('is not mixed with paths, and one of the two is needed', async () => {
    await expect(openWorkList(['a.ogg'], 'm.csv')).rejects.toMatchObject({ status: 2 });
    await expect(openWorkList([], undefined)).rejects.toMatchObject({ status: 2 });
  });
});
