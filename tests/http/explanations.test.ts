/** Explanations over HTTP: of a match, of a missing one, as a picture, and for whom. */
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplanationAnswer } from '../../api/registry/explanation-answer.ts';
import { bundledCatalog, bundledUploads } from '../support/bundled-audio.ts';
import { formOf, type HttpClient, type RegistrationAnswer } from '../support/http-client.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { silentFingerprintFile, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';
import { nodesOf } from '../support/xml.ts';

const hostileTitle = '<script>alert("&")</script> & "more"';
const nobodys = '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa';

describe('explanations over HTTP', () => {
  let server: TestServer;
  let label: HttpClient;
  let rival: HttpClient;
  let platform: HttpClient;
  let operator: HttpClient;
  let scanId: string;
  const registered = new Map<string, string>();

  const idOf = (externalId: string) => registered.get(externalId) as string;
  const explain = (
    client: HttpClient,
    recordingId: string,
    scan = scanId,
    query = '',
    init: RequestInit = {},
  ) =>
    client.send<ExplanationAnswer & { code?: string; status?: number }>(
      `/v1/scans/${scan}/matches/${recordingId}/explanation${query}`,
      init,
    );

  beforeAll(async () => {
    server = await openTestServer({ config: { decoder: 'wasm' } });
    label = await server.client('Harbour Records', 'rightsholder');
    rival = await server.client('Meadow Music', 'rightsholder');
    platform = await server.client('Tube', 'platform');
    operator = await server.client('Ops', 'operator');
    for (const { externalId, path } of bundledCatalog().filter((it) => it.path.endsWith('.ogg'))) {
      const title = externalId === 'ufo-main-theme' ? hostileTitle : externalId;
      const { body } = await label.post<RegistrationAnswer>(
        '/v1/recordings',
        formOf({ external_id: externalId, title }, { name: 'audio', bytes: await readFile(path) }),
      );
      registered.set(externalId, body.recording_id);
    }
    const upload = bundledUploads().find(({ externalId }) => externalId === 'excerpt');
    const scan = await platform.post<{ scan_id: string }>(
      '/v1/scans',
      formOf({ external_id: 'up <1>' }, { name: 'audio', bytes: await readFile(upload?.path as string) }),
    );
    scanId = scan.body.scan_id;
  }, 120_000);
  afterAll(() => server.close());

  it('say of a match where it is, what agrees, and what voted for it', async () => {
    const { status, headers, body } = await explain(platform, idOf('ufo-main-theme'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toMatchObject({
      scan_id: scanId,
      external_id: 'up <1>',
      in_scan: true,
      recording: { external_id: 'ufo-main-theme', title: hostileTitle },
      verdict: { is_match: true, missing: null, remark: null },
    });
    const scan = await platform.send<{ matches: { segments: object[] }[] }>(`/v1/scans/${scanId}`);
    expect(body.verdict.segments).toEqual(scan.body.matches[0]?.segments);
    expect(body.alignment?.agreement).toBeGreaterThan(0.8);
    expect(body.peaks?.reference.agreeing_count).toBeGreaterThan(100);
    const most = Math.max(...(body.votes?.by_offset.map(({ votes }) => votes) ?? []));
    expect(body.votes?.by_offset.find(({ offset_ms: ms }) => ms === 0)?.votes).toBe(most);
  });

  it('say of a recording that is not there why not, to whoever may see it', async () => {
    const ofLabel = await label.scan(await fingerprintOfScan(), { transforms: 'none' });
    for (const [client, scan, missing] of [
      [operator, scanId, 'few_votes'],
      [label, ofLabel.body.scan_id, 'no_votes'],
    ] as const) {
      const { status, body } = await explain(client, idOf('whallon-intro'), scan);
      expect([status, body.in_scan, body.verdict.is_match]).toEqual([200, false, false]);
      expect(body.verdict.missing).toBe(missing);
    }
  });

  it('are a picture where one is asked for, with everything foreign escaped', async () => {
    const byQuery = await explain(platform, idOf('ufo-main-theme'), scanId, '?format=svg');
    const byHeader = await explain(platform, idOf('ufo-main-theme'), scanId, '', {
      headers: { accept: 'image/svg+xml' },
    });
    for (const { status, headers, body } of [byQuery, byHeader]) {
      expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('image/svg+xml')]);
      const svg = body as unknown as string;
      const nodes = nodesOf(svg);
      expect(nodes.map(({ name }) => name)).not.toContain('script');
      expect(nodes.some(({ text }) => text === hostileTitle)).toBe(true);
      expect(svg).toContain('up &lt;1&gt;');
    }
    const asJson = await explain(platform, idOf('ufo-main-theme'), scanId, '?format=json', {
      headers: { accept: 'image/svg+xml' },
    });
    expect(asJson.headers.get('content-type')).toMatch(/^application\/json/);
    expect((await explain(platform, idOf('ufo-main-theme'), scanId, '?format=png')).status).toBe(400);
  });

  it("of another party's scan are not found, as the scan is not", async () => {
    for (const client of [rival, label]) {
      const { status, body } = await explain(client, idOf('ufo-main-theme'));
      expect([status, body.code]).toEqual([404, 'SCAN_NOT_FOUND']);
    }
    expect((await explain(operator, idOf('ufo-main-theme'))).status).toBe(200);
    expect((await explain(platform, idOf('ufo-main-theme'), nobodys)).body.code).toBe('SCAN_NOT_FOUND');
  });

  it("of another party's recording are given where the scan names it, and nowhere else", async () => {
    const ofRival = await rival.scan(await fingerprintOfScan());
    expect((await explain(rival, idOf('ufo-main-theme'), ofRival.body.scan_id)).status).toBe(200);
    const { status, body } = await explain(rival, idOf('whallon-intro'), ofRival.body.scan_id);
    expect([status, body.code]).toEqual([404, 'RECORDING_NOT_FOUND']);
    expect((await explain(platform, nobodys)).body.code).toBe('RECORDING_NOT_FOUND');
  });

  it('say that a recording was registered after the scan', async () => {
    const fingerprint = syntheticFingerprintFile(41);
    const scan = await rival.scan(fingerprint);
    expect(scan.body.matches).toEqual([]);
    const { body } = await rival.register({ external_id: 'late' }, fingerprint);
    const late = await explain(rival, body.recording_id, scan.body.scan_id);
    expect(late.body).toMatchObject({ in_scan: false, verdict: { is_match: true } });
    expect(late.body.verdict.remark).toContain('registered later');
    expect(late.body.index_position).toBeGreaterThanOrEqual(late.body.scan_index_position);
  });

  it('of silence say that it is silent', async () => {
    const scan = await operator.scan(silentFingerprintFile());
    const { body } = await explain(operator, idOf('whallon-intro'), scan.body.scan_id);
    expect(body).toMatchObject({ verdict: { missing: 'silent' }, alignment: null, peaks: null, votes: null });
  });

  it('end with 410 when the fingerprint is over its time, and the next scan takes it away', async () => {
    const old = await operator.scan(syntheticFingerprintFile(42));
    const client = new pg.Client({ connectionString: server.context.config.databaseUrl });
    await client.connect();
    await client.query('set role earmark_service');
    try {
      const age = `update scan_fingerprint set created_at = now() - interval '91 days' where scan_id = $1`;
      await client.query(age, [old.body.scan_id]);
      const { status, body } = await explain(operator, idOf('whallon-intro'), old.body.scan_id);
      expect([status, body.code]).toEqual([410, 'SCAN_FINGERPRINT_GONE']);
      await operator.scan(syntheticFingerprintFile(43));
      const left = 'select count(*)::int as count from scan_fingerprint where scan_id = $1';
      expect((await client.query(left, [old.body.scan_id])).rows).toEqual([{ count: 0 }]);
      expect((await operator.send(`/v1/scans/${old.body.scan_id}`)).status).toBe(200);
    } finally {
      await client.end();
    }
  });

  it('need a key', async () => {
    const { status, body } = await explain(server.anonymous, idOf('ufo-main-theme'));
    expect([status, body.code]).toEqual([401, 'KEY_MISSING']);
  });

  async function fingerprintOfScan(): Promise<Uint8Array> {
    const kept = await server.records.store.findScanFingerprint({ scanId, daysKept: 90 });
    if (kept === undefined) throw new Error('the fingerprint of the scan is not kept');
    return kept;
  }
});
