/**
 * Mandates: party A authorises party B, an administrator, to register, read and assert for it, in part of its catalog
 * and for a period; or an auditor, to read. Postgres holds B to that (sql/migrations); the territories are kept for those who ask about rights.
 */
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import { type Scoped, type StoreContext, under } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { resolveTerritories, scopeOf, worldwide } from '../rules/territory.ts';
import { type Caller, isOperator, type Role, scopesOf, sessionOf } from './caller.ts';
import {
  describeMandate,
  type MandateCatalog,
  type MandatePurpose,
  type MandateView,
} from './mandate-view.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { getParty, noParty } from './parties.ts';

/** Which role the authorised party must have. */
const roleFor = { administer: 'administrator', audit: 'auditor' } as const satisfies Record<
  MandatePurpose,
  Role
>;

/** Of one party, that have not ended. */
const maxMandatesPerParty = 1000;

export type MandateTerms = {
  /** Who authorises; the caller's own party where it is not said. */
  readonly partyId?: string | undefined;
  readonly administratorId: string;
  /** Administering, where it is not said. */
  readonly purpose?: MandatePurpose | undefined;
  readonly catalog: MandateCatalog;
  readonly labels?: readonly string[] | undefined;
  readonly recordingIds?: readonly string[] | undefined;
  readonly externalIds?: readonly string[] | undefined;
  /** Worldwide, where it is not said. */
  readonly territoriesInclude?: readonly string[] | undefined;
  readonly territoriesExclude?: readonly string[] | undefined;
  /** From now on, where it is not said. */
  readonly validFrom?: Date | undefined;
  readonly validUntil?: Date | undefined;
  readonly evidence: string;
};

/** Throws MANDATE_INVALID, TERRITORY_INVALID, PARTY_NOT_FOUND, LIMIT_REACHED. */
export async function createMandate(
  context: Scoped,
  caller: Pick<Caller, 'partyId' | 'scopes'>,
  terms: MandateTerms,
): Promise<MandateView> {
  const { partyId = caller.partyId, administratorId, validFrom = new Date(), validUntil } = terms;
  const { purpose = 'administer' } = terms;
  const { territoriesInclude = [worldwide], territoriesExclude = [] } = terms;
  const territories = scopeOf(
    resolveTerritories({ include: territoriesInclude, exclude: territoriesExclude }),
  );
  if (validUntil !== undefined && validUntil <= validFrom) {
    throw invalid('an end after its beginning', validUntil.toISOString());
  }
  if (partyId === administratorId)
    throw invalid('another party as administrator', 'the authorising party itself');
  if (isOperator(caller)) await getParty(context, partyId);
  else if (partyId !== caller.partyId) throw noParty(partyId);
  const role = roleFor[purpose];
  if (!(await context.store.partyHasRole({ partyId: administratorId, role }))) {
    throw new RegistryError(
      'PARTY_NOT_FOUND',
      `There is no ${role} ${JSON.stringify(administratorId)}: the party that is authorised must have that role.`,
    );
  }
  const made = await context.store.insertMandate({
    mandateId: uuidv7(),
    partyId,
    administratorId,
    purpose,
    ...catalogOf(terms),
    territoriesInclude: territories.include ?? [],
    territoriesExclude: territories.exclude ?? [],
    validFrom,
    validUntil,
    evidence: terms.evidence,
    createdBy: caller.partyId,
    maxInForce: maxMandatesPerParty,
  });
  if (made) return describeMandate(made);
  throw new RegistryError(
    'LIMIT_REACHED',
    `Expected at most ${maxMandatesPerParty} mandates of one party that have not ended: revoke some first.`,
  );
}

/** Of either side. `partyId` undefined: of all parties. In the order they were made in. Throws CURSOR_INVALID. */
export async function listMandates(
  context: Scoped,
  ask: { readonly partyId: string | undefined; readonly limit: number; readonly cursor?: string },
): Promise<Page<MandateView>> {
  const { partyId, limit, cursor } = ask;
  const page = { partyId, afterMandateId: readCursor(cursor), limit: limit + 1 };
  const rows = await context.store.listMandates(page);
  return pageOf(rows, limit, describeMandate, (row) => row.mandateId);
}

/** Throws MANDATE_NOT_FOUND, also for one between others. */
export async function getMandate(context: Scoped, mandateId: string): Promise<MandateView> {
  const row = isUuid(mandateId) ? await context.store.findMandate(mandateId) : undefined;
  if (row) return describeMandate(row);
  throw noMandate(mandateId);
}

/** By either side; revoking again changes nothing. Throws MANDATE_NOT_FOUND. */
export async function revokeMandate(
  context: Scoped,
  { mandateId, revokedBy }: { readonly mandateId: string; readonly revokedBy: string },
): Promise<MandateView> {
  const row = isUuid(mandateId) ? await context.store.revokeMandate({ mandateId, revokedBy }) : undefined;
  if (row) return describeMandate(row);
  throw noMandate(mandateId);
}

/**
 * The caller, acting for another party, with no more scopes than the mandate is for. Throws MANDATE_MISSING, the same
 * whether there is such a party or not; an operator needs no mandate and hears PARTY_NOT_FOUND.
 */
export async function actOnBehalf(context: StoreContext, caller: Caller, partyId: string): Promise<Caller> {
  if (partyId === caller.partyId) return caller;
  const acting = { ...caller, onBehalfOf: partyId };
  if (isOperator(caller)) {
    await getParty(under(context, sessionOf(acting)), partyId);
    return acting;
  }
  if (await under(context, sessionOf(acting)).store.mayAct()) return acting;
  const scopes = caller.scopes.filter((scope) => scopesOf.auditor.includes(scope));
  const auditing: Caller = { ...acting, purpose: 'audit', scopes };
  if (await under(context, sessionOf(auditing)).store.mayAct()) return auditing;
  throw new RegistryError(
    'MANDATE_MISSING',
    `Expected a mandate in force from the party ${partyId} to yours.`,
  );
}

/** Only what the kind of catalog takes; each list must be there where it is taken. */
function catalogOf({ catalog, labels = [], recordingIds = [], externalIds = [] }: MandateTerms) {
  const isGiven = { label: labels.length > 0, recordings: recordingIds.length + externalIds.length > 0 };
  for (const kind of ['label', 'recordings'] as const) {
    if (isGiven[kind] === (catalog === kind)) continue;
    const names = kind === 'label' ? 'labels' : 'recording_ids or external_ids';
    throw invalid(`${names} with the catalog "${kind}" and no other`, `catalog "${catalog}"`);
  }
  const unique = (values: readonly string[]) => [
    ...new Set(values.map((value) => value.trim().normalize('NFC'))),
  ];
  return {
    catalog,
    labels: unique(labels),
    recordingIds: unique(recordingIds),
    externalIds: unique(externalIds),
  };
}

function invalid(expected: string, received: string): RegistryError {
  return new RegistryError('MANDATE_INVALID', `mandate: expected ${expected}; received ${received}`);
}

function noMandate(mandateId: string): RegistryError {
  return new RegistryError(
    'MANDATE_NOT_FOUND',
    `There is no mandate ${JSON.stringify(mandateId.slice(0, 60))} of yours.`,
  );
}
