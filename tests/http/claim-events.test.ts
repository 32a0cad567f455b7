/** What both sides hear of claims, disputes and conflicts, and that time alone ends what nobody answers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Jobs, runJobs } from '../../api/registry/run-jobs.ts';
import type { DeliveryView, WebhookView } from '../../api/registry/webhook-view.ts';
import { act, type ClaimsRegistry, claimOf, dispute, openClaimsRegistry, routed } from '../support/claims.ts';
import type { HttpClient } from '../support/http-client.ts';
import { SettableClock } from '../support/settable-clock.ts';

const dayMs = 86_400_000;
const clock = new SettableClock();

let registry: ClaimsRegistry;
let jobs: Jobs;
beforeAll(async () => {
  // Of retroscans nobody hears here: when they end is no matter of these tests.
  registry = await openClaimsRegistry({ config: { retroscanPercent: 0 }, overrides: { clock } });
  jobs = await runJobs(registry.context);
});
afterAll(async () => {
  await jobs?.stop();
  await registry?.close();
});

/** The types of what one party hears of from here on, oldest first. Nothing arrives there: only what is due is looked at. */
async function listening(client: HttpClient): Promise<() => Promise<string[]>> {
  const url = 'https://nobody.invalid/hook';
  const { webhook_id: id } = (await client.json<WebhookView>('POST', '/v1/webhooks', { url })).body;
  return async () => {
    const path = `/v1/webhooks/${id}/deliveries?limit=100`;
    const { deliveries } = (await client.send<{ deliveries: DeliveryView[] }>(path)).body;
    return deliveries
      .sort((a, b) => a.event_id.localeCompare(b.event_id))
      .map(({ type }) => type)
      .filter((type) => type !== 'webhook.disabled');
  };
}

it('both sides hear of a claim and its dispute, and nobody else does', async () => {
  const stranger = (await registry.keyed('Stranger', 'rightsholder')).client;
  const heard = [];
  for (const client of [registry.claimant, registry.platform, stranger]) heard.push(await listening(client));
  const { claim_id: claimId } = await registry.claim();
  clock.advance(1000);
  await dispute(registry.platform, claimId);
  clock.advance(1000);
  await act(registry.claimant, claimId, { type: 'release' });
  const both = ['claim.raised', 'claim.disputed', 'dispute.opened', 'claim.released', 'dispute.upheld'];
  const [claimants, platforms, strangers] = await Promise.all(heard.map((types) => types()));
  expect([claimants?.toSorted(), platforms?.toSorted()]).toEqual([both.toSorted(), both.toSorted()]);
  expect([claimants?.[0], claimants?.slice(-2).toSorted()]).toEqual([
    'claim.raised',
    ['claim.released', 'dispute.upheld'],
  ]);
  expect(strangers).toEqual([]);
});

it('the sides of an ownership conflict hear that it began and ended, once', async () => {
  const heard = await listening(registry.claimant);
  const { claimantId, platformId } = registry;
  const { recordingId } = await registry.register({ owners: [claimantId, platformId] });
  type Conflicts = {
    ownership_conflicts: { owners: { party_id: string; rights_assertion_ids: string[] }[] }[];
  };
  const path = `/v1/ownership-conflicts?recording_id=${recordingId}`;
  const [conflict] = (await registry.claimant.send<Conflicts>(path)).body.ownership_conflicts;
  const [mine] = conflict?.owners.find(({ party_id }) => party_id === claimantId)?.rights_assertion_ids ?? [];
  const withdrawal = `/v1/recordings/${recordingId}/rights/${mine}/withdraw`;
  expect((await registry.claimant.send(withdrawal, { method: 'POST' })).status).toBe(200);
  expect(await heard()).toEqual(['ownership_conflict.opened', 'ownership_conflict.resolved']);
});

it('a potential claim that nobody looks at expires by a job after thirty days, not before', async () => {
  const heard = await listening(registry.platform);
  const { claim_id: claimId, deadline_at: deadline } = await registry.claim({ rules: routed });
  clock.advance(30 * dayMs - 1000);
  // Longer than it takes to look for what is due.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect((await claimOf(registry.claimant, claimId)).state).toBe('potential');
  clock.advance(2000);
  await expect
    .poll(async () => (await claimOf(registry.claimant, claimId)).state, { timeout: 30_000, interval: 200 })
    .toBe('expired');
  expect(await heard()).toEqual(['claim.routed', 'claim.expired']);
  expect(Date.parse(deadline as string)).toBeLessThan(clock.now().getTime());
}, 60_000);
