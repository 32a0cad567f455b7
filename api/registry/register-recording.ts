/**
 * Registers a recording by a fingerprint of its audio: all of it in one transaction, and the same registration
 * again changes nothing.
 */
import { createHash } from 'node:crypto';
import {
  encodeFingerprint,
  type Fingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { readFingerprint } from './read-fingerprint.ts';
import { type RecordingMetadata, validateExternalId, validateMetadata } from './recording-metadata.ts';

/** Shorter audio has too few landmarks to be told from chance. */
const minReferenceMs = 2000;

const algorithm = 'earmark-peaks';

export type Registration = {
  /** Whose recording it is. */
  readonly partyId: string;
  /** Who registers it, where that is another party: by a mandate, or as an operator. */
  readonly registeredBy?: string;
  readonly externalId: string;
  readonly metadata: RecordingMetadata;
  /** A fingerprint file's bytes, of any density. Untrusted; the audio's SHA-256 in it is the party's claim. */
  readonly fingerprint: Uint8Array;
  /** Same key and same registration: the first answer again. Same key, another registration: refused. */
  readonly idempotencyKey?: string;
};

export type RegistrationOutcome = {
  readonly recordingId: string;
  readonly referenceId: string;
  readonly externalId: string;
  readonly outcome: 'registered' | 'unchanged' | 'updated';
  /** Change-feed position at which the registration holds; a scan answered at or after it sees it. */
  readonly position: number;
  readonly durationMs: number;
};

/**
 * Throws RECORDING_HAS_OTHER_AUDIO, OUTSIDE_MANDATE, IDEMPOTENCY_KEY_REUSED, AUDIO_SILENT, AUDIO_TOO_SHORT, AUDIO_TOO_LONG,
 * METADATA_INVALID, ISRC_INVALID, FINGERPRINT_*.
 */
export async function registerRecording(
  context: Scoped,
  registration: Registration,
): Promise<RegistrationOutcome> {
  const { partyId, registeredBy, idempotencyKey } = registration;
  const externalId = validateExternalId(registration.externalId);
  const metadata = validateMetadata(registration.metadata);
  const given = readFingerprint(context.config, registration.fingerprint);
  const fingerprint = thinToReference(given);
  refuseUnfit(fingerprint);

  const done = await context.store.registerRecording({
    partyId,
    registeredBy,
    externalId,
    metadata,
    eligibility: 'claim_eligible',
    now: context.clock.now(),
    fingerprint: {
      algorithm,
      parameterVersion: fingerprint.parameterVersion,
      audioSha256: fingerprint.audioSha256,
      durationMs: fingerprint.durationMs,
      peakCount: fingerprint.constellation.frames.length,
      constellation:
        // One fingerprint has one encoding.
        fingerprint === given && given.descriptors.length === 0
          ? registration.fingerprint
          : encodeFingerprint({ ...fingerprint, descriptors: new Uint8Array(0) }),
      descriptors: fingerprint.descriptors,
    },
    ...(idempotencyKey === undefined
      ? {}
      : {
          idempotency: {
            key: idempotencyKey,
            requestDigest: digestOf(externalId, metadata, fingerprint, registeredBy && partyId),
          },
        }),
  });
  if (idempotencyKey !== undefined) await context.store.forgetIdempotencyKeys();

  if (done.outcome === 'other_audio') {
    throw new RegistryError(
      'RECORDING_HAS_OTHER_AUDIO',
      `${JSON.stringify(externalId)} is registered with other audio: remove it first or use another external_id.`,
    );
  }
  if (done.outcome === 'idempotency_key_reused') {
    throw new RegistryError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key came before, with another registration; use a new one.',
    );
  }
  if (done.outcome === 'outside_mandate') {
    throw new RegistryError(
      'OUTSIDE_MANDATE',
      `Expected a recording that a mandate of the party covers; received ${JSON.stringify(externalId)} with the label ${JSON.stringify(metadata.label ?? null)}.`,
    );
  }
  return done;
}

function refuseUnfit({ constellation, durationMs }: Fingerprint): void {
  if (constellation.frames.length === 0) {
    throw new RegistryError(
      'AUDIO_SILENT',
      `Expected something audible; received ${durationMs} ms without a single peak.`,
    );
  }
  if (durationMs < minReferenceMs) {
    throw new RegistryError(
      'AUDIO_TOO_SHORT',
      `Expected at least ${minReferenceMs} ms of audio; received ${durationMs} ms.`,
    );
  }
}

/** What makes two requests the same: what is said, and of which audio. The same bytes uploaded again say the same. */
function digestOf(
  externalId: string,
  metadata: RecordingMetadata,
  { audioSha256 }: Fingerprint,
  onBehalfOf: string | undefined,
): Uint8Array {
  const said = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const whose = onBehalfOf === undefined ? [] : [onBehalfOf];
  return createHash('sha256')
    .update(JSON.stringify([externalId, said, ...whose]))
    .update(audioSha256)
    .digest();
}
