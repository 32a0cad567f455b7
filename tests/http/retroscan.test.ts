/** What was submitted before a recording was registered is found and claimed when it is. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetSubmissions } from '../../api/registry/forget-submissions.ts';
import type { RetroscanView } from '../../api/registry/retroscan-view.ts';
import { runJobs } from '../../api/registry/run-jobs.ts';
import { runRetroscans } from '../../api/registry/run-retroscans.ts';
import { openSubmissionBank, type SubmissionBank } from '../../api/registry/submission-bank.ts';
import type { SubmissionView } from '../../api/registry/submission-view.ts';
import { fingerprintCatalog, fingerprintUploads } from '../fingerprint/bundled-fingerprints.ts';
import { asOwner } from '../support/as-owner.ts';
import { act, type ClaimsRegistry, historyOf, openClaimsRegistry } from '../support/claims.ts';
import type { HttpClient } from '../support/http-client.ts';
import { ownRecording } from '../support/owned-recording.ts';
import { SettableClock } from '../support/settable-clock.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

const never = new AbortController().signal;
const dayMs = 86_400_000;

let registry: ClaimsRegistry;
let bank: SubmissionBank;
const clock = new SettableClock();
beforeAll(async () => {
  registry = await openClaimsRegistry({ config: { retroscanPercent: 100 }, overrides: { clock } });
  bank = await openSubmissionBank(registry.context);
});
afterAll(async () => {
  await bank?.close();
  await registry?.close();
});

/** Does what waits; `isOver` breaks it off. */
const runAll = (
  isOver: () => boolean = () => false,
  onProgress: (retroscan: RetroscanView) => void = () => undefined,
) => runRetroscans(registry.context, { bank: async () => bank, isOver, stopping: never, onProgress });

const retroscansOf = async (client: HttpClient, query = '') =>
  (await client.send<{ retroscans: RetroscanView[] }>(`/v1/retroscans?limit=200${query}`)).body.retroscans;
const submissionOf = async (id: string) =>
  (await registry.platform.send<SubmissionView>(`/v1/submissions/${id}`)).body;
const submit = async (fingerprint: Uint8Array<ArrayBuffer>, externalId: string, account?: string) =>
  (
    await registry.platform.submit(fingerprint, {
      platform: 'Tube',
      external_id: externalId,
      ...(account === undefined ? {} : { account }),
    })
  ).body;

async function registerOwned(fingerprint: Uint8Array<ArrayBuffer>, externalId: string) {
  const { body } = await registry.claimant.register({ external_id: externalId }, fingerprint);
  const owners = [registry.claimantId];
  await ownRecording(registry.records, body.recording_id, { owners, rules: [{ action: 'block' }] });
  return body;
}

