/**
 * Random lives of claims and disputes through the store: whoever comes with whatever, rows and histories agree, and a
 * history alone gives the state again. The rules have the ten thousand lives; here are those that reach Postgres.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scoped, under } from '../../api/context.ts';
import { RegistryError } from '../../api/errors.ts';
import { type Caller, scopesOf, sessionOf } from '../../api/registry/caller.ts';
import { actOnClaim, claimantEvents, getClaim } from '../../api/registry/claims.ts';
import {
  actOnDispute,
  counterState,
  listDisputes,
  openDispute,
  uploaderEvents,
} from '../../api/registry/disputes.ts';
import { entryOfRow } from '../../api/registry/event-history.ts';
import { expireDue } from '../../api/registry/expire-due.ts';
import { submitUpload } from '../../api/registry/submit-upload.ts';
import { type ClaimEntry, replayClaim } from '../../api/rules/claim-machine.ts';
import { type DisputeEntry, replayDispute } from '../../api/rules/dispute-machine.ts';
import { RuleError } from '../../api/rules/rule-error.ts';
import { type ClaimsRegistry, openClaimsRegistry, routed } from '../support/claims.ts';

const dayMs = 86_400_000;
const lives = 200;

let registry: ClaimsRegistry;
let recordings: { readonly fingerprint: Uint8Array }[];
beforeAll(async () => {
  registry = await openClaimsRegistry();
  recordings = [await registry.register(), await registry.register({ rules: routed })];
});
afterAll(() => registry?.close());

const callerOf = (partyId: string, role: 'rightsholder' | 'platform' | 'operator'): Caller => ({
  partyId,
  apiKeyId: partyId,
  scopes: scopesOf[role],
});

const anyEvent = fc.record({
  event: fc.oneof(
    fc.constantFrom('dispute', 'escalate', 'counter_state', 'expire' as const),
    fc.constantFrom(...uploaderEvents),
    fc.constantFrom(...claimantEvents),
  ),
  capacity: fc.constantFrom('claimant', 'claimant', 'reviewer' as const),
  afterDays: fc.constantFrom(0, 0, 0, 1, 8, 31),
  isAtOnce: fc.boolean(),
});

let uploadNumber = 0;

it(`${lives} random lives leave rows that their histories give again`, { timeout: 180_000 }, async () => {
  const { claimantId, platformId, context } = registry;
  const claimant = callerOf(claimantId, 'rightsholder');
  const platform = callerOf(platformId, 'platform');
  const as = (caller: Caller): Scoped<typeof context> => under(context, sessionOf(caller));
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(1), fc.array(anyEvent, { maxLength: 8 }), async (which, events) => {
      uploadNumber += 1;
      const { view } = await submitUpload(as(platform), {
        partyId: platformId,
        upload: { platform: 'Tube', external_id: `life ${uploadNumber}` },
        fingerprint: recordings[which]?.fingerprint as Uint8Array,
      });
      const claimId = view.matches[0]?.claims[0]?.claim_id as string;
      let now = new Date();
      const disputes = async () =>
        (await listDisputes(as(platform), { partyId: platformId, claimId, limit: 100 })).items;
      for (const { event, capacity, afterDays, isAtOnce } of events) {
        now = new Date(now.getTime() + afterDays * dayMs);
        const at = now;
        const last = (await disputes()).at(-1);
        const happen = async () => {
          const disputeId = last?.dispute_id ?? claimId;
          const statement = 'A word.';
          const reason = 'Because.';
          if (event === 'expire') await expireDue(context, at);
          else if (event === 'dispute' || event === 'escalate') {
            const opened = {
              claimId,
              disputeReason: 'authorised',
              statement,
              isEscalated: event === 'escalate',
            } as const;
            await openDispute(as(platform), platform, opened, at);
          } else if (event === 'counter_state')
            await counterState(as(claimant), claimant, { disputeId, statement }, at);
          else if ((uploaderEvents as readonly string[]).includes(event)) {
            const type = event as (typeof uploaderEvents)[number];
            await actOnDispute(as(platform), platform, { disputeId, type, reason, statement }, at);
          } else {
            const type = event as (typeof claimantEvents)[number];
            const excluded = { start_ms: 0, end_ms: 1 };
            const act = { claimId, type, reason, noticeId: 'n', excludedInterval: excluded };
            await actOnClaim(as(claimant), claimant, capacity, act, at);
          }
          seen.add(event);
        };
        const refused = (error: unknown) => {
          if (error instanceof RuleError || error instanceof RegistryError) return;
          throw error;
        };
        // Twice at once: one comes after the other, or is refused.
        await Promise.all([happen().catch(refused), isAtOnce ? happen().catch(refused) : undefined]);
      }
      const claim = await getClaim(as(claimant), { partyId: claimantId, claimId });
      const { store } = as(claimant);
      const history = (await store.listClaimEvents(claimId)).map((row) => entryOfRow(row)) as ClaimEntry[];
      expect(replayClaim(history)).toMatchObject({
        state: claim.state,
        entryCount: claim.version,
        deadlineAtMs: claim.deadline_at === null ? null : Date.parse(claim.deadline_at),
      });
      for (const { dispute_id, state, version, deadline_at } of await disputes()) {
        const entries = (await store.listDisputeEvents(dispute_id)).map((row) =>
          entryOfRow(row),
        ) as DisputeEntry[];
        expect(replayDispute(entries)).toMatchObject({
          state,
          entryCount: version,
          deadlineAtMs: deadline_at === null ? null : Date.parse(deadline_at),
        });
      }
    }),
    { numRuns: lives, seed: 7 },
  );
  // Most kinds of events were taken by a life that was ready for them; which, is chance.
  expect(seen.size).toBeGreaterThan(9);
});
