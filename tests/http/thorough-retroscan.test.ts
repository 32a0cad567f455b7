/** A thorough retroscan scans every submission that is kept, and finds what the look at the bank does not name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RetroscanView } from '../../api/registry/retroscan-view.ts';
import { runRetroscans } from '../../api/registry/run-retroscans.ts';
import { openSubmissionBank, type SubmissionBank } from '../../api/registry/submission-bank.ts';
import type { SubmissionView } from '../../api/registry/submission-view.ts';
import { type FingerprintedFile, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { buriedUnder, cut, peaksOf, uploadOfPeaks } from '../match/alterations.ts';
import { asOwner } from '../support/as-owner.ts';
import { act, type ClaimsRegistry, openClaimsRegistry } from '../support/claims.ts';
import { ownRecording } from '../support/owned-recording.ts';
import { silentFingerprintFile, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

let registry: ClaimsRegistry;
let bank: SubmissionBank;
let files: FingerprintedFile[];
beforeAll(async () => {
  registry = await openClaimsRegistry({ config: { retroscanPercent: 0 } });
  bank = await openSubmissionBank(registry.context);
  files = await fingerprintCatalog();
}, 60_000);
afterAll(async () => {
  await bank?.close();
  await registry?.close();
});

/** The references that were worked on, in their order. */
const order: string[] = [];
const runAll = (
  isOver: () => boolean = () => false,
  onProgress: (retroscan: RetroscanView) => void = () => undefined,
) =>
  runRetroscans(registry.context, {
    bank: async () => bank,
    isOver,
    stopping: new AbortController().signal,
    onProgress: (retroscan) => {
      if (order.at(-1) !== retroscan.reference_id) order.push(retroscan.reference_id);
      onProgress(retroscan);
    },
  });
/** Broken off after a submission, or after the look where that named none. */
const runOneStep = () => {
  let isOver = false;
  return runAll(
    () => isOver,
    () => {
      isOver = true;
    },
  );
};

let uploadCount = 0;
const submit = async (fingerprint: Uint8Array<ArrayBuffer>) => {
  uploadCount += 1;
  const upload = { platform: 'Tube', external_id: `upload ${uploadCount}` };
  return (await registry.platform.submit(fingerprint, upload)).body.submission_id;
};
const claimsIn = async (submissionId: string) =>
  (await registry.platform.send<SubmissionView>(`/v1/submissions/${submissionId}`)).body.matches.flatMap(
    ({ claims }) => claims,
  );
async function registerOwned(fingerprint: Uint8Array<ArrayBuffer>, externalId: string) {
  const { body } = await registry.claimant.register({ external_id: externalId }, fingerprint);
  const owners = [registry.claimantId];
  await ownRecording(registry.records, body.recording_id, { owners, rules: [{ action: 'block' }] });
  return { recordingId: body.recording_id, referenceId: body.reference_id };
}
const ask = async (recordingId: string, thorough?: boolean) => {
  const body = { recording_id: recordingId, ...(thorough === undefined ? {} : { thorough }) };
  const asked = await registry.claimant.json<{ retroscans: RetroscanView[] }>('POST', '/v1/retroscans', body);
  expect(asked.status).toBe(202);
  expect(asked.body.retroscans).toHaveLength(1);
  return asked.body.retroscans[0] as RetroscanView;
};
const retroscanOf = async ({ retroscan_id: id }: RetroscanView) =>
  (await registry.claimant.send<RetroscanView>(`/v1/retroscans/${id}`)).body;
const retroscansOf = async (referenceId: string) =>
  (
    await registry.claimant.send<{ retroscans: RetroscanView[] }>(
      `/v1/retroscans?limit=200&reference_id=${referenceId}`,
    )
  ).body.retroscans;

/** Fifteen seconds of a recording of the bundle, under the last of them, which is louder and never registered. */
function buried(i: number): Uint8Array<ArrayBuffer> {
  const [below, above] = [files[i], files.at(-1)] as [FingerprintedFile, FingerprintedFile];
  const [peaks = [], louder = []] = [below, above].map(({ fingerprint }) => cut(peaksOf(fingerprint), 5, 20));
  return uploadOfPeaks(buriedUnder(peaks, louder), below.fingerprint);
}

