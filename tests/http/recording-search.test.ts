import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchAnswer } from '../../api/registry/search-recordings.ts';
import { HttpClient } from '../support/http-client.ts';
import { createKeyOf, openTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let harbour: HttpClient;
let meadow: HttpClient;
let operator: HttpClient;

beforeAll(async () => {
  server = await openTestServer();
  harbour = await server.client('Harbour Records', 'rightsholder');
  meadow = await server.client('Meadow Music', 'rightsholder');
  operator = await server.client('Ops', 'operator');
});
afterAll(() => server?.close());

type Row = Readonly<Record<string, string>>;

async function load(client: HttpClient, body: string): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const answer = await client.post<string>('/v1/recordings/metadata', body, headers);
  expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('"done"')]);
}
const ndjson = (...rows: Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const found = async (client: HttpClient, query: string) => {
  const { status, body } = await client.send<SearchAnswer>(`/v1/recordings/search?${query}`);
  expect(status).toBe(200);
  return body;
};
const titles = async (client: HttpClient, q: string) =>
  (await found(client, new URLSearchParams({ q }).toString())).recordings.map(({ title }) => title);

describe('a search', () => {
  beforeAll(async () => {
    const rows = [
      { external_id: 'S-1', title: 'Größenwahn', artist: 'Beyoncé' },
      { external_id: 'S-2', title: 'Christmas', artist: 'The Quays' },
      { external_id: 'S-3', title: 'Christmas at the lighthouse', artist: 'The Quays', version: 'Live' },
      { external_id: 'S-4', title: "Don't stop", artist: 'AC/DC' },
      { external_id: 'S-5', title: 'Ёлка', artist: '椎名林檎' },
    ];
    await load(harbour, ndjson(...rows));
    await load(meadow, ndjson({ external_id: 'S-6', title: 'Christmas elsewhere', artist: 'Xylographers' }));
  });

  it('finds all of the words, in any order and case, with or without accents and apostrophes', async () => {
    expect(await titles(harbour, 'BEYONCE')).toEqual(['Größenwahn']);
    expect(await titles(harbour, 'beyonce größenwahn')).toEqual(['Größenwahn']);
    expect(await titles(harbour, 'Dont stop')).toEqual(["Don't stop"]);
    expect(await titles(harbour, 'dc ac')).toEqual(["Don't stop"]);
    expect(await titles(harbour, 'елка')).toEqual(['Ёлка']);
    expect(await titles(harbour, '椎名林檎')).toEqual(['Ёлка']);
    expect(await titles(harbour, 'quays live')).toEqual(['Christmas at the lighthouse']);
  });

  it('puts a title that is what was asked for before one in which it is', async () => {
    expect(await titles(harbour, 'christmas')).toEqual(['Christmas', 'Christmas at the lighthouse']);
  });

  it('finds the beginning of a word where it is asked for, and not elsewhere', async () => {
    expect(await titles(harbour, 'light* quays')).toEqual(['Christmas at the lighthouse']);
    expect(await titles(harbour, 'ligh quays')).toEqual([]);
  });

  it('finds what is misspelt, and says so', async () => {
    const answer = await found(harbour, 'q=chrismas+ligthouse');
    expect(answer).toMatchObject({ is_approximate: true, is_complete: true });
    expect(answer.recordings.map(({ title }) => title)).toEqual(['Christmas at the lighthouse']);
    expect((await found(harbour, 'q=christmas')).is_approximate).toBe(false);
  });

  it('finds what has been renamed by its new words, and no longer by its old', async () => {
    await load(harbour, ndjson({ external_id: 'S-7', title: 'Umbrage' }));
    await load(harbour, ndjson({ external_id: 'S-7', title: 'Penumbra' }));
    expect([await titles(harbour, 'umbrage'), await titles(harbour, 'penumbra')]).toEqual([[], ['Penumbra']]);
    expect(await titles(harbour, 'penumbar')).toEqual(['Penumbra']);
  });

  it('is of the own recordings; an operator searches all, and a word of another is no help', async () => {
    expect(await titles(meadow, 'christmas')).toEqual(['Christmas elsewhere']);
    expect(await titles(operator, 'christmas')).toHaveLength(3);
    expect(await titles(harbour, 'xylographers')).toEqual([]);
    expect(await titles(harbour, 'xylografers')).toEqual([]);
  });

  it('is for an administrator of what its mandate covers', async () => {
    const { key, partyId } = await createKeyOf(server.records, { partyName: 'Pier', role: 'administrator' });
    const pier = new HttpClient(server.address, key);
    await load(harbour, ndjson({ external_id: 'S-8', title: 'Covered Christmas', label: 'Quay Label' }));
    const mandate = {
      administrator_id: partyId,
      catalog: 'label',
      labels: ['Quay Label'],
      evidence: 'contract',
    };
    const made = await harbour.json<{ party_id: string }>('POST', '/v1/mandates', mandate);
    const { recordings } = await found(pier, `q=christmas&on_behalf_of=${made.body.party_id}`);
    expect(recordings.map(({ title }) => title)).toEqual(['Covered Christmas']);
    expect((await found(pier, 'q=christmas')).recordings).toEqual([]);
  });

  it.each(['', '!!!', "'"])('refuses %j, in which there is no word', async (q) => {
    const { status } = await harbour.send(`/v1/recordings/search?${new URLSearchParams({ q })}`);
    expect(status).toBe(400);
  });

  it.each(["a' & 'b", '\\', "x:*'", 'a | b', '( )x'])(
    'takes %j for words and never for an expression',
    async (q) => {
      const { status } = await harbour.send(`/v1/recordings/search?${new URLSearchParams({ q })}`);
      expect([200, 400]).toContain(status);
    },
  );

  it('says where more have the words than it looked at', async () => {
    const rows = Array.from({ length: 230 }, (_, i) => ({
      external_id: `C-${i}`,
      title: `Commonplace ${i}`,
    }));
    await load(harbour, ndjson(...rows));
    const answer = await found(harbour, 'q=commonplace&limit=5');
    expect([answer.recordings.length, answer.is_complete]).toEqual([5, false]);
    expect((await found(harbour, 'q=commonplace+7')).is_complete).toBe(true);
  });
});
