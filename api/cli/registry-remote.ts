/** A registry behind a server: the same acts over HTTP, with the audio fingerprinted here. */

import type { Static, TSchema } from 'typebox';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { openWorkers, type Workers } from '../../workers/pool.ts';
import type { Config } from '../config.ts';
import { ExplanationAnswer } from '../registry/explanation-answer.ts';
import { RecordingView } from '../registry/recording-view.ts';
import type { RegistrationOutcome } from '../registry/register-recording.ts';
import { ScanAnswer } from '../registry/scan-answer.ts';
import { SubmissionView } from '../registry/submission-view.ts';
import { couldNotStart, usageError } from './exit-status.ts';
import type { Registry, RegistryNeeds, RegistryStatus } from './registry.ts';
import { openServerClient, type ServerClient, ServerFailure, uploadTimeoutMs } from './server-client.ts';
import { maxInFlight } from './settings.ts';

const Registration = Type.Object({
  recording_id: Type.String(),
  reference_id: Type.String(),
  external_id: Type.String(),
  outcome: Type.Enum(['registered', 'unchanged', 'updated']),
  position: Type.Integer(),
  duration_ms: Type.Integer(),
});
const Page = Type.Object({
  recordings: Type.Array(RecordingView),
  next_cursor: Type.Optional(Type.String()),
});
const Removal = Type.Object({ position: Type.Integer() });
const Ready = Type.Object({ index_position: Type.Integer() });

export async function openRemoteRegistry(
  config: Config,
  serverUrl: string,
  needs: RegistryNeeds,
): Promise<Registry> {
  if (config.apiKey === undefined) {
    throw usageError(
      `${serverUrl} needs an API key: give --api-key KEY or set EARMARK_API_KEY (made with "earmark key create").`,
    );
  }
  const client = openServerClient(serverUrl, config.apiKey);
  const read = <T extends TSchema>(schema: T, value: unknown): Static<T> => {
    if (Value.Check(schema, value)) return value as Static<T>;
    const [first] = Value.Errors(schema, value);
    const where = first === undefined ? '' : `: ${first.instancePath} ${first.message}`;
    throw new ServerFailure(
      'SERVER_ANSWER_INVALID',
      `${client.address} answered in an unexpected form${where}`,
    );
  };
  const settle = async (asking = client) => read(Ready, await asking.ask('GET', '/ready')).index_position;
  await settle(openServerClient(serverUrl, config.apiKey, { isFirstContact: true })).catch(
    (error: unknown) => {
      throw couldNotStart(`The server ${client.address} cannot be used`, error);
    },
  );
  const workers = needs === 'records' ? undefined : openWorkersFor(config);
  return {
    place: client.address,
    maxInFlight: maxInFlight(config),
    async fingerprint(path, use) {
      if (!workers) throw new Error('this registry was opened for its records only');
      return (await workers).fingerprint({
        path,
        decoder: config.decoder,
        limits: config.audioLimits,
        otherWindows: use === 'search',
      });
    },
    async find(externalId) {
      const page = read(
        Page,
        await client.ask(
          'GET',
          `/v1/recordings?${query({ external_id: externalId, limit: '1', own: 'true' })}`,
        ),
      );
      return page.recordings[0];
    },
    async register({ externalId, metadata, fingerprint }) {
      const { releaseDate, ...rest } = metadata;
      const fields = {
        external_id: externalId,
        ...rest,
        ...(releaseDate === undefined ? {} : { release_date: releaseDate }),
      };
      return outcomeOf(read(Registration, await client.send('/v1/recordings', formOf(fields, fingerprint))));
    },
    async scan({ externalId, fingerprint, transforms, alternatives = false }) {
      // Said only where it is wanted: a server that does not know the field refuses it.
      const fields = {
        external_id: externalId,
        transforms,
        ...(alternatives ? { alternatives: 'true' } : {}),
      };
      return read(ScanAnswer, await client.send('/v1/scans', formOf(fields, fingerprint)));
    },
    submit: async ({ upload, fingerprint }) =>
      read(SubmissionView, await client.send('/v1/submissions', formOf(upload, fingerprint))),
    async explain({ scan, recordingId }) {
      const path = `/v1/scans/${scan.scan_id}/matches/${encodeURIComponent(recordingId)}/explanation`;
      return read(ExplanationAnswer, await client.ask('GET', path, uploadTimeoutMs));
    },
    async list({ limit, cursor, isrc, externalId, title }) {
      const asked = query({ limit: String(limit), cursor, isrc, external_id: externalId, title });
      const { recordings, next_cursor } = read(Page, await client.ask('GET', `/v1/recordings?${asked}`));
      return { recordings, ...(next_cursor === undefined ? {} : { nextCursor: next_cursor }) };
    },
    get: async (recordingId) =>
      read(RecordingView, await client.ask('GET', `/v1/recordings/${encodeURIComponent(recordingId)}`)),
    remove: async (recordingId) =>
      read(Removal, await client.ask('DELETE', `/v1/recordings/${encodeURIComponent(recordingId)}`)),
    settle: () => settle(),
    status: async () => remoteStatus(client, await settle()),
    [Symbol.asyncDispose]: async () => (await workers)?.close(),
  };
}

function openWorkersFor(config: Config): Promise<Workers> | Workers {
  return openWorkers({ threadCount: config.threadCount, maxQueued: config.maxQueuedTasks });
}

/** Fields before the file: the server begins with the file while the rest is known. */
function formOf(fields: Readonly<Record<string, string>>, fingerprint: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(
    'fingerprint',
    new Blob([fingerprint], { type: 'application/octet-stream' }),
    'fingerprint.earmark',
  );
  return form;
}

function query(values: Readonly<Record<string, string | undefined>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function outcomeOf(registration: Static<typeof Registration>): RegistrationOutcome {
  return {
    recordingId: registration.recording_id,
    referenceId: registration.reference_id,
    externalId: registration.external_id,
    outcome: registration.outcome,
    position: registration.position,
    durationMs: registration.duration_ms,
  };
}

/** From what the server shows to its monitoring. */
async function remoteStatus(client: ServerClient, position: number): Promise<RegistryStatus> {
  const metrics = await client.text('/metrics');
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? 0);
  const [bytes, seconds] = [value('earmark_index_bytes'), value('earmark_index_seconds')];
  return {
    index: {
      bytes,
      recordings: value('earmark_index_references'),
      position,
      seconds,
      bytes_per_second: seconds > 0 ? Math.round((bytes / seconds) * 100) / 100 : 0,
      ready: value('earmark_index_ready') === 1,
    },
  };
}