describe('an upload that a recording is buried in', () => {
  it('is not named by the look, and found and claimed by a thorough retroscan', async () => {
    const ids = [await submit(buried(0)), await submit(buried(0))];
    const { recordingId, referenceId } = await registerOwned((files[0] as FingerprintedFile).bytes, 'buried');
    await runAll();
    const quick = await retroscansOf(referenceId);
    expect(quick.length).toBeGreaterThan(0);
    for (const one of quick)
      expect(one).toMatchObject({ thorough: false, state: 'done', scanned: 0, matches: 0, claims: 0 });
    for (const id of ids) expect(await claimsIn(id)).toEqual([]);
    // Nor when it is asked for again.
    const again = await ask(recordingId);
    await runAll();
    expect(await retroscanOf(again)).toMatchObject({
      thorough: false,
      state: 'done',
      scanned: 0,
      matches: 0,
    });

    const thorough = await ask(recordingId, true);
    expect(thorough).toMatchObject({ thorough: true, state: 'waiting', cause: 'request' });
    await runAll();
    const done = await retroscanOf(thorough);
    expect(done).toMatchObject({ thorough: true, state: 'done', matches: 2, claims: 2, failure: null });
    expect(done.submissions.checked).toBe(done.submissions.total);
    expect(done.scanned).toBe(done.submissions.total);
    for (const id of ids)
      expect(await claimsIn(id)).toMatchObject([{ party_id: registry.claimantId, state: 'active' }]);
  });

  it('is not claimed where what is in it is excluded', async () => {
    const file = files[1] as FingerprintedFile;
    const { recordingId } = await registerOwned(file.bytes, 'excluded');
    const [claim] = await claimsIn(await submit(file.bytes));
    const released = await act(registry.claimant, claim?.claim_id as string, { type: 'release_and_exclude' });
    expect(released.body.state).toBe('released');
    const id = await submit(buried(1));
    const thorough = await ask(recordingId, true);
    await runAll();
    const { state, scanned, claims } = await retroscanOf(thorough);
    expect({ state, claims }).toEqual({ state: 'done', claims: 0 });
    expect(scanned).toBeGreaterThan(0);
    expect(await claimsIn(id)).toEqual([]);
  });
});

describe('a thorough retroscan that is asked for', () => {
  it('is the one that waits for the reference anyway, which stays thorough whoever asks then', async () => {
    const { recordingId, referenceId } = await registerOwned(syntheticFingerprintFile(910_001), 'merged');
    const [waiting, ...others] = await retroscansOf(referenceId);
    expect([waiting, others]).toMatchObject([{ state: 'waiting', thorough: false }, []]);
    const asked = await ask(recordingId, true);
    expect(asked).toEqual({ ...waiting, thorough: true, cause: 'request' });
    expect(await ask(recordingId)).toEqual(asked);
    expect(await ask(recordingId, false)).toEqual(asked);
    const owners = [registry.claimantId];
    await ownRecording(registry.records, recordingId, { owners, rules: [{ action: 'track' }] });
    expect(await retroscansOf(referenceId)).toEqual([asked]);
    await runAll();
    const done = await retroscanOf(asked);
    expect(done).toMatchObject({ thorough: true, state: 'done' });
    expect(done.scanned).toBe(done.submissions.total);
    expect(await ask(recordingId)).toMatchObject({ thorough: false, state: 'waiting' });
    await runAll();
  });

  it('comes after the quick one that runs already', async () => {
    const id = await submit(buried(2));
    const { recordingId, referenceId } = await registerOwned(
      (files[2] as FingerprintedFile).bytes,
      'meanwhile',
    );
    await runOneStep();
    const [running] = await retroscansOf(referenceId);
    expect(running).toMatchObject({ state: 'running', thorough: false });
    const thorough = await ask(recordingId, true);
    expect(thorough).toMatchObject({ state: 'waiting', thorough: true });
    expect(thorough.retroscan_id).not.toBe(running?.retroscan_id);
    await runAll();
    expect(await retroscansOf(referenceId)).toMatchObject([
      { state: 'done', thorough: false, claims: 0 },
      { state: 'done', thorough: true, claims: 1 },
    ]);
    expect(await claimsIn(id)).toHaveLength(1);
  });

  it('is not said in another way than by true and false', async () => {
    const { recordingId } = await registry.register();
    const body = { recording_id: recordingId, thorough: 'very' };
    expect((await registry.claimant.json('POST', '/v1/retroscans', body)).status).toBe(400);
  });
});

