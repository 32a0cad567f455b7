/** A whole server for tests: a database of its own, real worker threads, a real index, listening on a free port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '../../api/config.ts';
import { type Context, type ContextOverrides, openContext, type Scoped, under } from '../../api/context.ts';
import { buildApp } from '../../api/http/app.ts';
import type { App } from '../../api/http/fastify-types.ts';
import { type Role, scopesOf } from '../../api/registry/caller.ts';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { createKey, type NewKey } from '../../api/registry/keys.ts';
import { freshDatabase } from './database.ts';
import { HttpClient } from './http-client.ts';

export type TestContext = {
  readonly context: Context;
  /** The same for an operator. */
  readonly records: Scoped<Context>;
  close(): Promise<void>;
};

export type TestServer = TestContext & {
  readonly app: App;
  readonly address: string;
  /** Has no key. */
  readonly anonymous: HttpClient;
  client(partyName: string, role: Role): Promise<HttpClient>;
};

export type TestServerOptions = { readonly config?: Partial<Config>; readonly overrides?: ContextOverrides };

/** A context on a fresh database and a fresh data directory; two threads, no log. */
export async function openTestContext({
  config = {},
  overrides = {},
}: TestServerOptions = {}): Promise<TestContext> {
  const dataDir = await mkdtemp(join(tmpdir(), 'earmark-server-'));
  const database = await freshDatabase();
  const defaults = loadConfig(
    {
      DATABASE_URL: database.databaseUrl,
      EARMARK_DATA_DIR: dataDir,
      EARMARK_LOG_LEVEL: 'silent',
      EARMARK_THREADS: 2,
    },
    {},
  );
  const context = await openContext(
    { ...defaults, databasePoolSize: 5, rateLimitPerMinute: 100_000, ...config },
    overrides,
  );
  await context.index.catchUp();
  return {
    context,
    records: under(context, { role: 'operator' }),
    async close() {
      await context[Symbol.asyncDispose]();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const opened = await openTestContext(options);
  const app = await buildApp(opened.context);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...opened,
    app,
    address,
    anonymous: new HttpClient(address),
    client: async (partyName, role) =>
      new HttpClient(address, (await createKeyOf(opened.records, { partyName, role })).key),
    async close() {
      await app.close();
      await opened.close();
    },
  };
}

/** A key for what one role gives, of the party of that name, which has this role from now on. */
export async function createKeyOf(
  records: Scoped,
  { partyName, role, expiresAt }: { partyName: string; role: Role; expiresAt?: Date },
): Promise<NewKey & { readonly partyId: string }> {
  const partyId = await ensureParty(records, partyName, [role]);
  return { partyId, ...(await createKey(records, { partyId, scopes: scopesOf[role], expiresAt })) };
}
