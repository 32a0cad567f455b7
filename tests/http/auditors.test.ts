/** An auditor reads what a party has and claims, by that party's mandate, and writes nothing. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MandateView } from '../../api/registry/mandate-view.ts';
import type { ReportedClaim } from '../../api/registry/report-rows.ts';
import { type ClaimsRegistry, dispute, openClaimsRegistry, routed } from '../support/claims.ts';
import type { HttpClient } from '../support/http-client.ts';
import { seenAs } from '../support/two-tenants.ts';

type Answer = { code?: string; detail?: string };

let registry: ClaimsRegistry;
let auditor: HttpClient;
let auditorId: string;
let behalf: string;
beforeAll(async () => {
  registry = await openClaimsRegistry();
  ({ client: auditor, partyId: auditorId } = await registry.keyed('Auditors', 'auditor'));
  behalf = `on_behalf_of=${registry.claimantId}`;
});
afterAll(() => registry?.close());

const authorise = (terms: object = {}) =>
  registry.claimant.json<MandateView & Answer>('POST', '/v1/mandates', {
    administrator_id: auditorId,
    purpose: 'audit',
    catalog: 'all',
    evidence: 'Letter of 2 March',
    ...terms,
  });
const revoke = async ({ body }: { readonly body: MandateView }) => {
  const path = `/v1/mandates/${body.mandate_id}/revoke`;
  expect((await registry.claimant.send(path, { method: 'POST' })).status).toBe(200);
};
const claimsReported = async (client: HttpClient, query = '') => {
  const { status, body } = await client.send<string>(`/v1/reports/claims?format=ndjson${query}`);
  expect(status).toBe(200);
  const lines = body.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as ReportedClaim).claim_id);
};
const codeOf = async (asked: Promise<{ readonly status: number; readonly body: Answer }>) => {
  const { status, body } = await asked;
  return [status, body.code];
};

describe('an auditor', () => {
  it('reads reports, claims and disputes of who has authorised it, until that is revoked, and nobody else’s', async () => {
    const claim = await registry.claim();
    await dispute(registry.platform, claim.claim_id);
    expect(await claimsReported(auditor)).toEqual([]);
    const asked = `/v1/reports/claims?${behalf}`;
    expect(await codeOf(auditor.send(asked))).toEqual([403, 'MANDATE_MISSING']);

    const made = await authorise();
    expect([made.status, made.body.purpose]).toEqual([201, 'audit']);
    expect(await claimsReported(auditor, `&${behalf}`)).toEqual(await claimsReported(registry.claimant));
    const read = async (path: string) => (await auditor.send<object>(`${path}?${behalf}`)).body;
    expect(await read(`/v1/claims/${claim.claim_id}`)).toMatchObject({ state: 'disputed' });
    expect(await read(`/v1/claims/${claim.claim_id}/events`)).toMatchObject({ events: [{}, {}] });
    expect(await read('/v1/disputes')).toMatchObject({ disputes: [{ claim_id: claim.claim_id }] });
    expect(await read('/v1/reports/challenged-precision')).toMatchObject({
      claimants: [{ party: 'Harbour Records', disputed_count: 1, pending_count: 1 }],
    });
    const recording = `/v1/recordings/${claim.recording.recording_id}`;
    expect(await read(recording)).toMatchObject({ external_id: claim.recording.external_id });
    expect(await read(`${recording}/rights`)).toMatchObject({ view: 'effective' });
    // Who reported uploads has not authorised it.
    expect(await claimsReported(auditor)).toEqual([]);
    const matches = auditor.send<Answer>('/v1/reports/matches');
    expect(await codeOf(matches)).toEqual([403, 'SCOPE_FORBIDDEN']);

    await revoke(made);
    expect(await codeOf(auditor.send(asked))).toEqual([403, 'MANDATE_MISSING']);
  });

  it('reads of a label only what the mandate for it covers', async () => {
    const { fingerprint } = await registry.register({ label: 'Harvest' });
    await registry.platform.submit(fingerprint, { platform: 'Tube', external_id: 'of a label' });
    const all = await claimsReported(registry.claimant);
    const made = await authorise({ catalog: 'label', labels: ['Harvest'] });
    const [claimId, ...others] = await claimsReported(auditor, `&${behalf}`);
    expect([all.includes(claimId as string), others]).toEqual([true, []]);
    expect(all.length).toBeGreaterThan(1);
    await revoke(made);
  });

  it('writes nothing, not with other roles of its own either', async () => {
    const claim = await registry.claim({ rules: routed });
    const made = await authorise();
    // With all that either role gives.
    await registry.keyed('Auditors', 'rightsholder');
    const { client: more } = await registry.keyed('Auditors', 'administrator');
    const { recording_id: recordingId } = claim.recording;
    const owned = { right: 'AllRights', share: 1, territories: { include: ['DE'] }, basis: 'OriginalOwner' };
    const writing: [path: string, body: object][] = [
      [`/v1/claims/${claim.claim_id}/events`, { type: 'release', reason: 'No.' }],
      [`/v1/reviews/${claim.claim_id}/decide`, { type: 'release', reason: 'No.' }],
      [`/v1/recordings/${recordingId}/rights`, owned],
      [`/v1/recordings/${recordingId}/identifiers`, { scheme: 'isrc', value: 'DEZZZ2400001' }],
    ];
    for (const [path, body] of writing) {
      for (const [client, code] of [
        [auditor, 'SCOPE_FORBIDDEN'],
        [more, 'MANDATE_MISSING'],
      ] as const) {
        const asked = client.json<Answer>('POST', `${path}?${behalf}`, body);
        expect([path, ...(await codeOf(asked))]).toEqual([path, 403, code]);
      }
    }
    expect((await registry.claimant.send<object>(`/v1/claims/${claim.claim_id}`)).body).toEqual(claim);
    expect(await writtenBy('audit')).toBe(0);
    // By a mandate to administer it may, and what it may not by the other one is then not in the way.
    const another = await authorise({ purpose: 'administer' });
    const released = await more.json('POST', `${writing[0]?.[0]}?${behalf}`, writing[0]?.[1] as object);
    expect(released.status).toBe(200);
    await revoke(another);
    await revoke(made);
  });

  it('is a party with that role, and an administrator one with the other', async () => {
    const { platformId } = registry;
    expect(await codeOf(authorise({ administrator_id: platformId }))).toEqual([404, 'PARTY_NOT_FOUND']);
    const { partyId: otherId } = await registry.keyed('More auditors', 'auditor');
    const administer = { administrator_id: otherId, purpose: 'administer' };
    expect(await codeOf(authorise(administer))).toEqual([404, 'PARTY_NOT_FOUND']);
    expect((await authorise({ administrator_id: otherId })).status).toBe(201);
  });

  /** Rows that the database lets be written with the scopes of an auditor, whatever the code asks. */
  async function writtenBy(purpose: string): Promise<number> {
    const database = new pg.Client({ connectionString: registry.context.config.databaseUrl });
    await database.connect();
    const as = {
      role: 'earmark_administrator',
      partyId: auditorId,
      onBehalfOf: registry.claimantId,
      scopes: ['read:recordings', 'read:rights', 'read:claims'],
    } as const;
    const count = await seenAs(database, as, async () => {
      await database.query(`select set_config('earmark.purpose', $1, true)`, [purpose]);
      const seen = await database.query('select claim_id from claim');
      expect(seen.rowCount).toBeGreaterThan(0);
      return (await database.query(`update claim set leased_by = null`)).rowCount;
    });
    await database.end();
    return count ?? 0;
  }
});
