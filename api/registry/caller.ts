/**
 * Who asks, and what they may. Every use case takes its party from here or from the command line, never from the
 * request's body. Scopes say which acts a key is for; whose rows an act reaches is decided in Postgres, by the session.
 */
import { type PartyRole, partyRoles } from '../rules/party-role.ts';
import type { Session } from '../store/session.ts';

export const roles = partyRoles;
export type Role = PartyRole;

/** Everything a key can be for. The same list is a constraint of the table api_key. */
export const scopes = [
  'register:recordings',
  'read:recordings',
  'remove:recordings',
  'assert:identifiers',
  'assert:rights',
  'read:rights',
  'decide:conflicts',
  'read:policies',
  'manage:policies',
  'read:outcomes',
  'scan:uploads',
  'read:scans',
  'submit:uploads',
  'read:submissions',
  'read:claims',
  // The claimant's side: confirm, release, reinstate, take down.
  'manage:claims',
  'review:claims',
  // The uploader's side, for whoever reported the upload.
  'dispute:claims',
  'manage:allowlist',
  'read:parties',
  'manage:parties',
  'manage:keys',
  'read:mandates',
  'manage:mandates',
  'read:webhooks',
  'manage:webhooks',
  // Reaches the rows of every party.
  'operate:registry',
] as const;
export type Scope = (typeof scopes)[number];

const registering = ['register:recordings', 'read:recordings', 'assert:identifiers'] as const;
const owning = ['assert:rights', 'read:rights'] as const;
const choosing = ['read:policies', 'manage:policies', 'read:outcomes'] as const;
const scanning = ['scan:uploads', 'read:scans'] as const;
const submitting = ['submit:uploads', 'read:submissions', 'read:claims'] as const;
const claiming = ['read:claims', 'manage:claims', 'review:claims'] as const;
/** Making them for the own catalog, and ending them from either side. */
const mandating = ['read:mandates', 'manage:mandates'] as const;
/** Reading what a party has and claims: of the party that has given a mandate for it. */
const auditing = ['read:recordings', 'read:rights', 'read:claims'] as const;
/** Being told of what concerns the own party. */
const hearing = ['read:webhooks', 'manage:webhooks'] as const;
const everybodys = ['read:parties', 'manage:keys', ...hearing] as const;

/** What a key is for that names no scopes: all that the roles of its party give. */
export const scopesOf: Readonly<Record<Role, readonly Scope[]>> = {
  rightsholder: [
    ...registering,
    'remove:recordings',
    ...owning,
    ...choosing,
    ...scanning,
    ...submitting,
    ...claiming,
    'manage:allowlist',
    ...mandating,
    ...everybodys,
  ],
  administrator: [...registering, ...owning, ...scanning, ...claiming, ...mandating, ...everybodys],
  platform: [...scanning, ...submitting, 'dispute:claims', 'read:outcomes', ...everybodys],
  reviewer: ['read:rights', 'decide:conflicts', 'read:scans', 'read:claims', 'review:claims', ...everybodys],
  auditor: [...scanning, ...auditing, 'read:mandates', ...everybodys],
  operator: scopes,
};

export type Caller = {
  readonly partyId: string;
  readonly apiKeyId: string;
  readonly scopes: readonly Scope[];
  /** The party whose recordings it acts on by a mandate, where that is not its own. */
  readonly onBehalfOf?: string;
  /** What for, where that is not administering. */
  readonly purpose?: 'audit';
};

/** What a key may now: no more than the roles of its party give, in the order of the list. */
export function effectiveScopes(partysRoles: readonly Role[], ofKey: readonly string[] | undefined): Scope[] {
  const given = new Set(partysRoles.flatMap((role) => scopesOf[role]));
  return scopes.filter((scope) => given.has(scope) && (ofKey === undefined || ofKey.includes(scope)));
}

export function isOperator(caller: Pick<Caller, 'scopes'>): boolean {
  return caller.scopes.includes('operate:registry');
}

/** Whose rows a caller asks for: one party's, or `undefined` for all of them. */
export function partyInView(caller: Pick<Caller, 'partyId' | 'scopes' | 'onBehalfOf'>): string | undefined {
  return caller.onBehalfOf ?? (isOperator(caller) ? undefined : caller.partyId);
}

export function sessionOf(caller: Caller): Session {
  const { partyId, onBehalfOf, purpose, scopes } = caller;
  if (isOperator(caller)) return { role: 'operator', partyId };
  return onBehalfOf === undefined
    ? { role: 'tenant', partyId, scopes }
    : { role: 'administrator', partyId, onBehalfOf, purpose, scopes };
}
