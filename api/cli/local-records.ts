/** Parties, keys and mandates are kept where the database is: whoever has the data directory is its operator. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Scoped } from '../context.ts';
import { couldNotStart } from './exit-status.ts';
import { localSettingsOf } from './settings.ts';

const why = 'it works on the database itself, as its operator; a server offers the same under /v1.';

export async function withLocalRecords(
  command: Command,
  act: (context: Scoped, partyId: string) => Promise<void>,
): Promise<void> {
  const config = localSettingsOf(command, why);
  const { closeContext, openStoreContext, under } = await import('../context.ts');
  const context = await openStoreContext(config).catch((error: unknown) => {
    throw couldNotStart(`The registry in ${config.dataDir} could not be opened`, error);
  });
  try {
    const base = under(context, { role: 'operator' });
    const { ensureParty, localPartyName } = await import('../registry/ensure-party.ts');
    const partyId = await ensureParty(base, localPartyName);
    await act(under(context, { role: 'operator', partyId }), partyId);
  } finally {
    await closeContext(context);
  }
}

export function parseDate(text: string): Date {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('Expected a date such as 2027-01-31 or 2027-01-31T12:00:00Z.');
}

/** For an option that may be given several times. */
export function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const pageSize = 200;

/** Every page of a list, one after the other. */
export async function* everyItem<T>(
  list: (page: { limit: number; cursor?: string }) => Promise<{ items: readonly T[]; nextCursor?: string }>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await list({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
