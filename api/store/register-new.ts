/**
 * Registers recordings that their parties do not have yet, any number of them in one transaction and by the same few
 * statements. Locks are taken in the order of all registrations: recordings, references, feed.
 */
import { v7 } from 'uuid';
import { appendAllToFeed, feedHead } from './change-feed.ts';
import { insertIdentifierAssertions } from './identifier-assertion.ts';
import { insertRecordings } from './recording.ts';
import {
  insertFingerprints,
  insertRecordingReferences,
  insertReferences,
  lockReferenceByAudio,
} from './reference.ts';
import type { Registered, Registration } from './registration.ts';
import { requestFirstRetroscans } from './retroscan.ts';
import type { Queryable } from './statement.ts';
import { TransactionCollided } from './store-unavailable.ts';

type New = {
  readonly registration: Registration;
  readonly recordingId: string;
  readonly referenceId: string;
  /** As it is answered: that of the audio where the party had it already. */
  readonly durationMs: number;
};

/** In the order given; `undefined` where the party has the external id already, or it came before in the same list. */
export async function registerNew(
  on: Queryable,
  registrations: readonly Registration[],
): Promise<(Registered | undefined)[]> {
  const all = registrations.map((registration) => ({
    registration,
    recordingId: v7(),
    referenceId: v7(),
    durationMs: registration.fingerprint.durationMs,
  }));
  const madeRecordings = new Set((await makeRecordings(on, all)).map(({ recordingId }) => recordingId));
  const made = all.filter(({ recordingId }) => madeRecordings.has(recordingId));
  if (made.length === 0) return all.map(() => undefined);

  await assertIsrcs(on, made);
  const answers = await giveReferences(on, made);
  return all.map(({ recordingId }) => answers.get(recordingId));
}

/** What a recording is matched by from now on, that has had metadata alone. */
export async function giveReference(
  on: Queryable,
  registration: Registration,
  recordingId: string,
): Promise<Registered> {
  const { durationMs } = registration.fingerprint;
  const answers = await giveReferences(on, [{ registration, recordingId, referenceId: v7(), durationMs }]);
  return answers.get(recordingId) as Registered;
}

/** By recording. None of them has a reference yet. */
async function giveReferences(on: Queryable, made: readonly New[]): Promise<ReadonlyMap<string, Registered>> {
  const madeReferences = new Set((await makeReferences(on, made)).map(({ referenceId }) => referenceId));
  const heard = made.filter(({ referenceId }) => madeReferences.has(referenceId));
  const known: New[] = [];
  for (const one of made) if (!madeReferences.has(one.referenceId)) known.push(await withKnownAudio(on, one));

  // The links first: a fingerprint is reached by the recordings that it stands for, also by whoever writes it.
  await insertRecordingReferences.all(on, idsOf([...heard, ...known]));
  if (heard.length > 0) await storeFingerprints(on, heard);
  await requestRetroscans(on, known, 'recording');
  await requestRetroscans(on, heard, 'reference');
  const referenceIds = heard.map(({ referenceId }) => referenceId);
  const positions = heard.length > 0 ? await appendAllToFeed(on, 'register', referenceIds) : undefined;
  const last = positions?.get(referenceIds.at(-1) as string) ?? (await feedHead(on));

  return new Map(
    [...heard, ...known].map(({ registration, recordingId, referenceId, durationMs }) => [
      recordingId,
      {
        outcome: 'registered' as const,
        recordingId,
        referenceId,
        externalId: registration.externalId,
        durationMs,
        position: positions?.get(referenceId) ?? last,
      },
    ]),
  );
}

const makeRecordings = (on: Queryable, all: readonly New[]) => {
  const texts = (name: 'title' | 'artist' | 'label' | 'releaseDate' | 'version') =>
    all.map(({ registration }) => registration.metadata[name]);
  return insertRecordings.all(on, {
    recordingIds: all.map(({ recordingId }) => recordingId),
    partyIds: all.map(({ registration }) => registration.partyId),
    externalIds: all.map(({ registration }) => registration.externalId),
    titles: texts('title'),
    artists: texts('artist'),
    labels: texts('label'),
    releaseDates: texts('releaseDate'),
    versions: texts('version'),
  });
};

async function assertIsrcs(on: Queryable, made: readonly New[]): Promise<void> {
  const said = made.flatMap(({ recordingId, registration: { partyId, registeredBy, metadata } }) =>
    metadata.isrc === undefined ? [] : [{ recordingId, partyId, registeredBy, isrc: metadata.isrc }],
  );
  if (said.length === 0) return;
  await insertIdentifierAssertions.all(on, {
    identifierAssertionIds: said.map(() => v7()),
    partyIds: said.map(({ partyId }) => partyId),
    recordingIds: said.map(({ recordingId }) => recordingId),
    assertedBy: said.map(({ partyId, registeredBy }) => registeredBy ?? partyId),
    onBehalfOf: said.map(({ partyId, registeredBy }) => (registeredBy === undefined ? undefined : partyId)),
    scheme: 'isrc',
    values: said.map(({ isrc }) => isrc),
  });
}

const makeReferences = (on: Queryable, made: readonly New[]) =>
  insertReferences.all(on, {
    referenceIds: made.map(({ referenceId }) => referenceId),
    partyIds: made.map(({ registration }) => registration.partyId),
    audioSha256: made.map(({ registration }) => registration.fingerprint.audioSha256),
    eligibilities: made.map(({ registration }) => registration.eligibility),
  });

/** The party has a reference of the same audio, which then stands for this recording too. */
async function withKnownAudio(on: Queryable, one: New): Promise<New> {
  const { partyId, fingerprint } = one.registration;
  const existing = await lockReferenceByAudio.find(on, { partyId, audioSha256: fingerprint.audioSha256 });
  if (existing === undefined)
    throw new TransactionCollided('a reference was removed while it was registered');
  const { referenceId, durationMs = one.durationMs } = existing;
  return { ...one, referenceId, durationMs };
}

const idsOf = (all: readonly New[]) => ({
  partyIds: all.map(({ registration }) => registration.partyId),
  recordingIds: all.map(({ recordingId }) => recordingId),
  referenceIds: all.map(({ referenceId }) => referenceId),
});

async function storeFingerprints(on: Queryable, heard: readonly New[]): Promise<void> {
  const fingerprints = heard.map(({ registration }) => registration.fingerprint);
  const { partyIds, referenceIds } = idsOf(heard);
  await insertFingerprints.all(on, {
    referenceIds,
    partyIds,
    algorithms: fingerprints.map(({ algorithm }) => algorithm),
    parameterVersions: fingerprints.map(({ parameterVersion }) => parameterVersion),
    audioSha256: fingerprints.map(({ audioSha256 }) => audioSha256),
    durationMs: fingerprints.map(({ durationMs }) => durationMs),
    peakCounts: fingerprints.map(({ peakCount }) => peakCount),
    constellations: fingerprints.map(({ constellation }) => constellation),
    descriptors: fingerprints.map(({ descriptors }) => descriptors),
  });
}

async function requestRetroscans(
  on: Queryable,
  made: readonly New[],
  cause: 'recording' | 'reference',
): Promise<void> {
  const [first] = made;
  if (first === undefined) return;
  const { now } = first.registration;
  await requestFirstRetroscans(on, { recordingIds: made.map(({ recordingId }) => recordingId), cause, now });
}
