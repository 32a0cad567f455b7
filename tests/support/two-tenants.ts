/**
 * Two tenants that have nothing to do with each other, each with something in every table, and what the database
 * knows about them: for tests that look whether one sees anything of the other.
 */
import pg from 'pg';
import type { Role } from '../../api/registry/caller.ts';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { createKey } from '../../api/registry/keys.ts';
import { checkIswc } from '../../api/rules/check-characters.ts';
import type { DatabaseRole } from '../../api/store/roles.ts';
import { formOf, HttpClient } from './http-client.ts';
import { openTestServer, type TestServer } from './server.ts';
import { settleRights } from './settled-rights.ts';
import { syntheticFingerprintFile } from './synthetic-fingerprint.ts';

type Tenant = {
  readonly client: HttpClient;
  readonly partyId: string;
  /** Of the administrator that has a mandate from it. */
  readonly administrator: { readonly client: HttpClient; readonly partyId: string };
  /** What it said of itself and its recordings, each text only its own. */
  readonly said: readonly string[];
  /** Every id in its rows, whatever tables there are, and in none of the other's. */
  readonly ids: readonly string[];
};

export type TwoTenants = {
  readonly server: TestServer;
  readonly one: Tenant;
  readonly other: Tenant;
  /** Without a role: what the owner of the tables would do. Its transactions are taken back. */
  readonly database: pg.Client;
  close(): Promise<void>;
};

/** Everything that is no operator's: a tenant with all of it sees the most that a tenant can see. */
const tenantRoles: Role[] = ['rightsholder', 'administrator', 'platform', 'reviewer', 'auditor'];

export async function openTwoTenants(): Promise<TwoTenants> {
  const server = await openTestServer();
  const database = new pg.Client({ connectionString: server.context.config.databaseUrl });
  await database.connect();
  const operator = await server.client('Registry operators', 'operator');
  // By when they came and not by who sees them: what tenants see is what is looked at.
  const beforehand = await idsIn(database);
  const settleAlone = async (...of: [name: string, letters: string, seed: number]) => {
    const settled = await settle(server, operator, ...of);
    const ids = (await idsIn(database)).filter((id) => !beforehand.includes(id));
    beforehand.push(...ids);
    return { ...settled, ids };
  };
  const one = await settleAlone('Zanzibar', 'ZZZ', 7000);
  const other = await settleAlone('Quicksilver', 'QQQ', 8000);
  return {
    server,
    one,
    other,
    database,
    async close() {
      await database.end();
      await server.close();
    },
  };
}

async function settle(
  server: TestServer,
  operator: HttpClient,
  name: string,
  letters: string,
  seed: number,
): Promise<Omit<Tenant, 'ids'>> {
  const open = async (partyName: string, roles: Role[]) => {
    const partyId = await ensureParty(server.records, partyName, roles);
    return {
      client: new HttpClient(server.address, (await createKey(server.records, { partyId })).key),
      partyId,
    };
  };
  const { client, partyId } = await open(`${name} Records`, tenantRoles);
  const administrator = await open(`${name} Distribution`, ['administrator']);
  const fields = {
    external_id: `${name}-catalog-1`,
    title: `${name} title`,
    artist: `${name} artist`,
    label: `${name} label`,
    version: `${name} version`,
    isrc: `DE${letters}2400001`,
  };
  const headers = { 'idempotency-key': `${name}-key` };
  const { body } = await expectSuccess(client.register(fields, syntheticFingerprintFile(seed), headers));
  const identifier = {
    scheme: 'iswc',
    value: `T${seed}00000${checkIswc(`${seed}00000`)}`,
    delivery: `${name} delivery`,
  };
  await expectSuccess(client.json('POST', `/v1/recordings/${body.recording_id}/identifiers`, identifier));
  await expectSuccess(client.scan(syntheticFingerprintFile(seed), { external_id: `${name}-upload` }));
  await expectSuccess(client.json('POST', '/v1/keys', { scopes: ['read:recordings'] }));
  await settleRights(name, body.recording_id, client, operator);
  const mandate = {
    administrator_id: administrator.partyId,
    catalog: 'label',
    labels: [fields.label],
    evidence: `${name} agreement`,
  };
  await expectSuccess(client.json('POST', '/v1/mandates', mandate));
  const behalf = `/v1/recordings?on_behalf_of=${partyId}`;
  const administered = {
    external_id: `${name}-catalog-2`,
    label: fields.label,
    title: `${name} administered`,
  };
  const fingerprint = { name: 'fingerprint', bytes: syntheticFingerprintFile(seed + 1) };
  await expectSuccess(administrator.client.post(behalf, formOf(administered, fingerprint)));
  const hook = { url: `https://${name.toLowerCase()}.example/hook`, description: `${name} hook` };
  const { body: webhook } = await expectSuccess(client.json('POST', '/v1/webhooks', hook));
  await expectSuccess(client.send(`/v1/webhooks/${webhook['webhook_id']}/test`, { method: 'POST' }));
  await settleClaims(client, name, seed);
  const said = [name, letters, identifier.value];
  return { client, partyId, administrator, said };
}

