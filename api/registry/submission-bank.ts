/**
 * The bank of past submissions: an index like that of the references, of what was submitted. Only who works on
 * retroscans has one, from the first of them on; its files are beside those of the index.
 */
import { parameterVersion } from '../../workers/fingerprint/parameters.ts';
import type { Context } from '../context.ts';
import type { Store } from '../store/store.ts';
import { type FollowedFeed, openIndex, type RegistryIndex } from './index-follower.ts';

export type SubmissionBank = Pick<
  RegistryIndex,
  'catchUp' | 'segments' | 'forgetBefore' | 'status' | 'close'
>;

const maxBatchBytes = 8 * 2 ** 20;
/** Of a full segment: 2,400 h, so that one look goes through no more (`submissions-to-replay.ts`). */
export const maxBankSegmentShare = 1 / 5;

export async function openSubmissionBank({
  config,
  store,
  workers,
  log,
}: Pick<Context, 'config' | 'store' | 'workers' | 'log'>): Promise<SubmissionBank> {
  return await openIndex({
    store: submissionFeed(store),
    workers,
    log,
    dataDir: config.dataDir,
    folderName: 'submissions',
    maxShare: maxBankSegmentShare,
  });
}

/** Submissions as entries of a feed. Nobody waits for the newest: who looks through them catches up first. */
function submissionFeed(store: Store): FollowedFeed {
  return {
    registryId: store.registryId,
    feedHead: async () => (await store.submissionHead()).position,
    readFeed: async ({ after, limit, maxBytes = maxBatchBytes }) => {
      const rows = await store.readSubmissionFingerprints({ after, limit, maxBytes });
      return rows.map(({ position, submissionId, bytes }) => ({
        kind: 'register' as const,
        position,
        referenceId: submissionId,
        durationMs: undefined,
        constellation: isOfThisVersion(bytes) ? bytes : undefined,
      }));
    },
    listExcludedIntervals: () => Promise.resolve([]),
    listenToFeed: () => Promise.resolve(() => Promise.resolve()),
  };
}

/** What an earlier build made is compared with nothing (the header of a fingerprint file: `fingerprint-file.ts`). */
export function isOfThisVersion(bytes: Uint8Array): boolean {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(6, true) === parameterVersion;
}
