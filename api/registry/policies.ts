/**
 * What a party wants done with uploads of what it owns. A policy is written as versions that never change; one of them is
 * active, and the policy applies as the party's default or for single recordings instead.
 */
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { type PolicyDocument, readPolicy } from '../rules/policy-document.ts';
import type { PolicyRow } from '../store/policy.ts';
import type { Caller } from './caller.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { describePolicy, type PolicyView } from './policy-view.ts';
import { getRegistrant } from './rights.ts';

const maxPoliciesOfParty = 100;
const maxVersionsOfPolicy = 100;

type Maker = Pick<Caller, 'partyId'>;

/**
 * With its first version, which is not active yet. `partyId`: whose it is; the caller's own where it is not said.
 * Throws POLICY_INVALID, TERRITORY_INVALID, LIMIT_REACHED.
 */
export async function createPolicy(
  context: Scoped,
  caller: Maker,
  { document, partyId = caller.partyId }: { readonly document: PolicyDocument; readonly partyId?: string },
): Promise<PolicyView> {
  const policyId = uuidv7();
  readPolicy({ policyId, version: 1, partyId }, document);
  const made = { policyId, partyId, by: caller.partyId, document, maxOfParty: maxPoliciesOfParty };
  if (await context.store.insertPolicy(made)) return getPolicy(context, policyId);
  throw new RegistryError('LIMIT_REACHED', `Expected at most ${maxPoliciesOfParty} policies of one party.`);
}

/** A draft: it is in force once it is activated. Throws POLICY_NOT_FOUND, POLICY_INVALID, TERRITORY_INVALID, LIMIT_REACHED. */
export async function createPolicyVersion(
  context: Scoped,
  caller: Maker,
  { policyId, document }: { readonly policyId: string; readonly document: PolicyDocument },
): Promise<PolicyView> {
  const { partyId } = await getPolicyRow(context, policyId);
  readPolicy({ policyId, version: 1, partyId }, document);
  const made = { policyId, partyId, by: caller.partyId, document, maxOfPolicy: maxVersionsOfPolicy };
  if ((await context.store.insertPolicyVersion(made)) !== undefined) return getPolicy(context, policyId);
  throw new RegistryError('LIMIT_REACHED', `Expected at most ${maxVersionsOfPolicy} versions of one policy.`);
}

/** From now on, wherever the policy applies. Throws POLICY_NOT_FOUND, also where it has no such version. */
export async function activatePolicy(
  context: Scoped,
  caller: Maker,
  { policyId, version }: { readonly policyId: string; readonly version: number },
): Promise<PolicyView> {
  const { partyId } = await getPolicyRow(context, policyId);
  await getPolicyVersion(context, { policyId, version });
  await context.store.activatePolicy({ policyId, partyId, by: caller.partyId, version });
  return getPolicy(context, policyId);
}

/**
 * In place of what applied: to one recording, or as the party's default. Throws POLICY_NOT_FOUND, POLICY_NOT_ACTIVE,
 * RECORDING_NOT_FOUND.
 */
export async function assignPolicy(
  context: Scoped,
  caller: Maker,
  { policyId, recordingId }: { readonly policyId: string; readonly recordingId?: string },
): Promise<PolicyView> {
  if (recordingId !== undefined) await getRegistrant(context, { recordingId, scanId: undefined });
  const { partyId, activeVersion } = await getPolicyRow(context, policyId);
  if (activeVersion === undefined) {
    throw new RegistryError(
      'POLICY_NOT_ACTIVE',
      'Expected a policy with an active version; activate one first.',
    );
  }
  await context.store.assignPolicy({ policyId, partyId, by: caller.partyId, recordingId });
  return getPolicy(context, policyId);
}

/** From now on nothing applies as the default. Throws POLICY_NOT_FOUND, also where it is not the default. */
export async function endDefault(context: Scoped, caller: Maker, policyId: string): Promise<PolicyView> {
  const { partyId } = await getPolicyRow(context, policyId);
  const which = { partyId, policyId, recordingId: undefined, by: caller.partyId };
  if (await context.store.endPolicyAssignment(which)) return getPolicy(context, policyId);
  throw noPolicy(policyId);
}

/** From now on the party's default applies to the recording. Ending it again changes nothing. Throws RECORDING_NOT_FOUND. */
export async function endOverride(
  context: Scoped,
  caller: Maker,
  { recordingId, partyId = caller.partyId }: { readonly recordingId: string; readonly partyId?: string },
): Promise<void> {
  await getRegistrant(context, { recordingId, scanId: undefined });
  await context.store.endPolicyAssignment({ partyId, policyId: undefined, recordingId, by: caller.partyId });
}

/** Throws POLICY_NOT_FOUND, also for another party's. */
export async function getPolicy(context: Scoped, policyId: string): Promise<PolicyView> {
  const row = await getPolicyRow(context, policyId);
  return describePolicy(row, await context.store.listPolicyVersions([policyId]));
}

/** `partyId` undefined: of all parties. In the order they were made in. Throws CURSOR_INVALID. */
export async function listPolicies(
  context: Scoped,
  ask: { readonly partyId: string | undefined; readonly limit: number; readonly cursor?: string },
): Promise<Page<PolicyView>> {
  const { partyId, limit, cursor } = ask;
  const rows = await context.store.listPolicies({
    partyId,
    afterPolicyId: readCursor(cursor),
    limit: limit + 1,
  });
  const versions = await context.store.listPolicyVersions(rows.map(({ policyId }) => policyId));
  return pageOf(
    rows,
    limit,
    (row) => describePolicy(row, versions),
    (row) => row.policyId,
  );
}

/** Throws POLICY_NOT_FOUND. */
export async function getPolicyRow({ store }: Scoped, policyId: string): Promise<PolicyRow> {
  const row = isUuid(policyId) ? await store.findPolicy(policyId) : undefined;
  if (row) return row;
  throw noPolicy(policyId);
}

/** The document of a version. Throws POLICY_NOT_FOUND. */
export async function getPolicyVersion(
  { store }: Scoped,
  { policyId, version }: { readonly policyId: string; readonly version: number },
): Promise<unknown> {
  const found = (await store.listPolicyVersions([policyId])).find((row) => row.version === version);
  if (found) return found.document;
  throw new RegistryError('POLICY_NOT_FOUND', `There is no version ${version} of this policy.`);
}

function noPolicy(policyId: string): RegistryError {
  return new RegistryError(
    'POLICY_NOT_FOUND',
    `There is no policy ${JSON.stringify(policyId.slice(0, 60))} of yours in such a place.`,
  );
}
