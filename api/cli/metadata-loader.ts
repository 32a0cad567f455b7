/** Loading metadata, into the registry in the data directory or, in pieces of bounded size, through a server. */
import type { Config } from '../config.ts';
import { closeContext, openStoreContext, type Scoped, under } from '../context.ts';
import { effectiveScopes } from '../registry/caller.ts';
import { ensureParty, localPartyName } from '../registry/ensure-party.ts';
import { type LoadAnswer, type LoadCounts, loadMetadata } from '../registry/load-metadata.ts';
import { type GivenRow, type MetadataFormat, readMetadataRows } from '../registry/metadata-rows.ts';
import { getParty, getPartyIdByName } from '../registry/parties.ts';
import { couldNotStart, usageError } from './exit-status.ts';
import { openServerClient, type ServerClient, ServerFailure } from './server-client.ts';

/** Sent again as a whole where the server was busy. */
const rowsPerRequest = 20_000;

type LoadAsked = {
  readonly format: MetadataFormat;
  readonly delivery?: string | undefined;
  readonly onlyExisting?: boolean | undefined;
  readonly onIgnored: (columns: readonly string[]) => void;
};

export type MetadataLoader = {
  load(asked: LoadAsked, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<LoadAnswer>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function openMetadataLoader(config: Config, as: string | undefined): Promise<MetadataLoader> {
  const { serverUrl, apiKey } = config;
  if (serverUrl === undefined) return await openLocalLoader(config, as);
  if (as !== undefined) throw usageError('--as cannot be used with --url: the API key says who you are.');
  if (apiKey === undefined) throw usageError(`${serverUrl} needs an API key: give --api-key KEY.`);
  const client = openServerClient(serverUrl, apiKey);
  return {
    load: (asked, bytes) => loadThrough(client, asked, bytes),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function openLocalLoader(config: Config, as: string | undefined): Promise<MetadataLoader> {
  await using opened = new AsyncDisposableStack();
  const opening = openStoreContext(config).catch((error: unknown) => {
    throw couldNotStart('The registry could not be opened', error);
  });
  const context = opened.adopt(await opening, closeContext);
  const operator = under(context, { role: 'operator' });
  const { partyId, records } = as === undefined ? await asOperator() : await asParty(as);
  async function asOperator(): Promise<{ partyId: string; records: Scoped }> {
    const partyId = await ensureParty(operator, localPartyName);
    return { partyId, records: under(context, { role: 'operator', partyId }) };
  }
  async function asParty(name: string): Promise<{ partyId: string; records: Scoped }> {
    const party = await getParty(operator, await getPartyIdByName(operator, name));
    const { party_id: partyId, roles } = party;
    const scopes = effectiveScopes(roles, undefined);
    return { partyId, records: under(context, { role: 'tenant', partyId, scopes }) };
  }
  const parts = opened.move();
  return {
    load: ({ format, onIgnored, ...load }, bytes) =>
      loadMetadata(records, { partyId, ...load }, readMetadataRows(format, bytes, onIgnored)),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

type Counted = Extract<LoadAnswer, { type: 'progress' | 'done' }>;

async function* loadThrough(
  client: ServerClient,
  { format, delivery, onlyExisting, onIgnored }: LoadAsked,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<LoadAnswer> {
  const query = new URLSearchParams({
    ...(delivery === undefined ? {} : { delivery }),
    ...(onlyExisting ? { only_existing: 'true' } : {}),
  });
  let counts: LoadCounts | undefined;
  async function* send(rows: readonly GivenRow[]): AsyncGenerator<LoadAnswer> {
    const readable = rows.filter((row) => row.unreadable === undefined);
    const text = readable.map((row) => `${JSON.stringify(row.fields)}\n`).join('');
    const answer = await client.sendText(`/v1/recordings/metadata?${query}`, text, 'application/x-ndjson');
    const answers = readAnswers(client, answer);
    for (const row of rows) {
      if (row.unreadable === undefined) continue;
      const error = { code: 'METADATA_INVALID', message: row.unreadable } as const;
      yield { type: 'refused', line: row.line, error };
    }
    for (const one of answers) {
      if ('line' in one) yield { ...one, line: readable[one.line - 1]?.line ?? one.line };
    }
    const done = answers.at(-1) as Counted;
    counts = added(counts, {
      ...done,
      rows: rows.length,
      refused: done.refused + rows.length - readable.length,
    });
    yield { ...counts, type: 'progress' };
  }
  let rows: GivenRow[] = [];
  for await (const row of readMetadataRows(format, bytes, onIgnored)) {
    rows.push(row);
    if (rows.length < rowsPerRequest) continue;
    yield* send(rows);
    rows = [];
  }
  yield* send(rows);
  yield { ...(counts as unknown as LoadCounts), type: 'done' };
}

function readAnswers(client: ServerClient, text: string): LoadAnswer[] {
  const answers = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LoadAnswer);
  if (answers.at(-1)?.type === 'done') return answers;
  throw new ServerFailure('SERVER_ANSWER_INVALID', `${client.address} broke off: run it again to go on.`);
}

function added(counts: LoadCounts | undefined, more: LoadCounts): LoadCounts {
  const sums = Object.entries(more).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name, value + (counts?.[name as keyof LoadCounts] ?? 0)]] : [],
  );
  return Object.fromEntries(sums) as LoadCounts;
}
