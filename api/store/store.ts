/** The store: all that is asked of Postgres, one function per statement or transaction. */
import * as apiKey from './api-key.ts';
import * as changeFeed from './change-feed.ts';
import { type Connections, openConnections, type StoreLog } from './connections.ts';
import { listenToFeed } from './feed-listener.ts';
import { migrate } from './migrate.ts';
import * as party from './party.ts';
import * as recording from './recording.ts';
import * as reference from './reference.ts';
import * as registration from './registration.ts';
import * as scan from './scan.ts';
import { asStoreError } from './store-unavailable.ts';

const operations = {
  findParty: party.findParty,
  ensureParty: party.ensureParty,

  insertApiKey: apiKey.insertApiKey,
  findApiKeyByPrefix: apiKey.findApiKeyByPrefix,
  listApiKeys: apiKey.listApiKeys,
  countUsableApiKeys: apiKey.countUsableApiKeys,
  revokeApiKey: apiKey.revokeApiKey,

  registerRecording: registration.registerRecording,
  removeRecording: registration.removeRecording,
  listRecordings: recording.listRecordings,
  findRecording: recording.findRecording,
  findRegisteredAudio: recording.findRegisteredAudio,
  listMatchedRecordings: recording.listMatchedRecordings,
  listMatchableFingerprints: reference.listMatchableFingerprints,
  countRegistry: recording.countRegistry,

  readFeed: changeFeed.readFeed,
  feedHead: changeFeed.feedHead,
  registryId: changeFeed.registryId,

  insertScan: scan.insertScan,
  findScan: scan.findScan,
  findScanFingerprint: scan.findScanFingerprint,
};

type Operations = typeof operations;
type Bound<F> = F extends (on: Connections, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

export type Store = { readonly [K in keyof Operations]: Bound<Operations[K]> } & {
  /** Calls back with the feed's position now and whenever it moves, through reconnects, until stopped. */
  listenToFeed(onPosition: (position: number) => void): Promise<() => Promise<void>>;
  /** Ends the connections once their statements have finished. Stop listening first. */
  close(): Promise<void>;
};

export type StoreOptions = {
  readonly databaseUrl: string;
  /** Connections at most; listening takes one more. */
  readonly poolSize: number;
  readonly log?: StoreLog | undefined;
};

/** Migrates the database and opens the store on it. Throws StoreUnavailable when Postgres cannot be reached. */
export async function openStore({ databaseUrl, poolSize, log }: StoreOptions): Promise<Store> {
  await migrate(databaseUrl);
  const connections = openConnections(databaseUrl, poolSize, log);
  const bind = ([name, operation]: [string, unknown]) => {
    const run = operation as (on: Connections, ...rest: unknown[]) => unknown;
    return [name, (...rest: unknown[]) => run(connections, ...rest)];
  };
  const bound = Object.fromEntries(Object.entries(operations).map(bind)) as Pick<Store, keyof Operations>;
  return {
    ...bound,
    listenToFeed: async (onPosition) => {
      try {
        return await listenToFeed(databaseUrl, onPosition, log);
      } catch (error) {
        throw asStoreError(error);
      }
    },
    close: () => connections.close(),
  };
}