describe('a thorough retroscan', () => {
  it('takes turns with the quick ones', async () => {
    await runAll();
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await registry.register({ owners: [] }));
    const [first, second, third] = made.map(({ referenceId }) => referenceId);
    await ask(made[2]?.recordingId as string, true);
    order.length = 0;
    // It is broken off in its turn, and what runs goes no more than what waits before all others.
    await runAll(() => order.length === 2);
    expect(order).toEqual([first, third]);
    await runAll();
    expect(order).toEqual([first, third, second, third]);
  });

  it('that is broken off goes on where it was, and what it had not noted it does again, once', async () => {
    const planted = [];
    for (let i = 0; i < 12; i++) {
      const isPlanted = i % 6 === 2;
      const id = await submit(isPlanted ? buried(3) : syntheticFingerprintFile(920_000 + i, 10_000));
      if (isPlanted) planted.push(id);
    }
    const { recordingId } = await registerOwned((files[3] as FingerprintedFile).bytes, 'broken off');
    const thorough = await ask(recordingId, true);
    const { total } = await countAll();
    const seen: number[] = [];
    // As if it were killed three submissions after each thing found: nothing is noted but what was found.
    const deaths = [total - 7, total - 1];
    const noted: RetroscanView[] = [];
    await runAll(
      () => noted.length === deaths.length,
      ({ retroscan_id: id, submissions }) => {
        if (id !== thorough.retroscan_id) return;
        seen.push(submissions.checked);
        if (submissions.checked !== deaths[noted.length]) return;
        noted.push({ ...thorough, submissions });
        throw new Error('Killed.');
      },
    );
    const broken = await retroscanOf(thorough);
    expect(broken).toMatchObject({ state: 'running', matches: 2, claims: 2, failure: 'Killed.' });
    expect([broken.submissions.checked, broken.scanned]).toEqual([total - 3, total - 3]);
    // What lies between the two was looked through twice.
    expect(seen.filter((checked) => checked === total - 7)).toHaveLength(2);
    await runAll();
    const done = await retroscanOf(thorough);
    expect(done).toMatchObject({ state: 'done', scanned: total, matches: 2, claims: 2, failure: null });
    for (const id of planted) expect(await claimsIn(id)).toHaveLength(1);
  });

  it('notes where it was when it is over, though nothing was found', async () => {
    const { recordingId } = await registerOwned(syntheticFingerprintFile(930_001), 'nowhere');
    const thorough = await ask(recordingId, true);
    let count = 0;
    await runAll(
      () => count === 4,
      () => {
        count += 1;
      },
    );
    const { state, scanned, submissions } = await retroscanOf(thorough);
    expect([state, scanned, submissions.checked]).toEqual(['running', 4, 4]);
    await runAll();
    expect((await retroscanOf(thorough)).scanned).toBe(submissions.total);
  });

  it('looks through a submission too that was kept after it, and searched before the reference came', async () => {
    const { recordingId } = await registerOwned((files[5] as FingerprintedFile).bytes, 'overtaking');
    const thorough = await ask(recordingId, true);
    await runAll();
    const id = await submit(syntheticFingerprintFile(950_001));
    await asOwner(registry, 'submission_fingerprint', async (database) => {
      const overtaken =
        'update submission_fingerprint set bytes = $1, index_position = 0 where submission_id = $2';
      await database.query(overtaken, [buried(5), id]);
    });
    expect((await retroscanOf(thorough)).state).toBe('done');
    await registry.context.store.extendRetroscans(100);
    await runAll();
    expect(await retroscanOf(thorough)).toMatchObject({ state: 'done', thorough: true, claims: 1 });
    expect(await claimsIn(id)).toHaveLength(1);
  });

  it('passes over silence, and over what an earlier build made', async () => {
    await submit(silentFingerprintFile());
    const old = await submit(syntheticFingerprintFile(940_001));
    const id = await submit(buried(4));
    await asOwner(registry, 'submission_fingerprint', async (database) => {
      const byVersion =
        'update submission_fingerprint set bytes = set_byte(bytes, 6, 1) where submission_id = $1';
      expect((await database.query(byVersion, [old])).rowCount).toBe(1);
    });
    const { recordingId } = await registerOwned((files[4] as FingerprintedFile).bytes, 'passed over');
    const thorough = await ask(recordingId, true);
    await runAll();
    const done = await retroscanOf(thorough);
    expect(done).toMatchObject({ state: 'done', claims: 1, failure: null });
    expect(done.scanned).toBe(done.submissions.total - 1);
    expect(await claimsIn(id)).toHaveLength(1);
  });
});

/** How many submissions a retroscan that begins looks through: none was taken away. */
async function countAll(): Promise<{ readonly total: number }> {
  return { total: (await registry.context.store.submissionHead()).position };
}
