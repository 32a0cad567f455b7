/** Claims, disputes and the review queue over HTTP: the machine's journeys, with who may, in time and at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimView } from '../../api/registry/claim-view.ts';
import type { DisputeWithHistory } from '../../api/registry/disputes.ts';
import { expireDue } from '../../api/registry/expire-due.ts';
import {
  act,
  type ClaimsRegistry,
  claimOf,
  decide,
  dispute,
  goOn,
  historyOf,
  openClaimsRegistry,
  routed,
} from '../support/claims.ts';
import { HttpClient } from '../support/http-client.ts';
import { createKeyOf } from '../support/server.ts';

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs);

let registry: ClaimsRegistry;
let operator: HttpClient;
beforeAll(async () => {
  registry = await openClaimsRegistry();
  operator = await registry.client('Ops', 'operator');
});
afterAll(() => registry?.close());

const statesIn = async (claimId: string) =>
  (await historyOf(registry.claimant, claimId)).map(
    ({ type, to, actor_role }) => `${actor_role} ${type} ${to}`,
  );

describe('a claim', () => {
  it('is seen by its claimant and by who reported the upload, and by nobody else', async () => {
    const { claim_id: claimId } = await registry.claim();
    const stranger = (await registry.keyed('Stranger', 'rightsholder')).client;
    const statuses = [];
    for (const client of [registry.claimant, registry.platform, operator, stranger]) {
      statuses.push((await client.send(`/v1/claims/${claimId}`)).status);
      statuses.push((await client.send(`/v1/claims/${claimId}/events`)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 404, 404]);
    expect(await statesIn(claimId)).toEqual(['system raise active']);
  });

  it('is released by its claimant, with a reason, and by nobody from the other side', async () => {
    const { claim_id: claimId } = await registry.claim();
    const foreign = (await registry.keyed('Tube', 'rightsholder')).client;
    expect((await act(foreign, claimId, { type: 'release' })).status).toBe(404);
    expect((await decide(foreign, claimId, { type: 'release' })).status).toBe(404);
    const unreasoned = await act(registry.claimant, claimId, { type: 'release', reason: ' ' });
    expect([unreasoned.status, unreasoned.body.code]).toEqual([400, 'EVENT_INVALID']);
    const released = await act(registry.claimant, claimId, { type: 'release', expected_version: 1 });
    expect(released.body).toMatchObject({ state: 'released', version: 2, deadline_at: null });
    const again = await act(registry.claimant, claimId, { type: 'release' });
    expect([again.status, again.body.code]).toEqual([409, 'EVENT_NOT_ALLOWED']);
  });

  it('is changed once by a request that is repeated with its Idempotency-Key', async () => {
    const { claim_id: claimId } = await registry.claim();
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': `key of ${claimId}`.replaceAll(' ', '-'),
    };
    const send = (type: string) =>
      registry.claimant.send<ClaimView & { code?: string }>(`/v1/claims/${claimId}/events`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ type, reason: 'Twice.' }),
      });
    const answers = await Promise.all([send('release'), send('release'), send('release')]);
    expect(answers.map(({ status, body }) => [status, body.version])).toEqual([
      [200, 2],
      [200, 2],
      [200, 2],
    ]);
    expect((await send('take_down')).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await statesIn(claimId)).toHaveLength(2);
  });

  it('is not changed by who looked at an older version', async () => {
    const { claim_id: claimId } = await registry.claim();
    await dispute(registry.platform, claimId);
    const stale = await act(registry.claimant, claimId, { type: 'reinstate', expected_version: 1 });
    expect([stale.status, stale.body.code]).toEqual([409, 'VERSION_CONFLICT']);
  });
});

describe('a dispute', () => {
  it('is opened for the account that uploaded, answered, appealed and ended by a notice, and each side reads all of it', async () => {
    const { claimant, platform } = registry;
    const { claim_id: claimId } = await registry.claim({ account: 'channel-9' });
    const other = await dispute(platform, claimId, { account: 'channel-8' });
    expect([other.status, other.body.code]).toEqual([409, 'ACCOUNT_NOT_THE_UPLOADER']);
    const opened = await dispute(platform, claimId, { account: 'channel-9' });
    expect([opened.status, opened.body.state]).toEqual([201, 'open']);
    const days = (Date.parse(opened.body.deadline_at as string) - Date.now()) / dayMs;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
    const { dispute_id: disputeId } = opened.body;

    await goOn(platform, disputeId, {
      type: 'state',
      statement: 'The number is 4711.',
      account: 'channel-9',
    });
    const counter = `/v1/disputes/${disputeId}/counter-statements`;
    expect((await claimant.json('POST', counter, { statement: 'It ended in May.' })).status).toBe(200);
    expect((await platform.json('POST', counter, { statement: 'No.' })).status).toBe(403);
    expect((await goOn(claimant, disputeId, { type: 'state', statement: 'No.' })).status).toBe(403);
    expect((await act(claimant, claimId, { type: 'reinstate' })).body.state).toBe('active');
    expect((await dispute(platform, claimId)).body.code).toBe('EVENT_NOT_ALLOWED');
    const appealed = await goOn(platform, disputeId, { type: 'appeal', statement: 'It did not end.' });
    expect(appealed.body.state).toBe('appealed');
    expect((await act(claimant, claimId, { type: 'take_down' })).body.code).toBe('EVENT_INVALID');
    const taken = await act(claimant, claimId, { type: 'take_down', notice_id: 'notice-1' });
    expect(taken.body.state).toBe('taken_down');

    expect(await statesIn(claimId)).toEqual([
      'system raise active',
      'uploader dispute disputed',
      'rightsholder reinstate active',
      'platform appeal appealed',
      'rightsholder take_down taken_down',
    ]);
    const seen = await Promise.all(
      [claimant, platform].map((client) => client.send<DisputeWithHistory>(`/v1/disputes/${disputeId}`)),
    );
    expect(seen[0]?.body).toEqual(seen[1]?.body);
    expect(seen[0]?.body).toMatchObject({ state: 'overruled', dispute_reason: 'authorised' });
    expect(seen[0]?.body.history.map(({ type }) => type)).toEqual([
      'dispute',
      'state',
      'counter_state',
      'reinstate',
      'appeal',
      'take_down',
    ]);
  });

  it('is escalated at once where the claim blocks, with seven days to answer, and withdrawn', async () => {
    const { platform } = registry;
    const { claim_id: claimId } = await registry.claim();
    const { body } = await dispute(platform, claimId, { escalate: true });
    expect(body.state).toBe('appealed');
    expect((Date.parse(body.deadline_at as string) - Date.now()) / dayMs).toBeLessThan(7.1);
    const withdrawn = await goOn(platform, body.dispute_id, { type: 'withdraw_appeal' });
    expect(withdrawn.body.state).toBe('withdrawn');
    expect((await claimOf(platform, claimId)).state).toBe('active');
    const monetized = await registry.claim({ rules: [{ action: 'monetize' }] });
    const refused = await dispute(platform, monetized.claim_id, { escalate: true });
    expect([refused.status, refused.body.code]).toEqual([409, 'EVENT_NOT_ALLOWED']);
  });

  it('that is not answered in time is won: the claim expires with it, once, however often time is looked at', async () => {
    const { platform } = registry;
    const disputed = await registry.claim();
    const { body } = await dispute(platform, disputed.claim_id);
    const waiting = await registry.claim({ rules: routed });
    const active = await registry.claim();
    const states = async () => {
      const all = [disputed, waiting, active].map(({ claim_id }) => claimOf(platform, claim_id));
      return (await Promise.all(all)).map(({ state }) => state);
    };
    await expireDue(registry.context, inDays(29));
    expect(await states()).toEqual(['disputed', 'potential', 'active']);
    const counts = await Promise.all([1, 2, 3].map(() => expireDue(registry.context, inDays(31))));
    expect(counts.reduce((sum, { expiredCount }) => sum + expiredCount, 0)).toBeGreaterThanOrEqual(2);
    expect(await states()).toEqual(['expired', 'expired', 'active']);
    expect(await statesIn(disputed.claim_id)).toHaveLength(3);
    const lapsed = await platform.send<DisputeWithHistory>(`/v1/disputes/${body.dispute_id}`);
    expect(lapsed.body.state).toBe('lapsed');
    expect(await expireDue(registry.context, inDays(31))).toEqual({ expiredCount: 0, hasMore: false });
  });
});

describe('the review queue', () => {
  const take = async (client: HttpClient, body: object = {}) =>
    (await client.json<{ claims: ClaimView[] }>('POST', '/v1/reviews/take', body)).body.claims;

  it('has what is most at stake first: action, then territories, then seconds', async () => {
    const germany = { conditions: { territories: { include: ['DE'] } } };
    const monetized = await registry.claim({ rules: [{ action: 'monetize', route_to_review: true }] });
    const inGermany = await registry.claim({
      rules: [{ action: 'block', route_to_review: true, ...germany }],
    });
    const everywhere = await registry.claim({ rules: routed });
    const { body } = await registry.claimant.send<{ claims: ClaimView[] }>('/v1/reviews?platform=Tube');
    const ours = [monetized, inGermany, everywhere].map(({ claim_id }) => claim_id);
    const order = body.claims.map(({ claim_id }) => claim_id).filter((claimId) => ours.includes(claimId));
    expect(order).toEqual([everywhere, inGermany, monetized].map(({ claim_id }) => claim_id));
    const filtered = await registry.claimant.send<{ claims: ClaimView[]; next_cursor: string }>(
      '/v1/reviews?action=block&review=routed&limit=1',
    );
    expect(filtered.body.claims.map(({ claim_id }) => claim_id)).toEqual([everywhere.claim_id]);
    const next = await registry.claimant.send<{ claims: ClaimView[] }>(
      `/v1/reviews?action=block&review=routed&limit=1&cursor=${filtered.body.next_cursor}`,
    );
    expect(next.body.claims.map(({ claim_id }) => claim_id)).toEqual([inGermany.claim_id]);
    expect((await registry.platform.send('/v1/reviews')).status).toBe(403);
  });

  it('gives reviewers that ask at once different claims, all of them, and nobody decides what another has taken', async () => {
    for (let count = 0; count < 6; count++) await registry.claim({ rules: routed });
    const keys = await Promise.all(
      [1, 2, 3].map(() =>
        createKeyOf(registry.records, { partyName: 'Harbour Records', role: 'rightsholder' }),
      ),
    );
    const reviewers = keys.map(({ key }) => new HttpClient(registry.address, key));
    const free = (await registry.claimant.send<{ claims: ClaimView[] }>('/v1/reviews?free=true&limit=200'))
      .body.claims;
    const taken = await Promise.all(reviewers.map((client) => take(client, { count: 50 })));
    const ids = taken.flat().map(({ claim_id }) => claim_id);
    expect(ids.sort()).toEqual(free.map(({ claim_id }) => claim_id).sort());
    const holder = taken.findIndex((claims) => claims.length > 0);
    const [claim] = taken[holder] as [ClaimView];
    const other = reviewers[(holder + 1) % 3] as HttpClient;
    const refused = await decide(other, claim.claim_id, { type: 'confirm' });
    expect([refused.status, refused.body.code]).toEqual([409, 'CLAIM_TAKEN']);
    expect((await other.json('POST', `/v1/reviews/${claim.claim_id}/take`, {})).body.code).toBe(
      'CLAIM_TAKEN',
    );
    const own = reviewers[holder] as HttpClient;
    expect((await decide(own, claim.claim_id, { type: 'confirm' })).body).toMatchObject({
      state: 'active',
      taken_until: null,
    });
    for (const { claim_id } of (taken[holder] as ClaimView[]).slice(1)) {
      await own.send(`/v1/reviews/${claim_id}/return`, { method: 'POST' });
    }
    expect((await take(other, { count: 50 })).length).toBeGreaterThanOrEqual(
      (taken[holder]?.length ?? 0) - 1,
    );
  });

  it('gives a claim to the next one when a lease has ended', async () => {
    const { claim_id: claimId } = await registry.claim({ rules: routed });
    const path = `/v1/reviews/${claimId}/take`;
    expect((await registry.claimant.json('POST', path, { lease_seconds: 1 })).status).toBe(200);
    const { key } = await createKeyOf(registry.records, {
      partyName: 'Harbour Records',
      role: 'rightsholder',
    });
    const next = new HttpClient(registry.address, key);
    expect((await next.json('POST', path, {})).status).toBe(409);
    await expect.poll(async () => (await next.json('POST', path, {})).status, { timeout: 5000 }).toBe(200);
  });

  it('is decided once by two reviewers at once', async () => {
    const { claim_id: claimId } = await registry.claim({ rules: routed });
    const answers = await Promise.all([
      decide(registry.claimant, claimId, { type: 'confirm' }),
      decide(operator, claimId, { type: 'release' }),
      decide(registry.claimant, claimId, { type: 'confirm' }),
    ]);
    // A confirmed claim can still be released: what cannot be is the same thing twice.
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(2);
    const history = await historyOf(registry.claimant, claimId);
    expect(history.map(({ entry_number }) => entry_number)).toEqual(history.map((_, index) => index + 1));
    expect(new Set(history.map(({ type }) => type)).size).toBe(history.length);
  });

  it('excludes a span by releasing: no later scan or submission matches in it, and what is beside it still does', async () => {
    const { claimant, platform } = registry;
    const { fingerprint, recordingId } = await registry.register({ rules: routed });
    const submit = (externalId: string) =>
      platform.submit(fingerprint, { platform: 'Tube', external_id: externalId });
    const { body } = await submit(`before ${recordingId}`);
    const claimId = body.matches[0]?.claims[0]?.claim_id as string;
    const part = { type: 'release_and_exclude', excluded_interval: { start_ms: 5_000, end_ms: 12_000 } };
    const released = await decide(claimant, claimId, part);
    expect([released.status, released.body.state]).toEqual([200, 'released']);

    const cut = (await platform.scan(fingerprint)).body.matches[0]?.segments ?? [];
    expect(cut.length).toBe(2);
    for (const { reference_start_ms, reference_end_ms, query_start_ms } of cut) {
      expect(reference_end_ms <= 5_000 || reference_start_ms >= 12_000).toBe(true);
      expect(Math.abs(query_start_ms - reference_start_ms)).toBeLessThan(200);
    }
    const second = await submit(`after ${recordingId}`);
    const rest = second.body.matches[0]?.claims[0]?.claim_id as string;
    const unsaid = await decide(claimant, rest, { type: 'release_and_exclude' });
    expect([unsaid.status, unsaid.body.code]).toEqual([400, 'EVENT_INVALID']);
    const all = { type: 'release_and_exclude', excluded_interval: { start_ms: 0, end_ms: 60_000 } };
    expect((await decide(claimant, rest, all)).status).toBe(200);
    expect((await platform.scan(fingerprint)).body.matches).toEqual([]);
    expect((await submit(`last ${recordingId}`)).body.matches).toEqual([]);
  });
});
