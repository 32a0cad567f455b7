import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeKey } from '../../api/registry/keys.ts';
import { HttpClient } from '../support/http-client.ts';
import { createKeyOf, openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

const nobodys = '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa';

describe('access', () => {
  let server: TestServer;
  let harbour: HttpClient;
  let meadow: HttpClient;
  let platform: HttpClient;
  let operator: HttpClient;

  beforeAll(async () => {
    server = await openTestServer();
    harbour = await server.client('Harbour Records', 'rightsholder');
    meadow = await server.client('Meadow Music', 'rightsholder');
    platform = await server.client('Tube', 'platform');
    operator = await server.client('Ops', 'operator');
  });
  afterAll(() => server.close());

  it('is refused without a key, and says how to bring one', async () => {
    const answer = await server.anonymous.list();
    expect([answer.status, answer.body.code]).toEqual([401, 'KEY_MISSING']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it.each(['nonsense', `emk_aaaaaaaa_${'a'.repeat(43)}`, 'emk_aaaaaaaa', "emk_' or 1=1--_x"])(
    'is refused with the key %s',
    async (key) => {
      const answer = await new HttpClient(server.address, key).list();
      expect([answer.status, answer.body.code]).toEqual([401, 'KEY_INVALID']);
    },
  );

  it('is refused with the public part of a key and another secret', async () => {
    const forged = `${harbour.key?.slice(0, 13)}${'A'.repeat(43)}`;
    expect((await new HttpClient(server.address, forged).list()).body.code).toBe('KEY_INVALID');
  });

  it('is given by X-API-Key as by Authorization', async () => {
    const answer = await server.anonymous.send('/v1/recordings', {
      headers: { 'x-api-key': harbour.key as string },
    });
    expect(answer.status).toBe(200);
  });

  it('ends at once when a key is revoked, and when it expires', async () => {
    const shortLived = await createKeyOf(server.records, {
      partyName: 'Harbour Records',
      role: 'rightsholder',
      expiresAt: new Date(Date.now() - 1),
    });
    const revoked = await createKeyOf(server.records, { partyName: 'Harbour Records', role: 'rightsholder' });
    const client = new HttpClient(server.address, revoked.key);
    expect((await client.list()).status).toBe(200);
    await revokeKey(server.records, { partyId: undefined, apiKeyId: revoked.apiKeyId });
    expect((await client.list()).body.code).toBe('KEY_INVALID');
    expect((await new HttpClient(server.address, shortLived.key).list()).body.code).toBe('KEY_INVALID');
  });

  it('lets a platform scan and nothing else', async () => {
    expect((await platform.scan(syntheticFingerprintFile(1))).status).toBe(200);
    const refused = [
      await platform.list(),
      await platform.recording(nobodys),
      await platform.remove(nobodys),
      await platform.register({ external_id: 'x' }, syntheticFingerprintFile(1)),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [403, 'SCOPE_FORBIDDEN']),
    );
  });

  it("keeps a party from another party's recordings, as if they did not exist", async () => {
    const { body } = await harbour.register({ external_id: 'cross-tenant' }, syntheticFingerprintFile(2));
    const id = body.recording_id;

    for (const answer of [await meadow.recording(id), await meadow.remove(id)]) {
      const missing = await meadow.recording(nobodys);
      expect([answer.status, answer.body.code]).toEqual([404, 'RECORDING_NOT_FOUND']);
      expect(answer.body.detail.replace(id, '')).toBe(missing.body.detail.replace(nobodys, ''));
    }
    for (const query of ['', '?external_id=cross-tenant']) {
      expect((await meadow.list(query)).body.recordings).toEqual([]);
    }
    expect((await harbour.recording(id)).status).toBe(200);
  });

  it('gives two parties the same external id, and the same audio, each their own', async () => {
    const fields = { external_id: 'shared-name' };
    const first = await harbour.register(fields, syntheticFingerprintFile(3));
    const second = await meadow.register(fields, syntheticFingerprintFile(3));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.recording_id).not.toBe(first.body.recording_id);
    expect(second.body.reference_id).not.toBe(first.body.reference_id);
  });

  it("keeps a party from another party's scans", async () => {
    const { scan_id } = (await platform.scan(syntheticFingerprintFile(4))).body;
    expect((await platform.send(`/v1/scans/${scan_id}`)).status).toBe(200);
    expect((await meadow.send(`/v1/scans/${scan_id}`)).body).toMatchObject({
      status: 404,
      code: 'SCAN_NOT_FOUND',
    });
  });

  it('shows an operator the recordings and scans of all parties', async () => {
    const { recording_id } = (await harbour.register({ external_id: 'for-ops' }, syntheticFingerprintFile(5)))
      .body;
    const { scan_id } = (await platform.scan(syntheticFingerprintFile(5))).body;
    expect((await operator.recording(recording_id)).status).toBe(200);
    const { external_id: externalId } = (await operator.recording(recording_id)).body;
    expect((await operator.list(`?external_id=${externalId}`)).body.recordings).toHaveLength(1);
    expect((await operator.list(`?external_id=${externalId}&own=true`)).body.recordings).toEqual([]);
    expect((await operator.send(`/v1/scans/${scan_id}`)).status).toBe(200);
    expect((await operator.remove(recording_id)).status).toBe(200);
  });
});
