import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutcomeView } from '../../api/registry/outcome.ts';
import type { PolicyView } from '../../api/registry/policy-view.ts';
import type { SimulationView } from '../../api/registry/simulation.ts';
import { HttpClient } from '../support/http-client.ts';
import { createKeyOf, openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

type Party = { readonly client: HttpClient; readonly partyId: string };
type Asserted = { assertions: { rights_assertion_id: string }[] };

const monetize = { name: 'Monetize', rules: [{ action: 'monetize' }] };
const blockGermany = {
  name: 'Monetize, block in Germany',
  rules: [{ action: 'monetize' }, { action: 'block', conditions: { territories: { include: ['DE'] } } }],
};

describe('policies', () => {
  let server: TestServer;
  let harbour: Party;
  let meadow: Party;
  let tube: Party;
  let seed = 500;
  const party = async (partyName: string, role: 'rightsholder' | 'platform'): Promise<Party> => {
    const { key, partyId } = await createKeyOf(server.records, { partyName, role });
    return { client: new HttpClient(server.address, key), partyId };
  };
  beforeAll(async () => {
    server = await openTestServer();
    harbour = await party('Harbour Records', 'rightsholder');
    meadow = await party('Meadow Music', 'rightsholder');
    tube = await party('Tube', 'platform');
  });
  afterAll(() => server.close());

  const registerOwned = async (share = 100) => {
    seed += 1;
    const { body } = await harbour.client.register(
      { external_id: `p${seed}` },
      syntheticFingerprintFile(seed),
    );
    const id = body.recording_id;
    const said = {
      right: 'AllRights',
      share,
      territories: { include: ['Worldwide'] },
      basis: 'OriginalOwner',
    };
    expect((await harbour.client.json<Asserted>('POST', `/v1/recordings/${id}/rights`, said)).status).toBe(
      201,
    );
    await server.context.index.catchUp();
    return { id, seed };
  };
  const create = async (by: Party, document: object) =>
    (await by.client.json<PolicyView>('POST', '/v1/policies', document)).body;
  const activate = (by: Party, { policy_id }: PolicyView, version = 1) =>
    by.client.json<PolicyView>('POST', `/v1/policies/${policy_id}/activate`, { version });
  const put = (by: Party, path: string, body?: object) =>
    body
      ? by.client.json<PolicyView>('PUT', path, body)
      : by.client.send<PolicyView & { code?: string }>(path, { method: 'PUT' });
  const outcome = async (by: Party, id: string, query = '') =>
    (await by.client.send<OutcomeView & { code?: string }>(`/v1/recordings/${id}/outcome${query}`)).body;
  const simulate = (by: Party, { policy_id }: PolicyView, body: object = {}) =>
    by.client.json<SimulationView>('POST', `/v1/policies/${policy_id}/simulation`, body);

  it('are versions that never change, of which one is active', async () => {
    const policy = await create(meadow, monetize);
    expect(policy).toMatchObject({
      name: 'Monetize',
      active_version: null,
      versions: [{ version: 1, document: monetize }],
    });
    const drafted = await meadow.client.json<PolicyView>(
      'POST',
      `/v1/policies/${policy.policy_id}/versions`,
      blockGermany,
    );
    expect([drafted.status, drafted.body.versions.map(({ version }) => version)]).toEqual([201, [1, 2]]);
    expect((await put(meadow, `/v1/policies/${policy.policy_id}/default`)).body.code).toBe(
      'POLICY_NOT_ACTIVE',
    );
    expect((await activate(meadow, policy, 2)).body).toMatchObject({ active_version: 2 });
    expect((await activate(meadow, policy, 3)).body.code).toBe('POLICY_NOT_FOUND');
    expect((await activate(meadow, policy)).body).toMatchObject({ active_version: 1 });
    expect((await activate(harbour, policy)).body.code).toBe('POLICY_NOT_FOUND');
  });

  it.each([
    [{ name: 'x', rules: [{ action: 'allow', route_to_review: true }] }, 'POLICY_INVALID'],
    [
      { name: 'x', rules: [{ action: 'block', conditions: { match_seconds: { min: 9, max: 8 } } }] },
      'POLICY_INVALID',
    ],
    [
      { name: 'x', rules: [{ action: 'block', conditions: { territories: { include: ['UK'] } } }] },
      'TERRITORY_INVALID',
    ],
    [{ name: 'x', rules: [{ action: 'delete' }] }, 'REQUEST_INVALID'],
    [{ name: 'x', rules: [] }, 'REQUEST_INVALID'],
  ])('are refused where they are malformed: %j', async (document, code) => {
    const { status, body } = await harbour.client.json('POST', '/v1/policies', document);
    expect([status, body.code]).toEqual([400, code]);
  });

  it('say with a reason what follows in each territory: by default, by override, and by nothing', async () => {
    const { id } = await registerOwned();
    expect((await outcome(harbour, id)).outcomes).toMatchObject([{ action: 'track', reason: 'owners' }]);
    const [byDefault, override] = [await create(harbour, blockGermany), await create(harbour, monetize)];
    for (const policy of [byDefault, override]) await activate(harbour, policy);
    expect((await put(harbour, `/v1/policies/${byDefault.policy_id}/default`)).body).toMatchObject({
      is_default: true,
    });
    const { outcomes } = await outcome(harbour, id, '?match_seconds=30');
    expect(outcomes).toMatchObject([
      {
        territories: { include: ['DE'] },
        action: 'block',
        because:
          'DE → block: rule 2 of policy Monetize, block in Germany, version 1; owner is Harbour Records',
      },
      { territories: { include: ['Worldwide'], exclude: ['DE'] }, action: 'monetize' },
    ]);
    const path = `/v1/recordings/${id}/policy`;
    expect((await put(harbour, path, { policy_id: override.policy_id })).body).toMatchObject({
      override_count: 1,
    });
    expect((await outcome(harbour, id)).outcomes).toMatchObject([
      { action: 'monetize', territories: { include: ['Worldwide'] } },
    ]);
    expect((await outcome(harbour, id, '?match_seconds=3')).outcomes).toMatchObject([{ review: ['short'] }]);
    expect((await harbour.client.send(path, { method: 'DELETE' })).status).toBe(204);
    expect((await outcome(harbour, id)).outcomes).toHaveLength(2);
    const ended = await harbour.client.send(`/v1/policies/${byDefault.policy_id}/default`, {
      method: 'DELETE',
    });
    expect(ended.body).toMatchObject({ is_default: false });
    expect((await outcome(harbour, id)).outcomes).toMatchObject([{ action: 'track' }]);
  });

  it('are told to a platform for what it found in a scan of its own, and for nothing else', async () => {
    const recording = await registerOwned();
    const policy = await create(harbour, blockGermany);
    await activate(harbour, policy);
    await put(harbour, `/v1/recordings/${recording.id}/policy`, { policy_id: policy.policy_id });
    expect((await outcome(tube, recording.id)).code).toBe('RECORDING_NOT_FOUND');
    const { body: scan } = await tube.client.scan(syntheticFingerprintFile(recording.seed));
    const { outcomes, facts } = await outcome(
      tube,
      recording.id,
      `?scan_id=${scan.scan_id}&content_type=video`,
    );
    expect(outcomes.map(({ action }) => action)).toEqual(['block', 'monetize']);
    expect(facts).toMatchObject({ content_type: 'video', transforms: ['none'] });
    expect(facts.percent_of_upload).toBeGreaterThan(80);
    const other = await registerOwned();
    expect((await outcome(tube, other.id, `?scan_id=${scan.scan_id}`)).code).toBe('RECORDING_NOT_FOUND');
    expect((await outcome(meadow, recording.id, `?scan_id=${scan.scan_id}`)).code).toBe('SCAN_NOT_FOUND');
    expect((await outcome(meadow, recording.id)).code).toBe('RECORDING_NOT_FOUND');
  });

  it('of co-owners all have a say, and a conflict has none', async () => {
    const recording = await registerOwned(50);
    const scan_id = (await meadow.client.scan(syntheticFingerprintFile(recording.seed))).body.scan_id;
    const path = `/v1/recordings/${recording.id}/rights`;
    const said = {
      right: 'AllRights',
      share: 50,
      territories: { include: ['DE'] },
      basis: 'SuccessorInTitle',
      scan_id,
    };
    const { body } = await meadow.client.json<Asserted>('POST', path, said);
    expect(body.assertions).toHaveLength(2);
    const policy = await create(meadow, blockGermany);
    await activate(meadow, policy);
    const assigned = await put(meadow, `/v1/recordings/${recording.id}/policy`, {
      policy_id: policy.policy_id,
    });
    expect(assigned.status).toBe(200);
    const german = async () =>
      (await outcome(harbour, recording.id)).outcomes.find(
        ({ territories }) => territories.include[0] === 'DE',
      );
    expect(await german()).toMatchObject({
      action: 'block',
      because: expect.stringContaining('Meadow Music'),
    });
    await meadow.client.json('POST', path, { ...said, share: 1 });
    expect(await german()).toMatchObject({ action: 'track', review: ['conflict'], reason: 'conflict' });
  });

  it('are simulated over past matches of the party, whoever scanned them, before they are activated', async () => {
    const rights = await party('Quiet Records', 'rightsholder');
    seed += 1;
    const { body } = await rights.client.register({ external_id: 'quiet' }, syntheticFingerprintFile(seed));
    const said = {
      right: 'AllRights',
      share: 100,
      territories: { include: ['Worldwide'] },
      basis: 'OriginalOwner',
    };
    await rights.client.json('POST', `/v1/recordings/${body.recording_id}/rights`, said);
    await server.context.index.catchUp();
    const own = await rights.client.scan(syntheticFingerprintFile(seed));
    for (let scan = 0; scan < 2; scan++) await tube.client.scan(syntheticFingerprintFile(seed));
    const policy = await create(rights, monetize);
    // Nothing is in force: all is tracked, and the draft is tried as the default.
    const first = await simulate(rights, policy);
    expect([first.status, first.body]).toMatchObject([
      200,
      {
        version: 1,
        match_count: 3,
        changed_match_count: 3,
        is_complete: true,
        by_match: [{ before: 'track', after: 'monetize', count: 3 }],
      },
    ]);
    await activate(rights, policy);
    await put(rights, `/v1/policies/${policy.policy_id}/default`);
    await rights.client.json('POST', `/v1/policies/${policy.policy_id}/versions`, blockGermany);
    const second = (await simulate(rights, policy, { listed: 3 })).body;
    expect(second).toMatchObject({ version: 2, match_count: 3, changed_match_count: 3 });
    expect(second.changed.map(({ changes }) => changes)).toEqual(
      Array(3).fill([
        {
          territories: { include: ['DE'], exclude: [] },
          before: { action: 'monetize', review: [] },
          after: { action: 'block', review: [] },
        },
      ]),
    );
    // Which scans others made is not told.
    expect(second.changed.map(({ scan_id }) => scan_id)).toEqual([null, null, own.body.scan_id]);
    expect((await simulate(rights, policy, { version: 1 })).body).toMatchObject({
      changed_match_count: 0,
      changed: [],
    });
    expect((await simulate(harbour, policy)).body.code).toBe('POLICY_NOT_FOUND');
  });
});
