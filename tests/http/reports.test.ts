/** Reports over HTTP: whose rows, in which form, in which order, and what challenged precision counts. */
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expireDue } from '../../api/registry/expire-due.ts';
import type { ReportedClaim, ReportedDispute, ReportedMatch } from '../../api/registry/report-rows.ts';
import { act, type ClaimsRegistry, dispute, openClaimsRegistry } from '../support/claims.ts';
import { HttpClient } from '../support/http-client.ts';

const dayMs = 86_400_000;
const day = (offset: number) => new Date(Date.now() + offset * dayMs).toISOString().slice(0, 10);
const period = `from=${day(-1)}&to=${day(2)}`;

let registry: ClaimsRegistry;
let operator: HttpClient;
let stranger: HttpClient;
beforeAll(async () => {
  registry = await openClaimsRegistry();
  operator = await registry.client('Ops', 'operator');
  stranger = (await registry.keyed('Stranger', 'rightsholder')).client;
});
afterAll(() => registry?.close());

const linesOf = async <T>(client: HttpClient, path: string): Promise<T[]> => {
  const { status, body } = await client.send<string>(path);
  expect(status).toBe(200);
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};
const reported = <T>(client: HttpClient, name: string, query = '') =>
  linesOf<T>(client, `/v1/reports/${name}?${period}${query}`);
const recordsOf = (csv: string) => parse(csv, { columns: true }) as Record<string, string>[];

type Precision = { from: string; to: string; claimants: Record<string, unknown>[] };
const precision = async (client: HttpClient, query = '') =>
  (await client.send<Precision>(`/v1/reports/challenged-precision?${period}${query}`)).body.claimants;

describe('challenged precision', () => {
  it('counts of the claims of a period the disputed, and of these what fell, what stood and what waits', async () => {
    const { claimant, platform } = registry;
    const lapsed = await registry.claim();
    await dispute(platform, lapsed.claim_id);
    await expireDue(registry.context, new Date(Date.now() + 31 * dayMs));
    const released = await registry.claim();
    await dispute(platform, released.claim_id);
    await act(claimant, released.claim_id, { type: 'release' });
    const reinstated = await registry.claim();
    await dispute(platform, reinstated.claim_id);
    await act(claimant, reinstated.claim_id, { type: 'reinstate' });
    const waiting = await registry.claim();
    await dispute(platform, waiting.claim_id);
    const undisputed = await registry.claim();
    await act(claimant, undisputed.claim_id, { type: 'release' });

    const expected = {
      party_id: registry.claimantId,
      party: 'Harbour Records',
      claim_count: 5,
      disputed_count: 4,
      fallen_count: 2,
      stood_count: 1,
      pending_count: 1,
      fallen_share: 0.6667,
    };
    for (const client of [claimant, platform, operator]) expect(await precision(client)).toEqual([expected]);
    expect(await precision(operator, `&party_id=${registry.claimantId}`)).toEqual([expected]);
    expect(await precision(stranger)).toEqual([]);
  });

  it('has no share where nothing is decided, and no claimant where nothing was raised', async () => {
    const path = `/v1/reports/challenged-precision?from=2020-01-01&to=2020-02-01`;
    expect((await operator.send<Precision>(path)).body).toEqual({
      from: '2020-01-01T00:00:00.000Z',
      to: '2020-02-01T00:00:00.000Z',
      claimants: [],
    });
  });
});

