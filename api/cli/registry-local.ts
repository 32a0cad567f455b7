/** The registry in the data directory (or behind DATABASE_URL), used directly: the same use cases as HTTP, without it. */

import type { Config } from '../config.ts';
import {
  type Context,
  closeContext,
  openContext,
  openStoreContext,
  type Scoped,
  type StoreContext,
  under,
} from '../context.ts';
import { explainScan } from '../registry/explain-match.ts';
import { findRegisteredAudio } from '../registry/find-registered-audio.ts';
import { getRecording } from '../registry/get-recording.ts';
import { listRecordings } from '../registry/list-recordings.ts';
import { registerRecording } from '../registry/register-recording.ts';
import { removeRecording } from '../registry/remove-recording.ts';
import { scanUpload } from '../registry/scan-upload.ts';
import { submitUpload } from '../registry/submit-upload.ts';
import { couldNotStart } from './exit-status.ts';
import { localSpeaker } from './local-speaker.ts';
import { refuseMissingRegistry } from './missing-registry.ts';
import type { Registry, RegistryNeeds, RegistryStatus } from './registry.ts';
import { bulkInFlight, maxInFlight } from './settings.ts';

export async function openLocalRegistry(
  config: Config,
  needs: RegistryNeeds,
  as?: string,
): Promise<Registry> {
  const place = placeOf(config);
  if (needs !== 'registration') refuseMissingRegistry(config);
  const open = needs === 'records' ? openStoreContext : openContext;
  const context: (StoreContext | Context) & AsyncDisposable = await open(config).catch((error: unknown) => {
    throw couldNotStart(`The registry in ${place} could not be opened`, error);
  });
  try {
    return await registryOn(context, config, needs, as);
  } catch (error) {
    await closeContext(context);
    throw error;
  }
}

/** What is opened is the caller's: disposing of the registry closes it. */
export async function registryOn(
  context: (StoreContext | Context) & AsyncDisposable,
  config: Config,
  needs: RegistryNeeds,
  as?: string,
): Promise<Registry> {
  const place = placeOf(config);
  const isBulk = needs === 'registration';
  // Who has the data directory has everything in it.
  const { party_id: partyId } = await localSpeaker(under(context, { role: 'operator' }), as);
  const session = { role: 'operator', partyId } as const;
  const records = under(context, session);
  const whole = (): Scoped<Context> => {
    if (isWhole(context)) return under(context, session);
    throw new Error('this registry was opened for its records only');
  };
  const settle = async () => {
    await whole().index.catchUp();
    return whole().index.status().position;
  };
  return {
    place,
    maxInFlight: isBulk ? bulkInFlight(config) : maxInFlight(config),
    fingerprint(path, use) {
      const { workers } = whole();
      const task = { path, decoder: config.decoder, limits: config.audioLimits };
      return use === 'registration'
        ? workers.fingerprintInBulk({ ...task, otherWindows: false })
        : workers.fingerprint({ ...task, otherWindows: true });
    },
    async find(externalId) {
      const audio = await findRegisteredAudio(records, { partyId, externalId });
      return audio && getRecording(records, { partyId, recordingId: audio.recordingId });
    },
    register: (registration) => registerRecording(records, { partyId, ...registration }),
    scan: (upload) => scanUpload(whole(), { partyId, ...upload }),
    submit: async (submission) => (await submitUpload(whole(), { partyId, ...submission })).view,
    explain: ({ scan: answer, ...scanned }) =>
      explainScan(whole(), { partyId: undefined, answer, scannedAt: new Date(), ...scanned }),
    list: (query) => listRecordings(records, { partyId: undefined, ...query }),
    get: (recordingId) => getRecording(records, { partyId: undefined, recordingId }),
    remove: (recordingId) => removeRecording(records, { partyId: undefined, recordingId }),
    settle,
    async status() {
      await settle();
      return localStatus(whole());
    },
    [Symbol.asyncDispose]: () => closeContext(context),
  };
}

function placeOf({ databaseUrl, dataDir }: Config): string {
  return databaseUrl === undefined ? dataDir : 'the database of DATABASE_URL';
}

function isWhole(context: StoreContext | Context): context is Context {
  return 'index' in context;
}

async function localStatus({ index, store }: Scoped<Context>): Promise<RegistryStatus> {
  const { position, recordings, seconds, bytes, constellationBytes, segments, ready } = index.status();
  const perSecond = (size: number) => (seconds > 0 ? Math.round((size / seconds) * 100) / 100 : 0);
  const { recordingCount } = await store.countRegistry();
  return {
    index: { bytes, recordings, position, seconds, bytes_per_second: perSecond(bytes), ready, segments },
    constellation: { bytes: constellationBytes, bytes_per_second: perSecond(constellationBytes) },
    recordings: recordingCount,
  };
}
