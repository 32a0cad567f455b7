/**
 * Registration and removal, each in one transaction. They take locks in one order, so that they cannot wait for
 * each other in a circle: idempotency key, recordings, references, feed.
 */
import { v7 } from 'uuid';
import { appendToFeed, feedHead } from './change-feed.ts';
import type { Connections } from './connections.ts';
import { answerIdempotencyKey, claimIdempotencyKey, findIdempotencyKey } from './idempotency-key.ts';
import { insertIdentifierAssertion } from './identifier-assertion.ts';
import {
  deleteRecording,
  lockRecording,
  lockRecordingByExternalId,
  updateRecordingMetadata,
} from './recording.ts';
import {
  deleteRecordingReferences,
  deleteUnlinkedReference,
  type Eligibility,
  findReferenceOfRecording,
  hasReference,
  lockReference,
  type StoredFingerprint,
} from './reference.ts';
import { giveReference, registerNew } from './register-new.ts';
import type { Queryable } from './statement.ts';
import { isRowSecurityRefusal, TransactionCollided } from './store-unavailable.ts';

export type Registration = {
  /** Whose recording it is. */
  readonly partyId: string;
  /** Who registers it, where that is another party. */
  readonly registeredBy?: string | undefined;
  readonly externalId: string;
  /** What is undefined stays as it is. An ISRC is normalised already, and is added to those there are. */
  readonly metadata: {
    readonly isrc?: string | undefined;
    readonly title?: string | undefined;
    readonly artist?: string | undefined;
    readonly label?: string | undefined;
    readonly releaseDate?: string | undefined;
    readonly version?: string | undefined;
  };
  readonly fingerprint: StoredFingerprint;
  readonly eligibility: Eligibility;
  /** When past submissions were asked to be looked through for it. */
  readonly now: Date;
  readonly idempotency?: { readonly key: string; readonly requestDigest: Uint8Array } | undefined;
};

export type Registered = {
  readonly outcome: 'registered' | 'unchanged' | 'updated';
  readonly recordingId: string;
  readonly referenceId: string;
  readonly externalId: string;
  readonly durationMs: number;
  /** An index that has reached this position finds the recording. */
  readonly position: number;
};

export type RegistrationRefused =
  /** The party has this external id with other audio. */
  | { readonly outcome: 'other_audio'; readonly recordingId: string }
  /** The idempotency key came before with another request. */
  | { readonly outcome: 'idempotency_key_reused' }
  /** No mandate of whoever registers for the party covers the recording, as it is or as it would be. */
  | { readonly outcome: 'outside_mandate' };

/** Takes a transaction back and is what it answers. */
class Refused extends Error {
  readonly refusal: RegistrationRefused;
  constructor(refusal: RegistrationRefused) {
    super(refusal.outcome);
    this.refusal = refusal;
  }
}

export async function registerRecording(
  connections: Connections,
  registration: Registration,
): Promise<Registered | RegistrationRefused> {
  try {
    return await connections.transaction((on) => registerOnce(on, registration));
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    if (registration.registeredBy !== undefined && isRowSecurityRefusal(error))
      return { outcome: 'outside_mandate' };
    throw error;
  }
}

async function registerOnce(on: Queryable, registration: Registration): Promise<Registered> {
  const { idempotency } = registration;
  const partyId = registration.registeredBy ?? registration.partyId;
  if (idempotency === undefined) return await register(on, registration);
  const { key, requestDigest } = idempotency;
  if ((await claimIdempotencyKey.find(on, { partyId, key, requestDigest })) === undefined) {
    const answered = await findIdempotencyKey.find(on, { partyId, key });
    if (answered === undefined) throw new TransactionCollided('an idempotency key expired while it was read');
    if (Buffer.compare(answered.requestDigest, requestDigest) !== 0) {
      throw new Refused({ outcome: 'idempotency_key_reused' });
    }
    return answered.response as Registered;
  }
  // The feed's lock comes last but for this one row, which nobody else can wait for.
  const registered = await register(on, registration);
  await answerIdempotencyKey.all(on, { partyId, key, response: registered });
  return registered;
}

async function register(on: Queryable, registration: Registration): Promise<Registered> {
  const [made] = await registerNew(on, [registration]);
  return made ?? (await registerAgain(on, registration));
}

/** The party has this external id already. */
async function registerAgain(on: Queryable, registration: Registration): Promise<Registered> {
  const { partyId, externalId, metadata } = registration;
  const recording = await lockRecordingByExternalId.find(on, { partyId, externalId });
  if (recording === undefined) {
    // It is there, and hidden from whoever acts for the party.
    if (registration.registeredBy !== undefined) throw new Refused({ outcome: 'outside_mandate' });
    throw new TransactionCollided('a recording was removed while it was registered');
  }
  const { recordingId } = recording;
  const { audioSha256 } = registration.fingerprint;
  const reference = await findReferenceOfRecording.find(on, { recordingId, audioSha256 });
  if (reference === undefined && (await hasReference.get(on, { recordingId })).isThere)
    throw new Refused({ outcome: 'other_audio', recordingId });
  const texts = {
    title: metadata.title,
    artist: metadata.artist,
    label: metadata.label,
    releaseDate: metadata.releaseDate,
    version: metadata.version,
  };
  const hasNewText = (await updateRecordingMetadata.find(on, { recordingId, ...texts })) !== undefined;
  const hasNewIsrc = await assertIsrc(on, recordingId, registration);
  // Its metadata came before its audio.
  if (reference === undefined) return await giveReference(on, registration, recordingId);
  const outcome = hasNewText || hasNewIsrc ? 'updated' : 'unchanged';
  return { outcome, recordingId, ...reference, externalId, position: await feedHead(on) };
}

/** True when the party had not said so before. */
async function assertIsrc(on: Queryable, recordingId: string, registration: Registration): Promise<boolean> {
  const value = registration.metadata.isrc;
  if (value === undefined) return false;
  const assertion = await insertIdentifierAssertion.find(on, {
    identifierAssertionId: v7(),
    partyId: registration.partyId,
    recordingId,
    assertedBy: registration.registeredBy ?? registration.partyId,
    onBehalfOf: registration.registeredBy === undefined ? undefined : registration.partyId,
    scheme: 'isrc',
    value,
    delivery: undefined,
  });
  return assertion !== undefined;
}

export type Removed = {
  /** An index that has reached this position no longer matches the recording. */
  readonly position: number;
  /** The references that went with it, because no other recording needed them. */
  readonly removedReferenceIds: readonly string[];
};

/** Undefined when there is no such recording, or it is another party's. */
export async function removeRecording(
  connections: Connections,
  which: { readonly recordingId: string; readonly partyId?: string | undefined },
): Promise<Removed | undefined> {
  return await connections.transaction(async (on) => {
    const recording = await lockRecording.find(on, {
      recordingId: which.recordingId,
      partyId: which.partyId,
    });
    if (recording === undefined) return undefined;
    const linked = await deleteRecordingReferences.all(on, recording);
    await deleteRecording.all(on, recording);
    const removedReferenceIds: string[] = [];
    for (const referenceId of linked.map((row) => row.referenceId).sort()) {
      await lockReference.find(on, { referenceId });
      const gone = await deleteUnlinkedReference.find(on, { referenceId });
      if (gone !== undefined) removedReferenceIds.push(referenceId);
    }
    let position = await feedHead(on);
    for (const referenceId of removedReferenceIds) position = await appendToFeed(on, 'delete', referenceId);
    return { position, removedReferenceIds };
  });
}
