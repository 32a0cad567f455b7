/**
 * The second half of the demo: whose the recordings are and what follows from a match. Two rights-holders, a platform
 * and a reviewer act by the same use cases as over HTTP; everything printed is what the registry answered.
 */
import { join } from 'node:path';
import { type Context, type Scoped, under } from '../../context.ts';
import { type Caller, type Role, scopesOf, sessionOf } from '../../registry/caller.ts';
import type { ClaimView } from '../../registry/claim-view.ts';
import { actOnClaim, getClaimHistory, listClaims } from '../../registry/claims.ts';
import { getDispute, openDispute } from '../../registry/disputes.ts';
import { ensureParty } from '../../registry/ensure-party.ts';
import { decideConflict, listConflicts } from '../../registry/ownership-conflicts.ts';
import { activatePolicy, assignPolicy, createPolicy } from '../../registry/policies.ts';
import { takeReviews } from '../../registry/review-queue.ts';
import { assertRights } from '../../registry/rights.ts';
import { runRetroscans } from '../../registry/run-retroscans.ts';
import { openSubmissionBank } from '../../registry/submission-bank.ts';
import type { SubmissionView } from '../../registry/submission-view.ts';
import { submitUpload } from '../../registry/submit-upload.ts';
import type { Paint } from '../output/terminal-text.ts';
import type { Registry } from '../registry.ts';

type Actor = { readonly name: string; readonly caller: Caller; readonly store: Scoped<Context> };

const whole = { right: 'AllRights', share: 100, territories: { include: ['Worldwide'] } };

export async function tellWhatFollows(
  context: Context,
  registry: Registry,
  { bundle, paint }: { readonly bundle: string; readonly paint: Paint },
): Promise<void> {
  const say = (line = '') => console.log(line === '' ? '' : `  ${line}`);
  const heading = (text: string) => console.log(`\n${paint('bold', text)}\n`);
  const operator = await openActor(context, 'Registry', 'operator');
  const harbour = await openActor(context, 'Harbour Records', 'rightsholder');
  const meridian = await openActor(context, 'Meridian Music', 'rightsholder');
  const tube = await openActor(context, 'Tube', 'platform');

  heading('Whose is it?');
  const { recordings } = await registry.list({ limit: 50 });
  const idOf = new Map(recordings.map((recording) => [recording.external_id, recording.recording_id]));
  for (const recordingId of idOf.values()) await own(operator, harbour, recordingId);
  await own(operator, meridian, idOf.get('whallon-intro') as string);
  await setPolicy(operator, harbour, [
    { action: 'monetize' },
    { action: 'block', conditions: { territories: { include: ['DE', 'JP'] } } },
  ]);
  await setPolicy(operator, meridian, [{ action: 'track' }]);
  const [conflict] = (await listConflicts(operator.store, { state: 'open', limit: 10 })).items;
  say(
    `${harbour.name} asserts all rights in ten recordings, and blocks in DE and JP what it monetizes elsewhere.`,
  );
  say(`${meridian.name} asserts all rights in whallon-intro too: ${conflict?.share} % of it are claimed.`);

  heading('What follows: Tube reports the compilation');
  const { fingerprint } = await registry.fingerprint(join(bundle, 'uploads', 'compilation.opus'), 'search');
  const reported = { platform: 'Tube', external_id: 'compilation', account: 'channel-12', title: 'a mix' };
  const asked = { partyId: tube.caller.partyId, upload: reported, fingerprint };
  const { view } = await submitUpload(tube.store, asked);
  for (const line of submissionLines(view)) say(line);

  heading('The conflict is decided, and a reviewer confirms');
  const assertionsOf = ({ name }: Actor) =>
    conflict?.owners.find(({ party }) => party === name)?.rights_assertion_ids ?? [];
  await decideConflict(operator.store, operator.caller, {
    conflictId: conflict?.ownership_conflict_id as string,
    upheld: assertionsOf(harbour),
    setAside: assertionsOf(meridian),
    reason: `${meridian.name} could not show a contract.`,
  });
  say(
    `The registry sets the assertion of ${meridian.name} aside; both sides see the decision and its reason.`,
  );
  const queue = await takeReviews(operator.store, operator.caller, { count: 10 });
  for (const claim of queue) say(await reviewOne(operator, harbour, claim));

  heading('A dispute');
  const active = view.matches.flatMap(({ claims }) => claims).find(({ state }) => state === 'active');
  const claimId = active?.claim_id as string;
  const opened = await openDispute(tube.store, tube.caller, {
    claimId,
    disputeReason: 'authorised',
    statement: 'We have a licence for this mix.',
    isEscalated: false,
    account: 'channel-12',
  });
  await actOnClaim(harbour.store, harbour.caller, 'claimant', {
    claimId,
    type: 'release',
    reason: 'The licence exists.',
  });
  const ended = await getDispute(tube.store, {
    partyId: tube.caller.partyId,
    disputeId: opened.dispute_id,
  });
  for (const entry of await getClaimHistory(harbour.store, { partyId: harbour.caller.partyId, claimId })) {
    say(`${entry.actor_role.padEnd(12)} ${entry.type.padEnd(8)} → ${entry.to.padEnd(9)} ${entry.reason}`);
  }
  say(`The dispute is ${ended.state}.`);

  heading('A retroscan: the recording comes after the upload');
  await registry.remove(idOf.get('brandenburg-2') as string);
  const early = await registry.fingerprint(join(bundle, 'uploads', 'low-rate.opus'), 'search');
  const before = await submitUpload(tube.store, {
    partyId: tube.caller.partyId,
    upload: { platform: 'Tube', external_id: 'low-rate' },
    fingerprint: early.fingerprint,
  });
  say(`Tube reports low-rate while brandenburg-2 is not registered: ${before.view.matches.length} matches.`);
  const late = await registry.fingerprint(join(bundle, 'catalog', 'brandenburg-2.ogg'), 'registration');
  const { recordingId } = await registry.register({
    externalId: 'brandenburg-2',
    metadata: {},
    fingerprint: late.fingerprint,
  });
  await own(operator, harbour, recordingId);
  const bank = await openSubmissionBank(context);
  await runRetroscans(context, {
    bank: () => Promise.resolve(bank),
    isOver: () => false,
    stopping: new AbortController().signal,
  }).finally(() => bank.close());
  const raised = (await listClaims(harbour.store, { partyId: undefined, recordingId, limit: 10 })).items;
  for (const { upload, action, state } of raised) {
    say(
      `It is registered, and past submissions are looked through: claim on ${upload.external_id}, ${action}, ${state}.`,
    );
  }
  say();
}