describe('a report', () => {
  it('tells either side of its claims, an operator of all or of one party, and nobody else of anything', async () => {
    const { claim_id: claimId } = await registry.claim({ account: 'channel-12' });
    const ids = async (client: HttpClient, query = '') =>
      (await reported<ReportedClaim>(client, 'claims', query)).map((row) => row.claim_id);
    const all = await ids(operator);
    expect(all).toContain(claimId);
    expect(await ids(registry.claimant)).toEqual(all);
    expect(await ids(registry.platform)).toEqual(all);
    expect(await ids(operator, `&party_id=${registry.platformId}`)).toEqual(all);
    expect(await ids(stranger)).toEqual([]);
    const other = await stranger.send(`/v1/reports/claims?${period}&party_id=${registry.claimantId}`);
    expect([other.status, other.body.code]).toEqual([404, 'PARTY_NOT_FOUND']);
  });

  it('tells of disputes with the claim they are about', async () => {
    const claim = await registry.claim();
    const { body } = await dispute(registry.platform, claim.claim_id, { dispute_reason: 'public_domain' });
    const rows = await reported<ReportedDispute>(registry.claimant, 'disputes');
    expect(rows.at(-1)).toMatchObject({
      dispute_id: body.dispute_id,
      claim_id: claim.claim_id,
      dispute_reason: 'public_domain',
      state: 'open',
      claim_state: 'disputed',
      recording_id: claim.recording.recording_id,
      reporter: 'Tube',
    });
    expect(await reported(stranger, 'disputes')).toEqual([]);
  });

  it('tells matches to who reported the upload, also those that nobody claims', async () => {
    const { fingerprint, recordingId } = await registry.register({ owners: [] });
    await registry.platform.submit(fingerprint, { platform: 'Tube', external_id: 'unclaimed' });
    const rows = await reported<ReportedMatch>(registry.platform, 'matches');
    expect(rows.at(-1)).toMatchObject({
      upload_external_id: 'unclaimed',
      recording_id: recordingId,
      claim_count: 0,
      unclaimed_because: ['no_owner'],
      segment_count: 1,
    });
    expect(rows.at(-2)?.claim_count).toBe(1);
    expect(await reported(registry.claimant, 'matches')).toEqual([]);
    expect(await reported(operator, 'matches')).toEqual(rows);
  });

  it('is CSV where that is asked for, in the query or by Accept, with the same rows and harmless cells', async () => {
    const { fingerprint } = await registry.register();
    const upload = { platform: 'Tube', external_id: 'csv-1', account: '=HYPERLINK("http://evil.example")' };
    await registry.platform.submit(fingerprint, upload);
    const rows = await reported<ReportedClaim>(registry.platform, 'claims');
    const path = `/v1/reports/claims?${period}`;
    const named = await registry.platform.send<string>(`${path}&format=csv`);
    const accepted = await registry.platform.send<string>(path, { headers: { accept: 'text/csv' } });
    expect(accepted.body).toBe(named.body);
    expect(named.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(named.headers.get('content-disposition')).toBe('attachment; filename="claims.csv"');
    const records = recordsOf(named.body);
    expect(records.map((record) => record['claim_id'])).toEqual(rows.map((row) => row.claim_id));
    expect(Object.keys(records[0] ?? {})).toEqual(Object.keys(rows[0] ?? {}));
    expect(records.at(-1)).toMatchObject({
      account: `'=HYPERLINK("http://evil.example")`,
      territories_include: 'Worldwide',
      url: '',
    });
  });

  it('is refused for what is no period, for one that is too long, and without the scope', async () => {
    const refusal = async (client: HttpClient, query: string) => {
      const { status, body } = await client.send(`/v1/reports/claims?${query}`);
      return [status, body.code];
    };
    expect(await refusal(operator, 'from=yesterday')).toEqual([400, 'PERIOD_INVALID']);
    expect(await refusal(operator, 'from=2020-01-01&to=2026-01-01')).toEqual([400, 'PERIOD_INVALID']);
    expect(await refusal(operator, 'from=2026-02-01&to=2026-01-01')).toEqual([400, 'PERIOD_INVALID']);
    expect(await refusal(operator, `${period}&format=xlsx`)).toEqual([400, 'REQUEST_INVALID']);
    const scope = await registry.claimant.json<{ key: string }>('POST', '/v1/keys', {
      scopes: ['read:recordings'],
    });
    const unscoped = new HttpClient(registry.address, scope.body.key);
    expect(await refusal(unscoped, period)).toEqual([403, 'SCOPE_FORBIDDEN']);
  });

  it('is of the last thirty days where no period is said', async () => {
    const said = await reported(operator, 'claims');
    expect(await linesOf(operator, '/v1/reports/claims')).toEqual(said);
  });

  it('has no row of another period', async () => {
    for (const name of ['claims', 'disputes', 'matches']) {
      expect(await linesOf(operator, `/v1/reports/${name}?from=${day(-30)}&to=${day(-1)}`)).toEqual([]);
    }
  });
});

describe('a long report', () => {
  const copies = 1_203;

  it('has every row once and in the order of time, though many pages are read and rows share an instant', async () => {
    const { claim_id: claimId } = await registry.claim();
    await copyClaim(claimId);
    const path = `/v1/reports/claims?from=2021-01-01&to=2021-02-01`;
    const rows = await linesOf<ReportedClaim>(registry.claimant, path);
    expect(rows.length).toBe(copies);
    expect(new Set(rows.map((row) => row.claim_id)).size).toBe(copies);
    const places = rows.map((row) => `${row.raised_at} ${row.claim_id}`);
    expect(places).toEqual(places.toSorted());
    const csv = await registry.platform.send<string>(`${path}&format=csv`);
    expect(recordsOf(csv.body).map((record) => record['claim_id'])).toEqual(rows.map((row) => row.claim_id));
  });

  /** In the January of 2021, a hundred claims to each instant: pages end between two of the same. */
  async function copyClaim(claimId: string): Promise<void> {
    const database = new pg.Client({ connectionString: registry.context.config.databaseUrl });
    await database.connect();
    const columns = async (table: string) => {
      const { rows } = await database.query<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [table],
      );
      return rows.map(({ name }) => name);
    };
    const copied = async (table: string, made: Readonly<Record<string, string>>) => {
      const names = await columns(table);
      const values = names.map((name) => made[name] ?? `t.${name}`).join(', ');
      return `insert into ${table} (${names.join(', ')}) select ${values}
        from ${table} t, generate_series(1, ${copies}) n where t.claim_id = '${claimId}'`;
    };
    const id = `md5('claim' || n)::uuid`;
    const at = `timestamptz '2021-01-01T00:00:00Z' + interval '1 hour' * (n / 100)`;
    const statements = [
      await copied('claim', { claim_id: id, recording_id: `md5('recording' || n)::uuid` }),
      await copied('claim_event', { claim_id: id, at }),
    ];
    await database.query('begin; set local role earmark_operator');
    for (const statement of statements) await database.query(statement);
    await database.query('commit');
    await database.end();
  }
});
