import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formOf, HttpClient, type RegistrationAnswer } from '../support/http-client.ts';
import { createKeyOf, openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

type Mandate = { mandate_id: string; state: string; catalog: string; territories_include: string[] };
type Listed = { recordings: { external_id: string; label: string | null }[] };
type Identifiers = {
  identifiers: { identifier_assertion_id: string; asserted_by: string; on_behalf_of: string | null }[];
};

const nobodys = '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa';
const dayMs = 86_400_000;

describe('an administrator', () => {
  let server: TestServer;
  let seed = 0;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());

  /** A rights-holder and an administrator that have nothing to do with anybody else. */
  async function twoParties(name: string) {
    const clientOf = async (partyName: string, role: 'rightsholder' | 'administrator') => {
      const { key, partyId } = await createKeyOf(server.records, { partyName, role });
      return { client: new HttpClient(server.address, key), partyId };
    };
    const holder = await clientOf(`${name} Records`, 'rightsholder');
    const admin = await clientOf(`${name} Distribution`, 'administrator');
    const behalf = `?on_behalf_of=${holder.partyId}`;
    return {
      holder,
      admin,
      mandate: (terms: object) =>
        holder.client.json<Mandate>('POST', '/v1/mandates', {
          administrator_id: admin.partyId,
          evidence: 'Agreement 7',
          ...terms,
        }),
      /** By the administrator for the rights-holder. */
      register: (fields: Record<string, string>, ofSeed?: number, headers = {}) => {
        seed += 1;
        const bytes = syntheticFingerprintFile(ofSeed ?? seed);
        const form = formOf(fields, { name: 'fingerprint', bytes });
        return admin.client.post<RegistrationAnswer & { code?: string }>(
          `/v1/recordings${behalf}`,
          form,
          headers,
        );
      },
      registerOwn: async (fields: Record<string, string>) => {
        seed += 1;
        const { body } = await holder.client.register(fields, syntheticFingerprintFile(seed));
        return { id: body.recording_id, seed };
      },
      list: async () => (await admin.client.send<Listed>(`/v1/recordings${behalf}`)).body.recordings,
      shown: (id: string) => admin.client.send<{ code?: string }>(`/v1/recordings/${id}${behalf}`),
      assert: (id: string, value: string) =>
        admin.client.json<Identifiers>('POST', `/v1/recordings/${id}/identifiers${behalf}`, {
          scheme: 'isrc',
          value,
        }),
    };
  }

  it('acts for nobody without a mandate, and hears the same of a party that does not exist', async () => {
    const { admin, holder, register } = await twoParties('Alder');
    expect(await register({ external_id: 'x' })).toMatchObject({
      status: 403,
      body: { code: 'MANDATE_MISSING' },
    });
    for (const partyId of [holder.partyId, nobodys]) {
      const answer = await admin.client.send(`/v1/recordings?on_behalf_of=${partyId}`);
      expect([answer.status, answer.body.code]).toEqual([403, 'MANDATE_MISSING']);
      expect(answer.body.detail.replace(partyId, '')).not.toContain('Alder');
    }
  });

  it('registers, reads and asserts within a label, and nothing outside of it', async () => {
    const { admin, holder, mandate, register, registerOwn, list, shown, assert } = await twoParties('Birch');
    expect(await mandate({ catalog: 'label', labels: ['Harvest'] })).toMatchObject({
      status: 201,
      body: { state: 'in_force', catalog: 'label', territories_include: ['Worldwide'] },
    });
    const outside = await registerOwn({ external_id: 'deep', label: 'Deep', title: 'Not for them' });
    const inside = await registerOwn({ external_id: 'theirs', label: 'Harvest' });

    const made = await register({ external_id: 'new', label: 'Harvest', isrc: 'DEA122400001' });
    expect(made.status).toBe(201);
    expect((await list()).map((row) => row.external_id)).toEqual(['theirs', 'new']);
    expect((await holder.client.recording(made.body.recording_id)).body).toMatchObject({
      label: 'Harvest',
      isrcs: [{ isrc: 'DEA122400001', asserted_by: 'Birch Distribution' }],
    });
    expect((await shown(inside.id)).status).toBe(200);
    expect((await assert(inside.id, 'DEA122400002')).status).toBe(201);

    expect((await shown(outside.id)).status).toBe(404);
    expect((await assert(outside.id, 'DEA122400003')).status).toBe(404);
    for (const fields of [
      { external_id: 'other', label: 'Deep' },
      { external_id: 'none' },
      // It would move a recording of another label into this one.
      { external_id: 'deep', label: 'Harvest' },
    ]) {
      const refused = await register(fields);
      expect([fields, refused.status, refused.body.code]).toEqual([fields, 403, 'OUTSIDE_MANDATE']);
    }
    expect((await holder.client.recording(outside.id)).body).toMatchObject({ label: 'Deep', isrcs: [] });

    expect((await admin.client.list()).body.recordings).toEqual([]);
    expect((await admin.client.recording(inside.id)).status).toBe(404);
  });

  it('changes what is said of a recording within its mandate, and cannot move it out', async () => {
    const { mandate, register, holder } = await twoParties('Cedar');
    await mandate({ catalog: 'label', labels: ['Harvest'] });
    const first = await register({ external_id: 'a', label: 'Harvest', title: 'Once' });
    const mine = seed;
    expect((await register({ external_id: 'a', label: 'Harvest', title: 'Twice' }, mine)).body.outcome).toBe(
      'updated',
    );
    const moved = await register({ external_id: 'a', label: 'Deep' }, mine);
    expect([moved.status, moved.body.code]).toEqual([403, 'OUTSIDE_MANDATE']);
    expect((await holder.client.recording(first.body.recording_id)).body).toMatchObject({
      title: 'Twice',
      label: 'Harvest',
    });
  });

  it('acts for recordings by their ids, also for one that is still to be registered', async () => {
    const { mandate, register, registerOwn, list } = await twoParties('Elm');
    const named = await registerOwn({ external_id: 'named' });
    await registerOwn({ external_id: 'unnamed' });
    await mandate({ catalog: 'recordings', recording_ids: [named.id], external_ids: ['to-come'] });
    expect((await register({ external_id: 'to-come' })).status).toBe(201);
    expect((await list()).map((row) => row.external_id)).toEqual(['named', 'to-come']);
    expect((await register({ external_id: 'another' })).body.code).toBe('OUTSIDE_MANDATE');
  });

  it('registers audio that the party has in a recording outside of the mandate, and learns nothing of that one', async () => {
    const { mandate, register, registerOwn, list, shown } = await twoParties('Fir');
    const hidden = await registerOwn({ external_id: 'album', label: 'Deep' });
    await mandate({ catalog: 'label', labels: ['Harvest'] });
    const made = await register({ external_id: 'single', label: 'Harvest' }, hidden.seed);
    expect([made.status, made.body.outcome, made.body.duration_ms]).toEqual([201, 'registered', 20_000]);
    expect((await list()).map((row) => row.external_id)).toEqual(['single']);
    expect((await shown(made.body.recording_id)).body).toMatchObject({
      references: [{ duration_ms: 20_000 }],
    });
    expect((await shown(hidden.id)).status).toBe(404);
  });

  it('acts from the first moment of a mandate to its last, and not after either side has revoked it', async () => {
    const { admin, holder, mandate, register } = await twoParties('Hazel');
    const from = (ms: number) => new Date(Date.now() + ms).toISOString();
    const states = [
      await mandate({ catalog: 'all', valid_from: from(dayMs) }),
      await mandate({ catalog: 'all', valid_from: from(-2 * dayMs), valid_until: from(-dayMs) }),
    ].map(({ body }) => body.state);
    expect(states).toEqual(['to_come', 'ended']);
    expect((await register({ external_id: 'x' })).body.code).toBe('MANDATE_MISSING');

    for (const side of [holder.client, admin.client, await server.client('Ops', 'operator')]) {
      const { body } = await mandate({ catalog: 'all', valid_until: from(dayMs) });
      expect((await register({ external_id: `by-${seed}` })).status).toBe(201);
      const revoked = await side.send<Mandate>(`/v1/mandates/${body.mandate_id}/revoke`, { method: 'POST' });
      expect([revoked.status, revoked.body.state]).toEqual([200, 'revoked']);
      expect((await register({ external_id: 'x' })).body.code).toBe('MANDATE_MISSING');
    }
    const seen = await admin.client.send<{ mandates: Mandate[] }>('/v1/mandates');
    expect(seen.body.mandates.map(({ state }) => state)).toEqual([
      'to_come',
      'ended',
      'revoked',
      'revoked',
      'revoked',
    ]);
  });

  it('removes nothing, neither for the party nor past it', async () => {
    const { admin, holder, mandate, registerOwn } = await twoParties('Larch');
    await mandate({ catalog: 'all' });
    const { id } = await registerOwn({ external_id: 'stays' });
    const asked = await admin.client.send(`/v1/recordings/${id}?on_behalf_of=${holder.partyId}`, {
      method: 'DELETE',
    });
    expect(asked.status).toBe(403);
    expect((await holder.client.recording(id)).status).toBe(200);
  });

  it('speaks in the name of the party, which may withdraw what was said', async () => {
    const { holder, mandate, registerOwn, assert } = await twoParties('Maple');
    await mandate({ catalog: 'all' });
    const { id } = await registerOwn({ external_id: 'said' });
    const [assertion] = (await assert(id, 'DEA122400010')).body.identifiers;
    expect(assertion).toMatchObject({ asserted_by: 'Maple Distribution', on_behalf_of: 'Maple Records' });
    const path = `/v1/recordings/${id}/identifiers/${assertion?.identifier_assertion_id}/withdraw`;
    expect((await holder.client.send(path, { method: 'POST' })).body).toMatchObject({
      identifiers: [{ withdrawn_by: 'Maple Records' }],
    });
  });

  it('has its own idempotency keys, told apart by whom it acts for', async () => {
    const { admin, mandate, register } = await twoParties('Oak');
    await mandate({ catalog: 'all' });
    const headers = { 'idempotency-key': 'same' };
    const first = await register({ external_id: 'one' }, 900, headers);
    expect((await register({ external_id: 'one' }, 900, headers)).body).toEqual(first.body);
    const own = await admin.client.register({ external_id: 'one' }, syntheticFingerprintFile(900), headers);
    expect([own.status, own.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('mandates over HTTP', () => {
  let server: TestServer;
  let harbour: HttpClient;
  let operator: HttpClient;
  let stranger: HttpClient;
  let harbourId: string;
  let quayId: string;

  beforeAll(async () => {
    server = await openTestServer();
    const made = await createKeyOf(server.records, { partyName: 'Harbour Records', role: 'rightsholder' });
    harbour = new HttpClient(server.address, made.key);
    harbourId = made.partyId;
    quayId = (await createKeyOf(server.records, { partyName: 'Quay', role: 'administrator' })).partyId;
    operator = await server.client('Ops', 'operator');
    stranger = await server.client('Meadow Music', 'rightsholder');
  });
  afterAll(() => server.close());

  const create = (terms: object, client = harbour) =>
    client.json<Mandate>('POST', '/v1/mandates', {
      administrator_id: quayId,
      catalog: 'all',
      evidence: 'Agreement 7',
      ...terms,
    });

  it.each([
    [{ catalog: 'label' }, 'MANDATE_INVALID'],
    [{ catalog: 'all', labels: ['Harvest'] }, 'MANDATE_INVALID'],
    [{ catalog: 'recordings', labels: ['Harvest'] }, 'MANDATE_INVALID'],
    [{ valid_from: '2030-01-01T00:00:00Z', valid_until: '2029-01-01T00:00:00Z' }, 'MANDATE_INVALID'],
    [{ territories_include: ['XX'] }, 'TERRITORY_INVALID'],
    [{ territories_include: ['UK'] }, 'TERRITORY_INVALID'],
    [{ territories_include: ['Worldwide', 'DE'] }, 'TERRITORY_INVALID'],
    [{ territories_include: ['DE'], territories_exclude: ['DE'] }, 'TERRITORY_INVALID'],
    [{ territories_include: ['DE'], territories_exclude: ['FR'] }, 'TERRITORY_INVALID'],
    [{ territories_exclude: ['Worldwide'] }, 'TERRITORY_INVALID'],
    [{ evidence: '' }, 'REQUEST_INVALID'],
    [
      { catalog: 'recordings', external_ids: Array.from({ length: 501 }, (_, i) => `${i}`) },
      'REQUEST_INVALID',
    ],
  ])('are refused with %j', async (terms, code) => {
    expect((await create(terms)).body).toMatchObject({ status: 400, code });
  });

  it('take countries in and out', async () => {
    const made = await create({ territories_exclude: ['US', 'GB'] });
    expect([made.status, made.body.territories_include]).toEqual([201, ['Worldwide']]);
    expect(
      (await create({ territories_include: ['DE', 'AT', 'CH'], territories_exclude: ['CH'] })).status,
    ).toBe(201);
  });

  it('are for an administrator, and from a party that asks itself or an operator for it', async () => {
    for (const administrator_id of [nobodys, harbourId]) {
      expect((await create({ administrator_id }, stranger)).body).toMatchObject({
        status: 404,
        code: 'PARTY_NOT_FOUND',
      });
    }
    expect((await create({ party_id: harbourId }, stranger)).body).toMatchObject({
      status: 404,
      code: 'PARTY_NOT_FOUND',
    });
    expect((await create({ party_id: harbourId }, operator)).status).toBe(201);
    expect((await create({ party_id: nobodys }, operator)).body.code).toBe('PARTY_NOT_FOUND');
  });

  it('are seen and revoked by nobody but the two sides and an operator', async () => {
    const { mandate_id: id } = (await create({})).body;
    const refused = [
      await stranger.send(`/v1/mandates/${id}`),
      await stranger.send(`/v1/mandates/${id}/revoke`, { method: 'POST' }),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [404, 'MANDATE_NOT_FOUND']),
    );
    expect((await stranger.send<{ mandates: Mandate[] }>('/v1/mandates')).body.mandates).toEqual([]);
    expect((await operator.send<Mandate>(`/v1/mandates/${id}`)).body.state).toBe('in_force');
  });
});