async function openActor(context: Context, name: string, role: Role): Promise<Actor> {
  const partyId = await ensureParty(under(context, { role: 'operator' }), name, [role]);
  const caller: Caller = { partyId, apiKeyId: partyId, scopes: scopesOf[role] };
  return { name, caller, store: under(context, sessionOf(caller)) };
}

/** By the operator, in the name of the owner: the recordings were registered by the demo's own party. */
async function own(operator: Actor, { caller }: Actor, recordingId: string): Promise<void> {
  const owner = { partyId: caller.partyId, scopes: operator.caller.scopes };
  await assertRights(operator.store, owner, { recordingId, document: { ...whole, basis: 'OriginalOwner' } });
}

type Rules = Parameters<typeof createPolicy>[2]['document']['rules'];

async function setPolicy(operator: Actor, { name, caller }: Actor, rules: Rules): Promise<void> {
  const owner = { partyId: caller.partyId, scopes: operator.caller.scopes };
  const document = { name: `default of ${name}`, rules };
  const { policy_id: policyId } = await createPolicy(operator.store, owner, { document });
  await activatePolicy(operator.store, owner, { policyId, version: 1 });
  await assignPolicy(operator.store, owner, { policyId });
}

function submissionLines({ matches }: SubmissionView): string[] {
  return matches.flatMap(({ recording, facts, outcomes, claims }) => [
    `${recording.external_id}: ${facts.match_seconds.toFixed(1)} s of it`,
    ...outcomes.map(({ reason }) => `  ${reason}`),
    ...claims.map(({ party, state, review }) => {
      const because = review.length > 0 ? ` (${review.join(', ')}): a person looks first` : '';
      return `  claim of ${party}: ${state}${because}`;
    }),
  ]);
}

async function reviewOne(operator: Actor, harbour: Actor, claim: ClaimView): Promise<string> {
  const isOwners = claim.party_id === harbour.caller.partyId;
  const type = isOwners ? 'confirm' : 'release';
  const reason = isOwners ? 'Heard both, and it is theirs.' : 'It is not theirs.';
  const { state } = await actOnClaim(operator.store, operator.caller, 'reviewer', {
    claimId: claim.claim_id,
    type,
    reason,
  });
  return `${claim.recording.external_id}, claim of ${claim.party}: ${type} → ${state}. ${reason}`;
}
