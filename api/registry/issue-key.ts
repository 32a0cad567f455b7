/**
 * Keys that a key asks for. None hands out more than it has itself: neither by making a wider key, nor by giving a
 * wider one a secret that it then knows.
 */
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { type Caller, effectiveScopes, isOperator, partyInView, type Scope } from './caller.ts';
import { createKey, getKey, type NewKey, rotateKey } from './keys.ts';
import { getParty, noParty } from './parties.ts';

/** Without scopes an operator's is for all that the party's roles give, anybody else's for what the asking key is. */
export async function issueKey(
  context: Scoped,
  caller: Caller,
  asked: {
    readonly partyId?: string | undefined;
    readonly scopes?: readonly Scope[] | undefined;
    readonly expiresAt?: Date | undefined;
  },
): Promise<NewKey> {
  const { partyId = caller.partyId, expiresAt } = asked;
  if (isOperator(caller)) {
    await getParty(context, partyId);
    return createKey(context, { partyId, scopes: asked.scopes, expiresAt });
  }
  if (partyId !== caller.partyId) throw noParty(partyId);
  const { scopes = caller.scopes } = asked;
  refuseWider(caller, scopes);
  return createKey(context, { partyId, scopes, expiresAt });
}

/** Throws KEY_NOT_FOUND, SCOPE_FORBIDDEN. */
export async function renewKey(
  context: Scoped,
  caller: Caller,
  asked: { readonly apiKeyId: string; readonly graceSeconds?: number | undefined },
): Promise<Awaited<ReturnType<typeof rotateKey>>> {
  const { apiKeyId, graceSeconds } = asked;
  const partyId = partyInView(caller);
  const key = await getKey(context, { partyId, apiKeyId });
  const { roles } = await getParty(context, key.party_id);
  refuseWider(caller, effectiveScopes(roles, key.scopes ?? undefined));
  return rotateKey(context, { partyId, apiKeyId, ...(graceSeconds === undefined ? {} : { graceSeconds }) });
}

function refuseWider(caller: Caller, scopes: readonly Scope[]): void {
  const wider = scopes.filter((scope) => !caller.scopes.includes(scope));
  if (isOperator(caller) || wider.length === 0) return;
  throw new RegistryError(
    'SCOPE_FORBIDDEN',
    `Expected scopes that the asking key has itself (${caller.scopes.join(', ')}); received ${wider.join(', ')} besides.`,
  );
}