describe('a recording that is registered after an upload of it was submitted', () => {
  it('is found in it and claimed by a job, and both sides hear of it', async () => {
    const { claimant, claimantId, platformId } = registry;
    const fingerprint = syntheticFingerprintFile(900_001);
    const before = await submit(fingerprint, 'early', 'channel-1');
    expect(before.matches).toEqual([]);
    await using _jobs = await runJobs(registry.context);
    const { reference_id: referenceId } = await registerOwned(fingerprint, 'late');
    await expect
      .poll(async () => (await submissionOf(before.submission_id)).matches[0]?.claims.length, {
        timeout: 20_000,
      })
      .toBe(1);
    const [match] = (await submissionOf(before.submission_id)).matches;
    expect(match?.claims).toMatchObject([{ party_id: claimantId, state: 'active', action: 'block' }]);
    const [entry] = await historyOf(claimant, match?.claims[0]?.claim_id as string);
    expect(entry).toMatchObject({ type: 'raise', reason: 'A match in a past upload, found by a retroscan.' });

    const finished = () => retroscansOf(claimant, `&reference_id=${referenceId}&state=done`);
    await expect.poll(async () => (await finished()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect((await finished()).reduce((sum, one) => sum + one.claims, 0)).toBe(1);
    for (const { submissions } of await finished()) expect(submissions.checked).toBe(submissions.total);
    const types = await eventTypesOf(claimantId);
    expect(types).toEqual(expect.arrayContaining(['claim.raised', 'retroscan.finished']));
    expect(await eventTypesOf(platformId)).toEqual(['claim.raised']);
  });

  it('is found altered, second by second, as in an upload that comes now', async () => {
    const uploads = await fingerprintUploads();
    const early = new Map<string, string>();
    for (const { externalId, bytes } of uploads)
      early.set(externalId, (await submit(bytes, externalId)).submission_id);
    for (const { externalId, bytes } of await fingerprintCatalog()) await registerOwned(bytes, externalId);
    await runAll();
    for (const { externalId, bytes } of uploads) {
      const now = await submit(bytes, `${externalId} again`);
      const then = await submissionOf(early.get(externalId) as string);
      // A search among fewer recordings may settle on an alignment a hair beside.
      const told = ({ matches }: SubmissionView) =>
        matches
          .flatMap(({ recording, segments }) => segments.map((segment) => ({ recording, segment })))
          .sort((a, b) => a.segment.query_start_ms - b.segment.query_start_ms);
      const expected = told(now).map(({ recording, segment }) => ({
        recording: { external_id: recording.external_id },
        segment: {
          transform: segment.transform,
          tempo_ratio: expect.closeTo(segment.tempo_ratio, 3),
          query_start_ms: expect.closeTo(segment.query_start_ms, -2),
          query_end_ms: expect.closeTo(segment.query_end_ms, -2),
          reference_start_ms: expect.closeTo(segment.reference_start_ms, -2),
        },
      }));
      expect(told(then)).toMatchObject(expected);
      expect(told(then)).toHaveLength(expected.length);
      expect(then.matches.length).toBeGreaterThan(0);
    }
  }, 120_000);

  it('without rights is matched and not claimed, and claimed when its rights are asserted', async () => {
    const fingerprint = syntheticFingerprintFile(900_002);
    const { submission_id: id } = await submit(fingerprint, 'unowned');
    const { body } = await registry.claimant.register({ external_id: 'unowned' }, fingerprint);
    await runAll();
    expect((await submissionOf(id)).matches).toMatchObject([{ claims: [] }]);
    const owners = [registry.claimantId];
    await ownRecording(registry.records, body.recording_id, { owners, rules: [{ action: 'track' }] });
    await runAll();
    const [match, ...others] = (await submissionOf(id)).matches;
    expect(others).toEqual([]);
    expect(match?.claims).toMatchObject([{ state: 'active', action: 'track' }]);
    expect(match?.outcomes).toMatchObject([{ action: 'track' }]);
  });
});

describe('a retroscan', () => {
  it('asked for again raises nothing twice, not even what was released', async () => {
    const { claimant } = registry;
    const fingerprint = syntheticFingerprintFile(900_003);
    const { submission_id: id } = await submit(fingerprint, 'twice');
    const { recording_id: recordingId } = await registerOwned(fingerprint, 'twice');
    await runAll();
    const claimId = (await submissionOf(id)).matches[0]?.claims[0]?.claim_id as string;
    await act(claimant, claimId, { type: 'release' });
    const ask = () =>
      claimant.json<{ retroscans: RetroscanView[] }>('POST', '/v1/retroscans', { recording_id: recordingId });
    const asked = await ask();
    expect(asked.status).toBe(202);
    expect(asked.body.retroscans).toMatchObject([{ state: 'waiting', cause: 'request' }]);
    // One that waits stands for both.
    expect((await ask()).body).toEqual(asked.body);
    await runAll();
    const path = `/v1/retroscans/${asked.body.retroscans[0]?.retroscan_id}`;
    const { body: done } = await claimant.send<RetroscanView>(path);
    expect(done).toMatchObject({ state: 'done', scanned: 1, matches: 0, claims: 0 });
    const claims = (await submissionOf(id)).matches.flatMap((match) => match.claims);
    expect(claims).toMatchObject([{ claim_id: claimId, state: 'released' }]);
  });

  it('that is broken off goes on where it was', async () => {
    const fingerprint = syntheticFingerprintFile(900_004);
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.push((await submit(fingerprint, `broken off ${i}`)).submission_id);
    const { reference_id: referenceId } = await registerOwned(fingerprint, 'broken off');
    const mine = async () => (await retroscansOf(registry.claimant, `&reference_id=${referenceId}`))[0];
    let scannedCount = 0;
    await runAll(
      () => scannedCount >= 2,
      () => {
        scannedCount += 1;
      },
    );
    const broken = await mine();
    expect(broken).toMatchObject({ state: 'running', scanned: 2, claims: 2, ended_at: null });
    expect(broken?.submissions.checked).toBeLessThan(broken?.submissions.total as number);
    await runAll();
    expect(await mine()).toMatchObject({ state: 'done', scanned: 6, matches: 6, claims: 6 });
    for (const id of ids) expect((await submissionOf(id)).matches).toMatchObject([{ claims: [{}] }]);
  });

  it('is seen by nobody but whose reference it is for, and asked for by nobody else', async () => {
    const { client: stranger } = await registry.keyed('Foreign Records', 'rightsholder');
    const { recordingId } = await registry.register();
    const [first] = await retroscansOf(registry.claimant);
    expect(await retroscansOf(stranger)).toEqual([]);
    expect((await stranger.send(`/v1/retroscans/${first?.retroscan_id}`)).status).toBe(404);
    const asked = await stranger.json('POST', '/v1/retroscans', { recording_id: recordingId });
    expect(asked.status).toBe(404);
    const { client: operator } = await registry.keyed('Operators', 'operator');
    expect((await retroscansOf(operator)).length).toBeGreaterThan(0);
  });

  it('looks through a submission too that was searched before the reference came and kept after its retroscan', async () => {
    const fingerprint = syntheticFingerprintFile(900_005);
    const { recording_id: recordingId } = await registerOwned(fingerprint, 'overtaking');
    await runAll();
    const { submission_id: id } = await submit(syntheticFingerprintFile(900_006), 'overtaken');
    await asOwner(registry, 'submission_fingerprint', async (database) => {
      await database.query(
        'update submission_fingerprint set bytes = $1, index_position = 0 where submission_id = $2',
        [fingerprint, id],
      );
    });
    await runAll();
    expect((await submissionOf(id)).matches).toEqual([]);
    await registry.context.store.extendRetroscans(100);
    await runAll();
    const { matches } = await submissionOf(id);
    expect(matches).toMatchObject([{ recording: { recording_id: recordingId }, claims: [{}] }]);
  });

  it('claims nothing from an account that is allowed', async () => {
    const allowed = { platform: 'Tube', account: 'old friend' };
    await registry.claimant.json('POST', '/v1/allowlist', allowed);
    const fingerprint = syntheticFingerprintFile(900_007);
    const { submission_id: id } = await submit(fingerprint, 'of a friend', 'old friend');
    await registerOwned(fingerprint, 'of a friend');
    await runAll();
    expect((await submissionOf(id)).matches).toMatchObject([
      { claims: [], unclaimed: [{ because: 'allowlisted' }] },
    ]);
  });

  it('looks through nothing that is over its time, which is forgotten', async () => {
    const fingerprint = syntheticFingerprintFile(900_008);
    const { submission_id: id } = await submit(fingerprint, 'long ago');
    clock.advance(registry.context.config.submissionFingerprintDays * dayMs + 1000);
    const { submission_id: newId } = await submit(syntheticFingerprintFile(900_009), 'of today');
    await registerOwned(fingerprint, 'after all this time');
    await runAll();
    expect((await submissionOf(id)).matches).toEqual([]);
    await forgetSubmissions(registry.context, never);
    const kept = await asOwner(
      registry,
      'submission_fingerprint',
      async (database) => (await database.query('select submission_id from submission_fingerprint')).rows,
    );
    expect(kept).toEqual([{ submission_id: newId }]);
    await registerOwned(syntheticFingerprintFile(900_009), 'of today');
    await runAll();
    expect((await submissionOf(newId)).matches).toHaveLength(1);
    expect(bank.status().recordings).toBe(1);
  });
});

async function eventTypesOf(partyId: string): Promise<string[]> {
  const database = new pg.Client({ connectionString: registry.context.config.databaseUrl });
  await database.connect();
  await database.query('set role earmark_operator');
  const { rows } = await database.query<{ type: string }>(
    'select distinct type from event where party_id = $1 order by 1',
    [partyId],
  );
  await database.end();
  return rows.map(({ type }) => type);
}
