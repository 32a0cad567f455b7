/** An index over a real database with real threads, and what tests ask of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../api/clock.ts';
import { loadConfig } from '../../api/config.ts';
import { under } from '../../api/context.ts';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { openIndex, type RegistryIndex } from '../../api/registry/index-follower.ts';
import { type RegistrationOutcome, registerRecording } from '../../api/registry/register-recording.ts';
import { removeRecording } from '../../api/registry/remove-recording.ts';
import { openStore, type Store } from '../../api/store/store.ts';
import { openWorkers, type Workers } from '../../workers/pool.ts';
import { freshDatabase } from '../support/database.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

export type Registry = {
  readonly store: Store;
  readonly workers: Workers;
  readonly dataDir: string;
  register(seed: number): Promise<RegistrationOutcome>;
  remove(seed: number): Promise<void>;
  /** An index on the registry's data directory, or on another; parts of the store or the workers may be replaced. */
  index(options?: {
    readonly dataDir?: string;
    readonly store?: Partial<Store>;
    readonly workers?: Partial<Workers>;
  }): Promise<RegistryIndex>;
  /** Whether a search of the index as it is now finds the recording of this seed. */
  finds(index: RegistryIndex, seed: number): Promise<boolean>;
  close(): Promise<void>;
};

export async function openRegistry(): Promise<Registry> {
  const database = await freshDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'earmark-index-'));
  const store = await openStore({ databaseUrl: database.databaseUrl, poolSize: 4 });
  const workers = openWorkers({ threadCount: 1, maxQueued: 1000 });
  const log = pino({ level: 'silent' });
  const base = {
    config: loadConfig({ DATABASE_URL: database.databaseUrl, EARMARK_DATA_DIR: dataDir }, {}),
    log,
    clock: systemClock,
    store,
  };
  const context = under(base, { role: 'operator' });
  const partyId = await ensureParty(context, 'local');
  const registered = new Map<number, RegistrationOutcome>();
  const indexes = new Set<RegistryIndex>();
  return {
    store,
    workers,
    dataDir,
    async register(seed) {
      const fingerprint = syntheticFingerprintFile(seed);
      const outcome = await registerRecording(context, {
        partyId,
        externalId: `${seed}`,
        metadata: {},
        fingerprint,
      });
      registered.set(seed, outcome);
      return outcome;
    },
    async remove(seed) {
      const { recordingId } = registered.get(seed) as RegistrationOutcome;
      await removeRecording(context, { partyId, recordingId });
    },
    async index(options = {}) {
      const index = await openIndex({
        store: { ...store, ...options.store },
        workers: { ...workers, ...options.workers },
        log,
        dataDir: options.dataDir ?? dataDir,
      });
      indexes.add(index);
      return index;
    },
    async finds(index, seed) {
      const fingerprint = syntheticFingerprintFile(seed);
      const { matches } = await workers.match({
        segments: index.segments(),
        fingerprint,
        transforms: 'none',
      });
      return matches.some(({ referenceId }) => referenceId === registered.get(seed)?.referenceId);
    },
    async close() {
      for (const index of indexes) await index.close();
      await workers.close();
      await store.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A store that notes from where the feed was read. */
export function watchedFeed(of: Store): {
  readonly reads: number[];
  readonly store: Pick<Store, 'readFeed'>;
} {
  const reads: number[] = [];
  return {
    reads,
    store: {
      readFeed: (from) => {
        reads.push(from.after);
        return of.readFeed(from);
      },
    },
  };
}