/** One claim that is disputed and one by whose release a span is excluded, on uploads that the tenant itself reported. */
async function settleClaims(client: HttpClient, name: string, seed: number): Promise<void> {
  const { body: recording } = await expectSuccess(
    client.register({ external_id: `${name}-catalog-3` }, syntheticFingerprintFile(seed + 2)),
  );
  const all = {
    right: 'AllRights',
    share: 100,
    territories: { include: ['Worldwide'] },
    basis: 'OriginalOwner',
  };
  await expectSuccess(client.json('POST', `/v1/recordings/${recording.recording_id}/rights`, all));
  const allowed = { platform: `${name} platform`, account: `${name} friend`, note: `${name} note` };
  await expectSuccess(client.json('POST', '/v1/allowlist', allowed));
  const submit = async (fingerprintSeed: number, externalId: string) => {
    const fields = {
      platform: `${name} platform`,
      external_id: `${name}-${externalId}`,
      url: `https://${name}.example/${externalId}`,
      account: `${name} account`,
      title: `${name} upload`,
    };
    const { body } = await expectSuccess(client.submit(syntheticFingerprintFile(fingerprintSeed), fields));
    return `/v1/claims/${body.matches[0]?.claims[0]?.claim_id}`;
  };
  const disputed = await submit(seed, 'submission-1');
  const statement = `${name} statement`;
  await expectSuccess(
    client.json('POST', `${disputed}/disputes`, { dispute_reason: 'misidentified', statement }),
  );
  const released = await submit(seed + 2, 'submission-2');
  const release = { type: 'release_and_exclude', reason: `${name} reason` };
  await expectSuccess(client.json('POST', `${released}/events`, release));
}

async function expectSuccess<T extends { readonly status: number; readonly body: unknown }>(
  asked: Promise<T>,
): Promise<T> {
  const answer = await asked;
  if (answer.status < 300) return answer;
  throw new Error(`a tenant could not settle: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** Every table under row-level security. */
export async function tenantTables(database: pg.Client): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select relname as name from pg_class
     where relkind in ('r', 'p') and relrowsecurity and relnamespace = current_schema()::regnamespace order by relname`,
  );
  return rows.map(({ name }) => name);
}

export type SeenAs = {
  readonly role: DatabaseRole;
  readonly partyId?: string;
  readonly onBehalfOf?: string;
  readonly scopes?: readonly string[];
};

/** Runs `work` in a transaction under a role and settings, and takes it back. */
export async function seenAs<T>(database: pg.Client, as: SeenAs, work: () => Promise<T>): Promise<T> {
  await database.query('begin');
  try {
    await database.query(
      `select set_config('earmark.party_id', $1, true), set_config('earmark.on_behalf_of', $2, true),
         set_config('earmark.scopes', $3, true), set_config('role', $4, true)`,
      [as.partyId ?? '', as.onBehalfOf ?? '', as.scopes?.join(' ') ?? '', as.role],
    );
    return await work();
  } finally {
    await database.query('rollback');
  }
}

/** Every row of a table that can be seen, each as text that is the same for the same row. */
export async function rowsOf(database: pg.Client, table: string): Promise<string[]> {
  const { rows } = await database.query<{ row: string }>(
    `select to_jsonb(t)::text as row from ${pg.escapeIdentifier(table)} t order by 1`,
  );
  return rows.map(({ row }) => row);
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

async function idsIn(database: pg.Client): Promise<string[]> {
  return [...new Set((await everyRow(database)).flatMap((row) => row.match(uuid) ?? []))];
}

/** All rows of all tenants. */
export async function everyRow(database: pg.Client): Promise<string[]> {
  const rows: string[] = [];
  for (const table of await tenantTables(database)) {
    rows.push(...(await seenAs(database, { role: 'earmark_operator' }, () => rowsOf(database, table))));
  }
  return rows;
}
