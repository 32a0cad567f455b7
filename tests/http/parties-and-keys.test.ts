import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setPartyRoles } from '../../api/registry/parties.ts';
import { HttpClient } from '../support/http-client.ts';
import { createKeyOf, openTestServer, type TestServer } from '../support/server.ts';

type Party = { party_id: string; name: string; roles: string[] };
type Key = { api_key_id: string; party_id: string; prefix: string; revoked_at: string | null };

describe('parties and keys over HTTP', () => {
  let server: TestServer;
  let operator: HttpClient;
  let harbour: HttpClient;
  let harbourId: string;

  beforeAll(async () => {
    server = await openTestServer();
    operator = await server.client('Ops', 'operator');
    const made = await createKeyOf(server.records, { partyName: 'Harbour Records', role: 'rightsholder' });
    harbour = new HttpClient(server.address, made.key);
    harbourId = made.partyId;
  });
  afterAll(() => server.close());

  const withKey = (key: string) => new HttpClient(server.address, key);
  const keysOf = async (client: HttpClient, query = '') =>
    (await client.send<{ keys: Key[]; next_cursor?: string }>(`/v1/keys${query}`)).body;

  it('are made by an operator, each name once, and listed page by page', async () => {
    const body = { name: 'Meadow Music', roles: ['rightsholder', 'platform'] };
    const made = await operator.json<Party>('POST', '/v1/parties', body);
    expect([made.status, made.body.roles]).toEqual([201, ['rightsholder', 'platform']]);
    expect(made.headers.get('location')).toBe(`/v1/parties/${made.body.party_id}`);
    expect((await operator.json('POST', '/v1/parties', body)).body.code).toBe('PARTY_EXISTS');

    const names: string[] = [];
    let cursor = '';
    do {
      const page = await operator.send<{ parties: Party[]; next_cursor?: string }>(
        `/v1/parties?limit=1${cursor}`,
      );
      names.push(...page.body.parties.map(({ name }) => name));
      cursor = page.body.next_cursor === undefined ? '' : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== '');
    expect(names).toEqual(['Ops', 'Harbour Records', 'Meadow Music']);
  });

  it('show a party itself and nobody else', async () => {
    const own = await harbour.send<Party>(`/v1/parties/${harbourId}`);
    expect(own.body).toMatchObject({ name: 'Harbour Records', roles: ['rightsholder'] });
    const listed = await harbour.send<{ parties: Party[] }>('/v1/parties');
    expect(listed.body.parties.map(({ name }) => name)).toEqual(['Harbour Records']);
    const foreign = (await operator.send<{ parties: Party[] }>('/v1/parties')).body.parties[0];
    expect((await harbour.send(`/v1/parties/${foreign?.party_id}`)).body.code).toBe('PARTY_NOT_FOUND');
    for (const answer of [
      await harbour.json('POST', '/v1/parties', { name: 'Mine too', roles: ['operator'] }),
      await harbour.json('PUT', `/v1/parties/${harbourId}/roles`, { roles: ['operator'] }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'SCOPE_FORBIDDEN']);
    }
  });

  it('make a key that is for no more than the key that asked for it', async () => {
    const made = await harbour.json<{ key: string }>('POST', '/v1/keys', { scopes: ['read:recordings'] });
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const reader = withKey(made.body.key);
    expect((await reader.list()).status).toBe(200);
    expect((await reader.send('/v1/keys')).body.code).toBe('SCOPE_FORBIDDEN');

    for (const scopes of [['operate:registry'], ['read:recordings', 'manage:parties']]) {
      const refused = await harbour.json('POST', '/v1/keys', { scopes });
      expect([refused.status, refused.body.code]).toEqual([403, 'SCOPE_FORBIDDEN']);
    }
    const narrow = await harbour.json<{ key: string }>('POST', '/v1/keys', { scopes: ['manage:keys'] });
    const narrower = await withKey(narrow.body.key).json<{ key: string }>('POST', '/v1/keys', {});
    expect((await withKey(narrower.body.key).list()).body.code).toBe('SCOPE_FORBIDDEN');
  });

  it('make a key for another party only for an operator', async () => {
    const opsId = (await operator.send<{ parties: Party[] }>('/v1/parties')).body.parties[0]?.party_id;
    const foreign = await harbour.json('POST', '/v1/keys', { party_id: opsId });
    expect([foreign.status, foreign.body.code]).toEqual([404, 'PARTY_NOT_FOUND']);
    const made = await operator.json<{ key: string }>('POST', '/v1/keys', { party_id: harbourId });
    expect((await withKey(made.body.key).send(`/v1/parties/${harbourId}`)).status).toBe(200);
    const nobody = await operator.json('POST', '/v1/keys', {
      party_id: '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa',
    });
    expect(nobody.body.code).toBe('PARTY_NOT_FOUND');
  });

  it('rotate a key, whose old secret opens for the time asked for', async () => {
    const { body } = await harbour.json<{ key: string; api_key_id: string }>('POST', '/v1/keys', {});
    const path = `/v1/keys/${body.api_key_id}/rotate`;
    const once = await harbour.json<{ key: string }>('POST', path, { grace_seconds: 60 });
    expect((await withKey(body.key).list()).status).toBe(200);
    const twice = await harbour.json<{ key: string }>('POST', path, { grace_seconds: 0 });
    expect((await withKey(body.key).list()).body.code).toBe('KEY_INVALID');
    expect((await withKey(once.body.key).list()).body.code).toBe('KEY_INVALID');
    expect((await withKey(twice.body.key).list()).status).toBe(200);
  });

  it('do not hand out a wider key by rotating it', async () => {
    const wide = await harbour.json<{ api_key_id: string }>('POST', '/v1/keys', {});
    const narrow = await harbour.json<{ key: string }>('POST', '/v1/keys', { scopes: ['manage:keys'] });
    const path = `/v1/keys/${wide.body.api_key_id}/rotate`;
    const refused = await withKey(narrow.body.key).json('POST', path, {});
    expect([refused.status, refused.body.code]).toEqual([403, 'SCOPE_FORBIDDEN']);
  });

  it('end a key at once, and list it as ended', async () => {
    const { body } = await harbour.json<{ key: string; api_key_id: string }>('POST', '/v1/keys', {});
    const ended = await harbour.send<Key>(`/v1/keys/${body.api_key_id}/revoke`, { method: 'POST' });
    expect(ended.body.revoked_at).toMatch(/^\d{4}-/);
    expect((await withKey(body.key).list()).body.code).toBe('KEY_INVALID');
    const { keys } = await keysOf(harbour);
    expect(keys.find((key) => key.api_key_id === body.api_key_id)?.revoked_at).toBe(ended.body.revoked_at);
    expect(new Set(keys.map((key) => key.party_id))).toEqual(new Set([harbourId]));
    expect(JSON.stringify(keys)).not.toContain(body.key.slice(14));
  });

  it('keep a party from the keys of another', async () => {
    const [foreign] = (await keysOf(operator)).keys;
    for (const act of ['rotate', 'revoke']) {
      const path = `/v1/keys/${foreign?.api_key_id}/${act}`;
      const answer =
        act === 'rotate'
          ? await harbour.json('POST', path, {})
          : await harbour.send(path, { method: 'POST' });
      expect([answer.status, answer.body.code]).toEqual([404, 'KEY_NOT_FOUND']);
    }
    expect(
      (await keysOf(harbour, `?party_id=${foreign?.party_id}`)).keys.map((key) => key.party_id),
    ).not.toContain(foreign?.party_id);
    expect((await keysOf(operator, `?party_id=${harbourId}`)).keys.length).toBeGreaterThan(1);
  });

  it('refuse what is no JSON, and JSON of another form', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await operator.post('/v1/parties', '{', headers);
    expect([broken.status, broken.body.code]).toEqual([400, 'REQUEST_INVALID']);
    const poisoned = await operator.post('/v1/parties', '{"name":"x","roles":[],"__proto__":{}}', headers);
    expect([poisoned.status, poisoned.body.code]).toEqual([400, 'REQUEST_INVALID']);
    const other = await operator.json('POST', '/v1/parties', { name: 'x', roles: ['owner'] });
    expect([other.status, other.body.code, other.body.detail]).toEqual([
      400,
      'REQUEST_INVALID',
      expect.stringMatching(/^body\/roles\/0: expected one of rightsholder, .*operator$/),
    ]);
    const text = await operator.post('/v1/parties', 'name=x', { 'content-type': 'text/plain' });
    expect([text.status, text.body.code, text.body.detail]).toEqual([
      415,
      'CONTENT_TYPE_UNSUPPORTED',
      expect.stringContaining('application/json'),
    ]);
    const large = await operator.post('/v1/parties', JSON.stringify({ name: 'x'.repeat(600_000) }), headers);
    expect([large.status, large.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('take what a role gave from the keys at once when a party loses it', async () => {
    const { key, partyId } = await createKeyOf(server.records, { partyName: 'Former', role: 'platform' });
    expect((await withKey(key).send('/v1/keys')).status).toBe(200);
    await setPartyRoles(server.records, { partyId, roles: ['auditor'] });
    expect((await withKey(key).send('/v1/keys')).status).toBe(200);
    await operator.json('PUT', `/v1/parties/${partyId}/roles`, { roles: [] });
    expect((await withKey(key).send('/v1/keys')).body.code).toBe('SCOPE_FORBIDDEN');
  });
});
