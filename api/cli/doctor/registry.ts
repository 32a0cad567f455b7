/** Looks at the registry there is, or, where there is none yet, whether one could be made. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { closeContext, openContext, openStoreContext, under } from '../../context.ts';
import { openLog } from '../../log.ts';
import { byteSize, whole } from '../output/quantities.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { type Finding, messageOf } from './check.ts';

const silentLog = openLog({ logLevel: 'silent' });

export async function checkRegistry(config: Config): Promise<Finding[]> {
  if (config.databaseUrl !== undefined) return checkExisting(config, 'DATABASE_URL');
  const embedded = join(config.dataDir, 'postgres');
  const isThere = await access(join(embedded, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (!isThere) return [await tryEmbedded(config)];
  const version = (await readFile(join(embedded, 'PG_VERSION'), 'utf8')).trim();
  return checkExisting(config, `embedded Postgres ${version}`);
}

async function checkExisting(config: Config, database: string): Promise<Finding[]> {
  const name = 'Postgres';
  const base = await openStoreContext(config, { log: silentLog }).catch((error: unknown) => error as Error);
  if (base instanceof Error) {
    const next =
      config.databaseUrl === undefined
        ? `Its own log is in ${join(config.dataDir, 'postgres', 'log')}.`
        : 'Check the address, the password, and that the server runs.';
    return [{ name, state: 'broken', found: `${database}: ${messageOf(base)}`, next }];
  }
  try {
    const { recordingCount, referenceCount } = await under(base, { role: 'operator' }).store.countRegistry();
    const found = `${database}, ${whole(recordingCount)} recordings, ${whole(referenceCount)} references`;
    return [{ name, state: 'fine', found }, await checkIndex(config)];
  } catch (error) {
    return [{ name, state: 'broken', found: `${database}: ${messageOf(error)}` }];
  } finally {
    await closeContext(base);
  }
}

async function checkIndex(config: Config): Promise<Finding> {
  const name = 'index';
  try {
    const context = await openContext(config, { log: silentLog });
    try {
      await context.index.catchUp();
      const { bytes, position, recordings } = context.index.status();
      const found = `${byteSize(bytes)} for ${whole(recordings)} references, at position ${whole(position)}`;
      return { name, state: 'fine', found };
    } finally {
      await closeContext(context);
    }
  } catch (error) {
    const next = 'Build it anew from Postgres with "earmark reindex".';
    return { name, state: 'broken', found: messageOf(error), next };
  }
}

/** Nobody wants a registry made by asking how things are: it is tried in a folder that goes away again. */
async function tryEmbedded(config: Config): Promise<Finding> {
  const name = 'Postgres';
  await using folder = await makeTemporaryFolder('doctor');
  try {
    await closeContext(await openStoreContext({ ...config, dataDir: folder.path }, { log: silentLog }));
    return {
      name,
      state: 'fine',
      found: 'the embedded one starts here (no registry in the data directory yet)',
    };
  } catch (error) {
    return {
      name,
      state: 'broken',
      found: messageOf(error),
      next: 'Or use a Postgres of your own: DATABASE_URL.',
    };
  }
}
