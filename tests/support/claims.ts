/**
 * A registry with a claimant, a platform and what they need to have claims. Whose a recording is and what its owners
 * want is said where a test registers it.
 */
import type { Role } from '../../api/registry/caller.ts';
import type { ClaimView } from '../../api/registry/claim-view.ts';
import type { DisputeWithHistory } from '../../api/registry/disputes.ts';
import type { EventView } from '../../api/registry/event-history.ts';
import { HttpClient } from './http-client.ts';
import { ownRecording } from './owned-recording.ts';
import { createKeyOf, openTestServer, type TestServer, type TestServerOptions } from './server.ts';
import { syntheticFingerprintFile } from './synthetic-fingerprint.ts';

export type ClaimsRegistry = TestServer & {
  readonly claimant: HttpClient;
  readonly claimantId: string;
  readonly platform: HttpClient;
  readonly platformId: string;
  keyed(partyName: string, role: Role): Promise<{ readonly client: HttpClient; readonly partyId: string }>;
  /** A new recording of the claimant and its fingerprint. */
  register(wish?: {
    readonly owners?: readonly string[];
    readonly rules?: readonly object[];
    readonly label?: string;
  }): Promise<{
    readonly recordingId: string;
    readonly referenceId: string;
    readonly fingerprint: Uint8Array<ArrayBuffer>;
  }>;
  /** A claim of the claimant on an upload of a recording of its own, as it was raised. */
  claim(wish?: { readonly rules?: readonly object[]; readonly account?: string }): Promise<ClaimView>;
};

let seed = 500_000;

export async function openClaimsRegistry(options: TestServerOptions = {}): Promise<ClaimsRegistry> {
  const server = await openTestServer(options);
  const keyed = async (partyName: string, role: Role) => {
    const { key, partyId } = await createKeyOf(server.records, { partyName, role });
    return { client: new HttpClient(server.address, key), partyId };
  };
  const { client: claimant, partyId: claimantId } = await keyed('Harbour Records', 'rightsholder');
  const { client: platform, partyId: platformId } = await keyed('Tube', 'platform');

  const register: ClaimsRegistry['register'] = async (wish = {}) => {
    seed += 1;
    const fingerprint = syntheticFingerprintFile(seed);
    const label = wish.label === undefined ? {} : { label: wish.label };
    const { body } = await claimant.register(
      { external_id: `r-${seed}`, title: `Title ${seed}`, ...label },
      fingerprint,
    );
    const { recording_id: recordingId, reference_id: referenceId } = body;
    const { owners = [claimantId], rules = [{ action: 'block' }] } = wish;
    await ownRecording(server.records, recordingId, { owners, rules });
    return { recordingId, referenceId, fingerprint };
  };
  return {
    ...server,
    claimant,
    claimantId,
    platform,
    platformId,
    keyed,
    register,
    async claim({ rules, account } = {}) {
      const { fingerprint } = await register(rules ? { rules } : {});
      const submitted = await platform.submit(fingerprint, {
        platform: 'Tube',
        external_id: `u-${seed}`,
        ...(account === undefined ? {} : { account }),
      });
      const claimId = submitted.body.matches[0]?.claims[0]?.claim_id as string;
      return (await claimant.send<ClaimView>(`/v1/claims/${claimId}`)).body;
    },
  };
}

export const routed = [{ action: 'block', route_to_review: true }];

export const act = (client: HttpClient, claimId: string, body: object) =>
  client.json<ClaimView>('POST', `/v1/claims/${claimId}/events`, { reason: 'Because.', ...body });
export const decide = (client: HttpClient, claimId: string, body: object) =>
  client.json<ClaimView>('POST', `/v1/reviews/${claimId}/decide`, { reason: 'Looked at.', ...body });
export const dispute = (client: HttpClient, claimId: string, body: object = {}) =>
  client.json<DisputeWithHistory>('POST', `/v1/claims/${claimId}/disputes`, {
    dispute_reason: 'authorised',
    statement: 'We have a licence.',
    ...body,
  });
export const goOn = (client: HttpClient, disputeId: string, body: object) =>
  client.json<DisputeWithHistory>('POST', `/v1/disputes/${disputeId}/events`, {
    reason: 'Because.',
    ...body,
  });
export const claimOf = async (client: HttpClient, claimId: string) =>
  (await client.send<ClaimView>(`/v1/claims/${claimId}`)).body;
export const historyOf = async (client: HttpClient, claimId: string) =>
  (await client.send<{ events: EventView[] }>(`/v1/claims/${claimId}/events`)).body.events;
