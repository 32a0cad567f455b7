import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentifiedView } from '../../api/registry/find-by-identifier.ts';
import type { LoadAnswer } from '../../api/registry/load-metadata.ts';
import type { HttpClient } from '../support/http-client.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

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

async function load(client: HttpClient, body: string, type = 'application/x-ndjson', query = '') {
  const path = `/v1/recordings/metadata${query}`;
  const answer = await client.post<string>(path, body, { 'content-type': type });
  expect([answer.status, answer.body]).toEqual([200, expect.any(String)]);
  const lines = answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LoadAnswer);
  const done = lines.at(-1);
  if (done?.type !== 'done') throw new Error(`the load did not end: ${answer.body}`);
  return { done, lines: lines.filter((line) => 'line' in line) };
}
const ndjson = (...rows: Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const csv = (...lines: string[]) => `${lines.join('\n')}\n`;
const lookUp = (client: HttpClient, value: string, scheme = 'isrc') =>
  client.send<IdentifiedView>(`/v1/identifiers?${new URLSearchParams({ scheme, value })}`);

describe('a load of metadata', () => {
  it('makes recordings and asserts identifiers, and the same again changes nothing', async () => {
    const body = csv(
      'external_id,isrc,title,artist,label,upc_ean',
      'L-1,DE-A12-24-00101,"Time, and again",Ada,Quay,5901234123457',
      'L-2,DEA122400102,Lanterns,Ada,Quay,',
    );
    const first = await load(harbour, body, 'text/csv');
    expect(first.lines).toEqual([]);
    expect(first.done).toMatchObject({ rows: 2, new_recordings: 2, new_identifiers: 3, refused: 0 });
    const [recording] = (await harbour.list('?external_id=L-1')).body.recordings;
    expect(recording).toMatchObject({
      title: 'Time, and again',
      label: 'Quay',
      isrcs: [{ isrc: 'DEA122400101', asserted_by: 'Harbour Records' }],
      references: [],
    });
    const again = await load(harbour, body, 'text/csv');
    expect(again.done).toMatchObject({
      ...{ new_recordings: 0, changed_recordings: 0, unchanged_recordings: 2 },
      ...{ new_identifiers: 0, unchanged_identifiers: 3, conflicts: 0 },
    });
  });

  it('replaces what is given and leaves what is not, of a recording once for all its rows', async () => {
    await load(harbour, ndjson({ external_id: 'L-3', title: 'Before', artist: 'Ada' }));
    const rows = [
      { external_id: 'L-3', title: 'After' },
      { external_id: 'L-3', version: 'Live' },
    ];
    const { done } = await load(harbour, ndjson(...rows));
    expect(done).toMatchObject({ rows: 2, changed_recordings: 1, new_recordings: 0 });
    const [recording] = (await harbour.list('?external_id=L-3')).body.recordings;
    expect(recording).toMatchObject({ title: 'After', artist: 'Ada', version: 'Live' });
  });

  it('refuses a bad row by its line and code, and takes the others', async () => {
    const body = csv(
      'external_id,isrc,title,shelf',
      'L-10,DEA122400110,Kept,3',
      'L-11,not an isrc,Lost,3',
      'too,few',
      ',DEA122400112,Nameless,3',
      'L-13,,Kept too,3',
    );
    const { done, lines } = await load(harbour, body, 'text/csv');
    expect(lines.map((one) => (one.type === 'refused' ? [one.line, one.error.code] : one))).toEqual([
      [3, 'ISRC_INVALID'],
      [4, 'METADATA_INVALID'],
      [5, 'METADATA_INVALID'],
    ]);
    expect(done).toMatchObject({ rows: 5, new_recordings: 2, refused: 3 });
    expect((await harbour.list('?external_id=L-11')).body.recordings).toEqual([]);
    const text = `{"external_id":"L-14"}\nnonsense\n\n{"external_id":"L-15","isrcs":"x"}\n["L-16"]\n{"external_id":"L-17","title":7}\n`;
    const { lines: refused } = await load(harbour, text);
    expect(refused.map(({ type, line }) => [type, line])).toEqual([2, 4, 5, 6].map((n) => ['refused', n]));
  });

  it('says where a row is at odds: with another ISRC of the recording, and with another party', async () => {
    await load(meadow, ndjson({ external_id: 'M-1', isrc: 'DEA122400120', title: 'Theirs' }));
    const rows = [
      { external_id: 'L-20', isrc: 'DEA122400120', title: 'Ours' },
      { external_id: 'L-21', isrc: 'DEA122400121' },
    ];
    const { lines, done } = await load(
      harbour,
      ndjson(...rows, { external_id: 'L-21', isrc: 'DEA122400122' }),
    );
    const several = { kind: 'several_values', values: ['DEA122400121', 'DEA122400122'], other_parties: 0 };
    expect(lines).toMatchObject([
      {
        line: 1,
        kind: 'asserted_elsewhere',
        values: ['DEA122400120'],
        other_parties: 1,
        external_id: 'L-20',
      },
      { line: 2, ...several },
      { line: 3, ...several },
    ]);
    expect(done.conflicts).toBe(3);
    expect(JSON.stringify(lines)).not.toContain('Meadow');
    // The same again says the same.
    expect((await load(harbour, ndjson(...rows))).lines).toHaveLength(2);
  });

  it('makes no recording where it is to bring up to date only', async () => {
    await load(harbour, ndjson({ external_id: 'L-30', title: 'Known' }));
    const rows = [
      { external_id: 'L-31', title: 'Mistyped', isrc: 'DEA122400131' },
      { external_id: 'L-30', isrc: 'DEA122400130' },
    ];
    const query = '?only_existing=true&delivery=ERN%207';
    const { lines, done } = await load(harbour, ndjson(...rows), undefined, query);
    expect(lines).toMatchObject([{ line: 1, error: { code: 'RECORDING_NOT_FOUND' } }]);
    expect(done).toMatchObject({
      new_recordings: 0,
      unchanged_recordings: 1,
      new_identifiers: 1,
      refused: 1,
    });
    expect((await lookUp(harbour, 'DEA122400130')).body.recordings[0]?.delivery).toBe('ERN 7');
    expect((await lookUp(harbour, 'DEA122400131')).body.recordings).toEqual([]);
  });

  it('holds more than one batch, and every text that a title can have', async () => {
    const rows = Array.from({ length: 20_500 }, (_, i) => ({
      external_id: `B-${i}`,
      title: `Back\\slash ${i} "quoted" ✓`,
    }));
    const { done } = await load(meadow, ndjson(...rows));
    expect(done).toMatchObject({ rows: 20_500, new_recordings: 20_500 });
    const [last] = (await meadow.list('?external_id=B-20499')).body.recordings;
    expect(last?.title).toBe('Back\\slash 20499 "quoted" ✓');
    expect((await load(meadow, ndjson(...rows))).done.unchanged_recordings).toBe(20_500);
  });

  it('of which two run at once makes each recording once', async () => {
    const rows = (from: number) =>
      Array.from({ length: 3000 }, (_, i) => ({
        external_id: `T-${(from + i * 7) % 4000}`,
        title: `Twice ${i}`,
      }));
    const done = await Promise.all([0, 1, 2].map((from) => load(harbour, ndjson(...rows(from * 500)))));
    const made = done.reduce((sum, one) => sum + one.done.new_recordings, 0);
    const { body } = await harbour.list('?title=Twice&limit=200');
    expect(body.next_cursor).toBeDefined();
    const names = new Set([0, 1, 2].flatMap((from) => rows(from * 500).map((row) => row.external_id)));
    expect(made).toBe(names.size);
  }, 60_000);

  it('is before the audio, which is registered under the same external id', async () => {
    await load(harbour, ndjson({ external_id: 'L-40', title: 'Early', isrc: 'DEA122400140' }));
    const { status, body } = await harbour.register({ external_id: 'L-40' }, syntheticFingerprintFile(4040));
    expect([status, body.outcome]).toEqual([201, 'registered']);
    const [match] = (await meadow.scan(syntheticFingerprintFile(4040))).body.matches;
    expect(match).toMatchObject({ title: 'Early', isrc: 'DEA122400140' });
    const again = await harbour.register({ external_id: 'L-40' }, syntheticFingerprintFile(4040));
    expect([again.status, again.body.outcome]).toEqual([200, 'unchanged']);
    const other = await harbour.register({ external_id: 'L-40' }, syntheticFingerprintFile(4041));
    expect(other.body.code).toBe('RECORDING_HAS_OTHER_AUDIO');
  });

  it('is refused whole without a header, without a key for it, and in another type', async () => {
    const send = (client: HttpClient, body: string, type: string) =>
      client.post<{ code: string }>('/v1/recordings/metadata', body, { 'content-type': type });
    const headless = await send(harbour, 'L-50,Title\n', 'text/csv');
    expect([headless.status, headless.body.code]).toEqual([400, 'METADATA_INVALID']);
    const platform = await server.client('Tube', 'platform');
    expect((await send(platform, ndjson({ external_id: 'x' }), 'application/x-ndjson')).status).toBe(403);
    expect((await send(harbour, '[]', 'application/json')).body.code).toBe('CONTENT_TYPE_UNSUPPORTED');
  });
});

describe('an identifier', () => {
  it('is looked up whatever its scheme and spelling, among the own recordings', async () => {
    await load(
      harbour,
      ndjson({ external_id: 'I-1', isrc: 'DEA122400201', upc_ean: '036000291452', title: 'One' }),
    );
    const { body } = await lookUp(harbour, 'de-a12-24-00201');
    expect(body).toMatchObject({
      value: 'DEA122400201',
      recordings: [{ external_id: 'I-1', title: 'One', asserted_by: 'Harbour Records' }],
      other_parties: 0,
    });
    expect((await lookUp(harbour, '036000291452', 'upc_ean')).body.recordings).toHaveLength(1);
    expect((await lookUp(meadow, 'DEA122400201')).body).toMatchObject({ recordings: [], other_parties: 0 });
    await load(meadow, ndjson({ external_id: 'I-9', isrc: 'DEA122400201' }));
    expect((await lookUp(harbour, 'DEA122400201')).body).toMatchObject({
      recordings: [{ external_id: 'I-1' }],
      other_parties: 1,
    });
    expect((await lookUp(operator, 'DEA122400201')).body.recordings).toHaveLength(2);
    expect((await lookUp(harbour, 'nope')).body).toMatchObject({ code: 'ISRC_INVALID' });
  });
});
