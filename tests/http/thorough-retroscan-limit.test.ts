import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RetroscanView } from '../../api/registry/retroscan-view.ts';
import { maxThoroughOfParty } from '../../api/registry/retroscans.ts';
import { runRetroscans } from '../../api/registry/run-retroscans.ts';
import { openSubmissionBank, type SubmissionBank } from '../../api/registry/submission-bank.ts';
import { type ClaimsRegistry, openClaimsRegistry } from '../support/claims.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

let registry: ClaimsRegistry;
let bank: SubmissionBank;
beforeAll(async () => {
  registry = await openClaimsRegistry({ config: { retroscanPercent: 0 } });
  bank = await openSubmissionBank(registry.context);
}, 60_000);
afterAll(async () => {
  await bank?.close();
  await registry?.close();
});

const ask = (recordingId: string, thorough: boolean) =>
  registry.claimant.json<{ retroscans: RetroscanView[]; code?: string }>('POST', '/v1/retroscans', {
    recording_id: recordingId,
    thorough,
  });

it('a thorough retroscan is refused where as many of the party have not ended as may, and a quick one is not', async () => {
  // There must be something to look through, or they end by themselves.
  await registry.platform.submit(syntheticFingerprintFile(1), { platform: 'Tube', external_id: 'past' });
  const recordings: string[] = [];
  for (let i = 0; i <= maxThoroughOfParty; i++) {
    const fingerprint = syntheticFingerprintFile(930_000 + i);
    const { body } = await registry.claimant.register({ external_id: `many ${i}` }, fingerprint);
    recordings.push(body.recording_id);
  }
  const last = recordings.pop() as string;
  for (const recordingId of recordings) expect((await ask(recordingId, true)).status).toBe(202);
  expect(await ask(last, true)).toMatchObject({ status: 409, body: { code: 'LIMIT_REACHED' } });
  const quick = { thorough: false, state: 'waiting' };
  expect(await ask(last, false)).toMatchObject({ status: 202, body: { retroscans: [quick] } });
  await runRetroscans(registry.context, {
    bank: async () => bank,
    isOver: () => false,
    stopping: new AbortController().signal,
  });
  const waiting = { thorough: true, state: 'waiting' };
  expect(await ask(last, true)).toMatchObject({ status: 202, body: { retroscans: [waiting] } });
});
