import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnershipConflictView } from '../../api/registry/ownership-conflict-view.ts';
import type { RightsView } from '../../api/registry/rights-view.ts';
import { HttpClient } from '../support/http-client.ts';
import { createKeyOf, openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

type Party = { readonly client: HttpClient; readonly partyId: string };
type Conflicts = { ownership_conflicts: OwnershipConflictView[] };

const everywhere = { include: ['Worldwide'] };
const whole = { right: 'AllRights', share: 100, territories: everywhere, basis: 'OriginalOwner' };

describe('rights', () => {
  let server: TestServer;
  let harbour: Party;
  let meadow: Party;
  let stranger: Party;
  let operator: Party;
  let seed = 300;
  const party = async (
    partyName: string,
    role: Parameters<typeof createKeyOf>[1]['role'],
  ): Promise<Party> => {
    const { key, partyId } = await createKeyOf(server.records, { partyName, role });
    return { client: new HttpClient(server.address, key), partyId };
  };
  beforeAll(async () => {
    server = await openTestServer();
    harbour = await party('Harbour Records', 'rightsholder');
    meadow = await party('Meadow Music', 'rightsholder');
    stranger = await party('Stranger', 'rightsholder');
    operator = await party('Ops', 'operator');
  });
  afterAll(() => server.close());

  const register = async (by = harbour, label = 'Harvest') => {
    seed += 1;
    const { body } = await by.client.register(
      { external_id: `r${seed}`, label },
      syntheticFingerprintFile(seed),
    );
    return { id: body.recording_id, seed };
  };
  const assert = (by: Party, id: string, said: object, query = '') =>
    by.client.json<RightsView>('POST', `/v1/recordings/${id}/rights${query}`, said);
  const show = (by: Party, id: string, query = '') =>
    by.client.send<RightsView>(`/v1/recordings/${id}/rights${query}`);
  const withdraw = (by: Party, id: string, assertionId: string | undefined) =>
    by.client.send<RightsView & { code?: string }>(`/v1/recordings/${id}/rights/${assertionId}/withdraw`, {
      method: 'POST',
    });
  const conflictsOf = async (by: Party, id: string) =>
    (await by.client.send<Conflicts>(`/v1/ownership-conflicts?recording_id=${id}`)).body.ownership_conflicts;
  /** Meadow finds the recording in a scan of its own, so it may speak of it. */
  const found = async (by: Party, of: { seed: number }) => {
    const { body } = await by.client.scan(syntheticFingerprintFile(of.seed));
    return body.scan_id;
  };
  const contended = async () => {
    const recording = await register();
    await server.context.index.catchUp();
    const ours = await assert(harbour, recording.id, whole);
    const said = {
      ...whole,
      share: 50,
      territories: { include: ['DE'] },
      scan_id: await found(meadow, recording),
    };
    const theirs = await assert(meadow, recording.id, said);
    expect([ours.status, theirs.status]).toEqual([201, 201]);
    const [conflict] = await conflictsOf(harbour, recording.id);
    const idOf = (of: Party) =>
      conflict?.owners.find((owner) => owner.party_id === of.partyId)?.rights_assertion_ids[0];
    return {
      ...recording,
      conflict: conflict as OwnershipConflictView,
      ours: idOf(harbour),
      theirs: idOf(meadow),
    };
  };

  it('are asserted by whoever registered the recording, and the same said twice counts once', async () => {
    const { id } = await register();
    const said = {
      ...whole,
      share: '33.3333',
      territories: { include: ['Worldwide'], exclude: ['US'] },
      from: '2024-01-01',
    };
    const first = await assert(harbour, id, said);
    expect([first.status, first.body.assertions]).toMatchObject([
      201,
      [
        {
          party: 'Harbour Records',
          share: '33.3333',
          territories: { exclude: ['US'] },
          from: '2024-01-01',
          to: null,
        },
      ],
    ]);
    const again = await assert(harbour, id, { ...said, evidence: 'Contract 7' });
    expect([again.status, again.body.assertions?.length]).toEqual([200, 1]);
    const { body } = await show(harbour, id);
    expect(body.effective).toContainEqual(
      expect.objectContaining({
        right: 'PerformingRight',
        status: 'no_owner',
        territories: { include: ['US'], exclude: [] },
      }),
    );
    expect((await show(harbour, id, '?valid_on=2023-12-31&view=asserted')).body.assertions).toEqual([]);
  });

  it.each([
    [{ ...whole, share: 100.5 }, 'SHARE_INVALID'],
    [{ ...whole, territories: { include: ['UK'] } }, 'TERRITORY_INVALID'],
    [{ ...whole, from: '2024-02-30' }, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...whole, from: '2024-02-02', to: '2024-02-01' }, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...whole, basis: 'Finder' }, 'REQUEST_INVALID'],
  ])('are refused where they are malformed: %j', async (said, code) => {
    const { id } = await register();
    const { status, body } = await assert(harbour, id, said);
    expect([status, body.code]).toEqual([400, code]);
  });

  it('in a recording of others are asserted by nobody who has not found it', async () => {
    const recording = await register();
    const refused = await assert(stranger, recording.id, whole);
    expect([refused.status, refused.body.code]).toEqual([404, 'RECORDING_NOT_FOUND']);
    await server.context.index.catchUp();
    // A scan of somebody else's says nothing about who asks.
    const scan_id = await found(meadow, recording);
    expect((await assert(stranger, recording.id, { ...whole, scan_id })).status).toBe(404);
    expect((await show(stranger, recording.id)).status).toBe(404);
  });

  it('above the whole are a conflict that all sides see, and nobody else', async () => {
    const { id, conflict } = await contended();
    expect(conflict).toMatchObject({
      state: 'open',
      share: '150',
      extents: [{ territories: { include: ['DE'] }, from: null, to: null }],
      owners: expect.arrayContaining([expect.objectContaining({ party: 'Meadow Music', share: '50' })]),
    });
    expect(conflict.rights).toHaveLength(4);
    expect(await conflictsOf(meadow, id)).toEqual([conflict]);
    const shown = `/v1/ownership-conflicts/${conflict.ownership_conflict_id}`;
    expect((await stranger.client.send(shown)).body.code).toBe('CONFLICT_NOT_FOUND');
    expect(await conflictsOf(stranger, id)).toEqual([]);
    const { body } = await show(meadow, id);
    expect(body.effective?.filter(({ status }) => status === 'conflicted')).toHaveLength(4);
    const mine = await show(meadow, id, '?view=mine');
    expect(mine.body.assertions?.map(({ party }) => party)).toEqual(['Meadow Music']);
  });

  it('are withdrawn by who asserted them: the conflict ends, and what was believed stays to be told', async () => {
    const { id, conflict, ours, theirs } = await contended();
    const believed = new Date().toISOString();
    expect((await withdraw(meadow, id, ours)).body.code).toBe('RIGHTS_NOT_FOUND');
    expect((await withdraw(harbour, id, theirs)).body.code).toBe('RIGHTS_NOT_YOURS');
    expect((await withdraw(meadow, id, theirs)).status).toBe(200);
    expect(await conflictsOf(meadow, id)).toMatchObject([
      { ownership_conflict_id: conflict.ownership_conflict_id, state: 'resolved', resolution: 'withdrawal' },
    ]);
    const now = await show(harbour, id);
    expect(new Set(now.body.effective?.map(({ status }) => status))).toEqual(new Set(['owned']));
    const then = await show(harbour, id, `?believed_at=${believed}`);
    expect(then.body.effective?.filter(({ status }) => status === 'conflicted')).toHaveLength(4);
    const saidThen = await show(harbour, id, `?view=asserted&believed_at=${believed}`);
    expect(saidThen.body.assertions?.map(({ withdrawn_at }) => withdrawn_at)).toEqual([null, null]);
    const future = await show(harbour, id, '?believed_at=2999-01-01T00:00:00Z');
    expect(future.status).toBe(400);
  });

  it('are decided upon by an operator, by a reviewer who was asked to, and by no side', async () => {
    const { id, conflict, ours, theirs } = await contended();
    const at = `/v1/ownership-conflicts/${conflict.ownership_conflict_id}`;
    const reviewer = await party('Arbiters', 'reviewer');
    const decide = (by: Party, set_aside: unknown[], upheld: unknown[] = []) =>
      by.client.json<OwnershipConflictView>('POST', `${at}/decisions`, {
        set_aside,
        upheld,
        reason: 'The contract says so.',
      });
    expect((await decide(harbour, [theirs])).body.code).toBe('SCOPE_FORBIDDEN');
    expect((await decide(reviewer, [theirs])).body.code).toBe('CONFLICT_NOT_FOUND');
    const appoint = (partyId: string) => operator.client.json('PUT', `${at}/reviewer`, { party_id: partyId });
    expect((await appoint(harbour.partyId)).body.code).toBe('REVIEWER_INVALID');
    expect((await appoint(reviewer.partyId)).status).toBe(200);
    expect((await decide(reviewer, ['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa'])).body.code).toBe(
      'DECISION_INVALID',
    );
    const decided = await decide(reviewer, [ours]);
    expect([decided.status, decided.body]).toMatchObject([
      201,
      {
        state: 'resolved',
        resolution: 'decision',
        decisions: [{ decided_by: 'Arbiters', set_aside: [ours] }],
      },
    ]);
    const inGermany = async () =>
      (await show(meadow, id)).body.effective?.find(({ territories }) => territories.include[0] === 'DE')
        ?.owners;
    expect(await inGermany()).toMatchObject([{ party: 'Meadow Music', share: '50' }]);
    // The last word counts, and the first one stays to be read.
    const overruled = await decide(operator, [theirs], [ours]);
    expect(overruled.body.decisions).toHaveLength(2);
    expect((await show(harbour, id)).body.effective?.every(({ status }) => status === 'owned')).toBe(true);
  });

  it('are asserted by an administrator within the catalog and the territories of its mandate', async () => {
    const admin = await party('Quay Distribution', 'administrator');
    const terms = {
      administrator_id: admin.partyId,
      catalog: 'label',
      labels: ['Harvest'],
      territories_exclude: ['US'],
      evidence: 'Agreement 7',
    };
    const mandate = await harbour.client.json<{ mandate_id: string }>('POST', '/v1/mandates', terms);
    const [inside, outside] = [await register(), await register(harbour, 'Deep')];
    const behalf = `?on_behalf_of=${harbour.partyId}`;
    const german = { ...whole, territories: { include: ['DE'] } };
    const made = await assert(admin, inside.id, german, behalf);
    expect([made.status, made.body.assertions]).toMatchObject([
      201,
      [{ party: 'Harbour Records', asserted_by: 'Quay Distribution' }],
    ]);
    expect((await assert(admin, inside.id, whole, behalf)).body.code).toBe('OUTSIDE_MANDATE');
    expect((await assert(admin, outside.id, german, behalf)).body.code).toBe('RECORDING_NOT_FOUND');
    expect((await show(admin, inside.id)).status).toBe(404);
    expect((await show(admin, inside.id, behalf)).status).toBe(200);
    await harbour.client.send(`/v1/mandates/${mandate.body.mandate_id}/revoke`, { method: 'POST' });
    expect((await show(admin, inside.id, behalf)).body).toMatchObject({ code: 'MANDATE_MISSING' });
    const [said] = (await show(harbour, inside.id, '?view=mine')).body.assertions ?? [];
    expect((await withdraw(harbour, inside.id, said?.rights_assertion_id)).status).toBe(200);
  });
});
