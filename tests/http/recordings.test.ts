import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { silentFingerprintFile, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

describe('recordings over HTTP', () => {
  let server: TestServer;
  let client: HttpClient;

  beforeAll(async () => {
    server = await openTestServer();
    client = await server.client('Harbour Records', 'rightsholder');
  });
  afterAll(() => server.close());

  it('are registered with their metadata and shown as they were given', async () => {
    const fields = {
      external_id: 'full',
      isrc: 'gb-aye-93-00106',
      title: 'The Great Gig',
      artist: 'Somebody',
      label: 'Harvest',
      release_date: '1973-03',
      version: '2011 Remaster',
    };
    const registered = await client.register(fields, syntheticFingerprintFile(1));
    expect(registered.status).toBe(201);
    expect(registered.body).toMatchObject({
      external_id: 'full',
      outcome: 'registered',
      duration_ms: 20_000,
    });
    expect(registered.headers.get('location')).toBe(`/v1/recordings/${registered.body.recording_id}`);

    const shown = await client.send(registered.headers.get('location') as string);
    expect(shown.body).toMatchObject({
      ...Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'isrc')),
      isrcs: [{ isrc: 'GBAYE9300106', asserted_by: 'Harbour Records' }],
      references: [{ reference_id: registered.body.reference_id, status: 'active', duration_ms: 20_000 }],
    });
  });

  it('are unchanged by the same again, and updated by other metadata', async () => {
    const fields = { external_id: 'again', title: 'Once' };
    const first = await client.register(fields, syntheticFingerprintFile(2));
    const same = await client.register(fields, syntheticFingerprintFile(2));
    const other = await client.register({ ...fields, title: 'Twice' }, syntheticFingerprintFile(2));
    expect([first, same, other].map(({ status, body }) => [status, body.outcome])).toEqual([
      [201, 'registered'],
      [200, 'unchanged'],
      [200, 'updated'],
    ]);
    expect(other.body.recording_id).toBe(first.body.recording_id);
    expect((await client.recording(first.body.recording_id)).body.title).toBe('Twice');
  });

  it('are refused with other audio under the same external id', async () => {
    await client.register({ external_id: 'taken' }, syntheticFingerprintFile(3));
    const answer = await client.register({ external_id: 'taken' }, syntheticFingerprintFile(4));
    expect([answer.status, answer.body.code]).toEqual([409, 'RECORDING_HAS_OTHER_AUDIO']);
  });

  it('share one reference where a party registers the same audio twice', async () => {
    const one = await client.register({ external_id: 'single' }, syntheticFingerprintFile(5));
    const two = await client.register({ external_id: 'album' }, syntheticFingerprintFile(5));
    expect(two.body.outcome).toBe('registered');
    expect(two.body.reference_id).toBe(one.body.reference_id);
    expect(two.body.recording_id).not.toBe(one.body.recording_id);
  });

  it('answer a repeated Idempotency-Key with the first answer', async () => {
    const send = (title: string, key: string) =>
      client.register({ external_id: `idem-${title}`, title }, syntheticFingerprintFile(6), {
        'idempotency-key': key,
      });
    const first = await send('a', 'key-1');
    const again = await send('a', 'key-1');
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect((await send('b', 'key-1')).body).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await send('b', 'key-2')).status).toBe(201);
  });

  it('are registered once when the same request comes many times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        client.register({ external_id: 'race' }, syntheticFingerprintFile(7), { 'idempotency-key': 'race' }),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.recording_id)).size).toBe(1);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect((await client.list('?external_id=race')).body.recordings).toHaveLength(1);
  });

  it.each([
    ['silence', { external_id: 's' }, silentFingerprintFile(), 422, 'AUDIO_SILENT'],
    [
      'less than two seconds',
      { external_id: 's' },
      syntheticFingerprintFile(8, 1900),
      422,
      'AUDIO_TOO_SHORT',
    ],
    [
      'more than four hours',
      { external_id: 's' },
      silentFingerprintFile(5 * 3_600_000),
      422,
      'AUDIO_TOO_LONG',
    ],
    ['no external id', {}, syntheticFingerprintFile(8), 400, 'METADATA_INVALID'],
    ['a wrong ISRC', { external_id: 's', isrc: 'nope' }, syntheticFingerprintFile(8), 400, 'ISRC_INVALID'],
    [
      'a wrong date',
      { external_id: 's', release_date: '2023-02-30' },
      syntheticFingerprintFile(8),
      400,
      'METADATA_INVALID',
    ],
    [
      'bytes that are no fingerprint',
      { external_id: 's' },
      new Uint8Array(500),
      422,
      'FINGERPRINT_MALFORMED',
    ],
    [
      'a cut fingerprint',
      { external_id: 's' },
      syntheticFingerprintFile(8).slice(0, -9),
      422,
      'FINGERPRINT_MALFORMED',
    ],
  ])('are refused with %s', async (_what, fields, fingerprint, status, code) => {
    const answer = await client.register(fields as Record<string, string>, fingerprint);
    expect(answer.body).toMatchObject({ status, code });
    expect((await client.list('?external_id=s')).body.recordings).toEqual([]);
  });

  it('are gone after their removal, and their external id is free again', async () => {
    const { recording_id } = (await client.register({ external_id: 'brief' }, syntheticFingerprintFile(9)))
      .body;
    expect((await client.remove(recording_id)).body.position).toBeGreaterThan(0);
    expect((await client.recording(recording_id)).status).toBe(404);
    expect((await client.remove(recording_id)).status).toBe(404);
    expect((await client.register({ external_id: 'brief' }, syntheticFingerprintFile(10))).status).toBe(201);
  });

  describe('in a list', () => {
    let lister: HttpClient;
    const all = Array.from({ length: 7 }, (_, i) => `item-${i}`);

    beforeAll(async () => {
      lister = await server.client('Long Lists', 'rightsholder');
      for (const [i, external_id] of all.entries()) {
        const fields = { external_id, title: `100% Song_${i}`, ...(i === 3 ? { isrc: 'USRC17607839' } : {}) };
        await lister.register(fields, syntheticFingerprintFile(100 + i));
      }
    });

    const ids = (answer: { body: { recordings: { external_id: string }[] } }) =>
      answer.body.recordings.map(({ external_id }) => external_id);

    it('come page by page, each once, in the order they were registered in', async () => {
      const seen: string[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await lister.list(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
        seen.push(...ids(page));
        cursor = page.body.next_cursor;
        pages += 1;
      } while (cursor);
      expect([seen, pages]).toEqual([all, 3]);
    });

    it('end without a cursor where the last page is full', async () => {
      expect((await lister.list(`?limit=${all.length}`)).body).not.toHaveProperty('next_cursor');
    });

    it('are found by ISRC however it is written, by external id, and by part of the title', async () => {
      expect(ids(await lister.list('?isrc=US-RC1-76-07839'))).toEqual(['item-3']);
      expect(ids(await lister.list('?external_id=item-5'))).toEqual(['item-5']);
      expect(ids(await lister.list('?title=SONG_2'))).toEqual(['item-2']);
      expect(ids(await lister.list('?title=songx2'))).toEqual([]);
      expect(ids(await lister.list('?title=100%25%20s'))).toEqual(all);
    });

    it.each([
      ['?cursor=nonsense', 'CURSOR_INVALID'],
      ['?isrc=nope', 'ISRC_INVALID'],
      ['?limit=0', 'REQUEST_INVALID'],
      ['?limit=201', 'REQUEST_INVALID'],
      ['?limit=ten', 'REQUEST_INVALID'],
      ['?titel=x', 'REQUEST_INVALID'],
    ])('%s is refused as %s', async (query, code) => {
      expect((await lister.list(query)).body).toMatchObject({ status: 400, code });
    });
  });
});
