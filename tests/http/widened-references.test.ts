/** What a party comes to claim, though nothing new was registered: in past uploads too, or when somebody asks. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExclusionView } from '../../api/registry/exclusions.ts';
import type { ExplanationAnswer } from '../../api/registry/explanation-answer.ts';
import type { OwnershipConflictView } from '../../api/registry/ownership-conflict-view.ts';
import type { RetroscanView } from '../../api/registry/retroscan-view.ts';
import { runRetroscans } from '../../api/registry/run-retroscans.ts';
import { openSubmissionBank, type SubmissionBank } from '../../api/registry/submission-bank.ts';
import type { SubmissionView } from '../../api/registry/submission-view.ts';
import { act, type ClaimsRegistry, openClaimsRegistry } from '../support/claims.ts';
import type { HttpClient } from '../support/http-client.ts';
import { ownRecording } from '../support/owned-recording.ts';
import { SettableClock } from '../support/settable-clock.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

const dayMs = 86_400_000;

let registry: ClaimsRegistry;
let bank: SubmissionBank;
const clock = new SettableClock();
beforeAll(async () => {
  // At 0 a server begins none: what runs here is what a test runs.
  registry = await openClaimsRegistry({ config: { retroscanPercent: 0 }, overrides: { clock } });
  bank = await openSubmissionBank(registry.context);
});
afterAll(async () => {
  await bank?.close();
  await registry?.close();
});

const order: string[] = [];
const runAll = () =>
  runRetroscans(registry.context, {
    bank: async () => bank,
    isOver: () => false,
    stopping: new AbortController().signal,
    onProgress: ({ reference_id: referenceId }) => {
      if (order.at(-1) !== referenceId) order.push(referenceId);
    },
  });
const submit = async (fingerprint: Uint8Array<ArrayBuffer>, externalId: string) =>
  (await registry.platform.submit(fingerprint, { platform: 'Tube', external_id: externalId })).body;
const claimsIn = async (submissionId: string) =>
  (await registry.platform.send<SubmissionView>(`/v1/submissions/${submissionId}`)).body.matches.flatMap(
    ({ claims }) => claims,
  );
type Retroscans = { counts?: Record<string, number>; retroscans: RetroscanView[] };
const retroscans = async (client: HttpClient, query = '') =>
  (await client.send<Retroscans>(`/v1/retroscans?limit=200${query}`)).body;

describe('a span that was excluded', () => {
  it('matches again when it is put back, also in what was submitted meanwhile', async () => {
    const { claimant } = registry;
    const { recordingId, referenceId, fingerprint } = await registry.register();
    await runAll();
    const first = await submit(fingerprint, 'before the exclusion');
    const [claim] = await claimsIn(first.submission_id);
    const released = await act(claimant, claim?.claim_id as string, { type: 'release_and_exclude' });
    expect(released.body.state).toBe('released');
    const { submission_id: meanwhile } = await submit(fingerprint, 'while it is excluded');
    expect(await claimsIn(meanwhile)).toEqual([]);

    const path = `/v1/recordings/${recordingId}/excluded-intervals`;
    const listed = async () =>
      (await claimant.send<{ excluded_intervals: ExclusionView[] }>(path)).body.excluded_intervals;
    const [span, ...others] = await listed();
    expect(others).toEqual([]);
    expect(span).toMatchObject({ claim_id: claim?.claim_id, reason: 'Because.', lifted_at: null });
    const lift = () =>
      claimant.json<ExclusionView>('POST', `${path}/${span?.excluded_interval_id}/lift`, {
        reason: 'The loop is ours after all.',
      });
    const { status, body } = await lift();
    expect([status, body.lifted_by, body.lift_reason]).toEqual([
      200,
      'Harbour Records',
      'The loop is ours after all.',
    ]);
    expect((await lift()).body).toEqual(body);
    expect(await listed()).toEqual([body]);
    const waiting = await retroscans(claimant, `&reference_id=${referenceId}&state=waiting`);
    expect(waiting.retroscans).toMatchObject([{ cause: 'widened' }]);

    const { submission_id: after } = await submit(fingerprint, 'after it was put back');
    expect(await claimsIn(after)).toMatchObject([{ state: 'active' }]);
    await runAll();
    expect(await claimsIn(meanwhile)).toMatchObject([{ state: 'active' }]);
    expect(await claimsIn(first.submission_id)).toMatchObject([{ state: 'released' }]);
    expect(await claimsIn(after)).toHaveLength(1);
  });

  it('is put back by nobody else, and not under an id that is none', async () => {
    const { recordingId, fingerprint } = await registry.register();
    const [claim] = await claimsIn((await submit(fingerprint, 'of one party')).submission_id);
    await act(registry.claimant, claim?.claim_id as string, { type: 'release_and_exclude' });
    const path = `/v1/recordings/${recordingId}/excluded-intervals`;
    const { body } = await registry.claimant.send<{ excluded_intervals: ExclusionView[] }>(path);
    const lift = `${path}/${body.excluded_intervals[0]?.excluded_interval_id}/lift`;
    const { client: stranger } = await registry.keyed('Foreign Records', 'rightsholder');
    expect((await stranger.send(path)).status).toBe(404);
    expect((await stranger.json('POST', lift, { reason: 'Mine.' })).status).toBe(404);
    expect((await registry.platform.json('POST', lift, { reason: 'Mine.' })).status).toBe(403);
    const { recordingId: another } = await registry.register();
    const elsewhere = await registry.claimant.json('POST', lift.replace(recordingId, another), {
      reason: 'Not of this recording.',
    });
    expect([elsewhere.status, (elsewhere.body as { code?: string }).code]).toEqual([
      404,
      'EXCLUDED_INTERVAL_NOT_FOUND',
    ]);
    const still = await registry.claimant.send<{ excluded_intervals: ExclusionView[] }>(path);
    expect(still.body).toEqual(body);
  });
});

describe('rights that widen', () => {
  it('by a decision that upholds who was set aside before are looked for in past uploads', async () => {
    const { partyId: rivalId } = await registry.keyed('Meadow Music', 'rightsholder');
    const { recordingId, fingerprint } = await registry.register({ owners: [registry.claimantId] });
    await ownRecording(registry.records, recordingId, { owners: [rivalId], rules: [{ action: 'block' }] });
    const { client: operator } = await registry.keyed('Operators', 'operator');
    type Listed = { ownership_conflicts: OwnershipConflictView[] };
    const [conflict] = (
      await operator.send<Listed>(`/v1/ownership-conflicts?recording_id=${recordingId}&state=open`)
    ).body.ownership_conflicts;
    const idsOf = (partyId: string) =>
      conflict?.owners.find((owner) => owner.party_id === partyId)?.rights_assertion_ids ?? [];
    const decide = (upheld: string, setAside: string) =>
      operator.json('POST', `/v1/ownership-conflicts/${conflict?.ownership_conflict_id}/decisions`, {
        upheld: idsOf(upheld),
        set_aside: idsOf(setAside),
        reason: 'By the contract.',
      });
    expect((await decide(registry.claimantId, rivalId)).status).toBe(201);
    await runAll();
    const { submission_id: id } = await submit(fingerprint, 'of two owners');
    expect(await claimsIn(id)).toMatchObject([{ party_id: registry.claimantId }]);

    expect((await decide(rivalId, registry.claimantId)).status).toBe(201);
    await runAll();
    const parties = (await claimsIn(id)).map(({ party_id: partyId }) => partyId);
    expect(parties.toSorted()).toEqual([registry.claimantId, rivalId].toSorted());
  });
});

describe('a policy that allows less', () => {
  it('is for uploads to come, and for past ones when somebody asks', async () => {
    const { claimant, claimantId } = registry;
    const { recordingId, fingerprint } = await registry.register({ rules: [{ action: 'allow' }] });
    const { submission_id: id } = await submit(fingerprint, 'allowed');
    await runAll();
    expect(await claimsIn(id)).toEqual([]);
    const document = { name: 'Block', rules: [{ action: 'block' }] };
    const made = await claimant.json<{ policy_id: string }>('POST', '/v1/policies', document);
    const policyId = made.body.policy_id;
    await claimant.json('POST', `/v1/policies/${policyId}/activate`, { version: 1 });
    await claimant.json('PUT', `/v1/recordings/${recordingId}/policy`, { policy_id: policyId });
    expect((await retroscans(claimant, '&state=waiting')).retroscans).toEqual([]);
    await runAll();
    expect(await claimsIn(id)).toEqual([]);
    await claimant.json('POST', '/v1/retroscans', { recording_id: recordingId });
    await runAll();
    expect(await claimsIn(id)).toMatchObject([{ party_id: claimantId, action: 'block', state: 'active' }]);
  });
});

describe('whoever asks for a retroscan', () => {
  it('sees how many there are in each state, and goes before what was only registered', async () => {
    await runAll();
    const before = (await retroscans(registry.claimant)).counts;
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await registry.register({ owners: [] }));
    const last = made.at(-1);
    await registry.claimant.json('POST', '/v1/retroscans', { recording_id: last?.recordingId });
    const { counts } = await retroscans(registry.claimant);
    expect(counts).toEqual({ ...before, waiting: 3 });
    order.length = 0;
    await runAll();
    const [first, second, third] = made.map(({ referenceId }) => referenceId);
    expect(order).toEqual([third, first, second]);
    const { counts: after } = await retroscans(registry.claimant);
    expect(after).toEqual({ ...before, done: (before?.['done'] ?? 0) + 3 });
  });
});

describe('what a retroscan found', () => {
  it('is explained by the scan that it was submitted with, to whoever reported it and to nobody else', async () => {
    const fingerprint = syntheticFingerprintFile(970_001);
    const { scan_id: scanId, submission_id: id } = await submit(fingerprint, 'to be explained');
    const { body } = await registry.claimant.register({ external_id: 'explained' }, fingerprint);
    await ownRecording(registry.records, body.recording_id, {
      owners: [registry.claimantId],
      rules: [{ action: 'block' }],
    });
    const path = `/v1/scans/${scanId}/matches/${body.recording_id}/explanation`;
    expect((await registry.platform.send(path)).status).toBe(404);
    await runAll();
    expect(await claimsIn(id)).toHaveLength(1);
    const explain = (client: HttpClient) => client.send<ExplanationAnswer>(path);
    const explained = await explain(registry.platform);
    expect(explained.status).toBe(200);
    expect(explained.body).toMatchObject({
      in_scan: false,
      recording: { external_id: 'explained' },
      verdict: { is_match: true, remark: expect.stringContaining('A retroscan found it later') },
    });
    const { client: stranger } = await registry.keyed('Another platform', 'platform');
    expect((await explain(stranger)).status).toBe(404);
    expect((await explain(registry.claimant)).status).toBe(404);

    // By then only what was submitted is kept, and not what was scanned.
    await forgetScanFingerprint(scanId);
    expect((await explain(registry.platform)).body.verdict.is_match).toBe(true);
    clock.advance((registry.context.config.submissionFingerprintDays + 1) * dayMs);
    expect((await explain(registry.platform)).status).toBe(410);
  });

  async function forgetScanFingerprint(scanId: string): Promise<void> {
    const database = new pg.Client({ connectionString: registry.context.config.databaseUrl });
    await database.connect();
    await database.query('set role earmark_service');
    const { rowCount } = await database.query('delete from scan_fingerprint where scan_id = $1', [scanId]);
    await database.end();
    expect(rowCount).toBe(1);
  }
});
