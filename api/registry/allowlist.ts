/** Accounts whose uploads a party does not claim: for its whole catalog, or for one label of it. */
import { type Static, Type } from 'typebox';
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { AllowlistEntryRow } from '../store/allowlist-entry.ts';
import { nullable } from './claim-view.ts';
import { type Page, pageOf, readCursor } from './page.ts';

/** Of one party. */
const maxAllowlistEntries = 10_000;

export const AllowlistEntryView = Type.Object({
  allowlist_entry_id: Type.String({ format: 'uuid' }),
  party_id: Type.String({ format: 'uuid' }),
  platform: Type.String({ examples: ['Tube'] }),
  account: Type.String({ examples: ['channel-12'] }),
  label: nullable(Type.String(), 'Only recordings of this label; null: the whole catalog.'),
  note: nullable(Type.String()),
  created_at: Type.String({ format: 'date-time' }),
});
export type AllowlistEntryView = Static<typeof AllowlistEntryView>;

/** Putting it on again changes nothing, not the note either. Throws LIMIT_REACHED. */
export async function allowAccount(
  context: Scoped,
  asked: {
    readonly partyId: string;
    readonly platform: string;
    readonly account: string;
    readonly label?: string | undefined;
    readonly note?: string | undefined;
  },
): Promise<{ readonly isNew: boolean; readonly view: AllowlistEntryView }> {
  const { partyId, platform, account, label, note } = asked;
  const said = (text: string | undefined) => text?.trim().normalize('NFC');
  const added = await context.store.addAllowlistEntry({
    allowlistEntryId: uuidv7(),
    partyId,
    platform: said(platform) as string,
    account: said(account) as string,
    label: said(label),
    note: said(note),
    createdBy: partyId,
    maxOfParty: maxAllowlistEntries,
  });
  if (added) return { isNew: added.isNew, view: describe(added.row) };
  throw new RegistryError(
    'LIMIT_REACHED',
    `Expected at most ${maxAllowlistEntries} allowlisted accounts of one party.`,
  );
}

/** Throws CURSOR_INVALID. */
export async function listAllowlist(
  context: Scoped,
  ask: { readonly partyId: string | undefined; readonly limit: number; readonly cursor?: string },
): Promise<Page<AllowlistEntryView>> {
  const { partyId, limit, cursor } = ask;
  const rows = await context.store.listAllowlistEntries({
    partyId,
    afterAllowlistEntryId: readCursor(cursor),
    limit: limit + 1,
  });
  return pageOf(rows, limit, describe, (row) => row.allowlistEntryId);
}

/** Uploads that come later are claimed again; those that were not claimed stay so. Throws ALLOWLIST_ENTRY_NOT_FOUND. */
export async function disallowAccount(
  context: Scoped,
  which: { readonly partyId: string | undefined; readonly allowlistEntryId: string },
): Promise<void> {
  const { allowlistEntryId } = which;
  if (isUuid(allowlistEntryId) && (await context.store.deleteAllowlistEntry(which))) return;
  throw new RegistryError(
    'ALLOWLIST_ENTRY_NOT_FOUND',
    `There is no entry ${JSON.stringify(allowlistEntryId.slice(0, 60))} on an allowlist of yours.`,
  );
}

function describe(row: AllowlistEntryRow): AllowlistEntryView {
  return {
    allowlist_entry_id: row.allowlistEntryId,
    party_id: row.partyId,
    platform: row.platform,
    account: row.account,
    label: row.label ?? null,
    note: row.note ?? null,
    created_at: row.createdAt.toISOString(),
  };
}
