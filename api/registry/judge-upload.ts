/** What follows from all that was found in an upload: a fresh one and a past one alike. */
import type { Scoped } from '../context.ts';
import type { UploadView } from './claim-view.ts';
import { type FoundMatch, type JudgedMatch, judgeMatch, type UploadFound } from './judge-match.ts';
import { openOwnedRecordings } from './owned-recordings.ts';
import type { FoundRecording } from './scan-upload.ts';

/** Throws TOO_MANY_ASSERTIONS. */
export async function judgeUpload(
  context: Scoped,
  found: readonly FoundRecording[],
  on: UploadFound,
): Promise<JudgedMatch[]> {
  if (found.length === 0) return [];
  const { store } = context;
  const referenceIds = [...new Set(found.map(({ recording }) => recording.referenceId))];
  const references = new Map(
    (await store.listMatchedReferences(referenceIds)).map((row) => [row.referenceId, row]),
  );
  const recordings = openOwnedRecordings({ ...context, store: context.ownStore });
  await recordings.load(found.map(({ recording }) => recording.recordingId));
  const matches: FoundMatch[] = [];
  // One match a recording, by its best reference.
  for (const { recording, segments } of found) {
    const reference = references.get(recording.referenceId);
    const owned = recordings.find(recording.recordingId);
    const isKnown = matches.some((match) => match.recording.recordingId === recording.recordingId);
    // A reference that was removed while the search ran is not matched any more.
    if (!reference || !owned || isKnown) continue;
    matches.push({ recording, reference, segments, owned, allowlistedBy: new Set() });
  }
  const allowlistedBy = await allowlistsOf(context, matches, on.upload);
  return matches.map((match) =>
    judgeMatch({ ...match, allowlistedBy: allowlistedBy(match.recording.label) }, on, recordings),
  );
}

/** By label: who does not claim from the account. */
async function allowlistsOf(
  { store }: Scoped,
  matches: readonly FoundMatch[],
  { platform, account }: UploadView,
): Promise<(label: string | undefined) => ReadonlySet<string>> {
  const ofLabel = new Map<string | undefined, ReadonlySet<string>>();
  if (account !== null) {
    for (const label of new Set(matches.map(({ recording }) => recording.label))) {
      ofLabel.set(label, new Set(await store.listAllowlistingParties({ platform, account, label })));
    }
  }
  return (label) => ofLabel.get(label) ?? new Set();
}
