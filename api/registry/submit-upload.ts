/**
 * A reported upload: scanned, matched and claimed, all of it kept in one transaction. The same upload reported again
 * is the same submission, and is neither scanned nor claimed twice.
 */

import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { v7 as uuidv7 } from 'uuid';
import { decodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import type { Context, Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { contentTypes } from '../rules/match-facts.ts';
import type { SubmissionRow } from '../store/submission.ts';
import type { UploadView } from './claim-view.ts';
import type { JudgedMatch, UploadFound } from './judge-match.ts';
import { judgeUpload } from './judge-upload.ts';
import { appendEvent } from './registry-events.ts';
import { type SearchedUpload, searchUpload } from './scan-upload.ts';
import type { SubmissionView } from './submission-view.ts';
import { viewSubmission } from './submissions.ts';

const printable = '^[^\\u0000-\\u001f\\u007f]+$';
const text = (maxLength: number, description: string, example: string) =>
  Type.String({ minLength: 1, maxLength, pattern: printable, description, examples: [example] });

/** What is said of an upload, besides what it sounds like. The limits are those of the table. */
export const ReportedUpload = Type.Object(
  {
    platform: text(100, 'Where it was uploaded.', 'Tube'),
    external_id: Type.Optional(
      text(2000, 'The platform’s id for the upload; its url where it is not said.', 'upload-77'),
    ),
    url: Type.Optional(text(2000, 'Where it is to be heard.', 'https://tube.example/watch/77')),
    account: Type.Optional(text(200, 'Who uploaded it, as the platform calls them.', 'channel-12')),
    title: Type.Optional(text(500, 'What the uploader calls it.', 'my holiday')),
    content_type: Type.Optional(Type.Enum([...contentTypes], { description: 'What kind of upload it is.' })),
  },
  { additionalProperties: false },
);
export type ReportedUpload = Static<typeof ReportedUpload>;

export const reportedFields = Object.keys(ReportedUpload.properties);

type Submitted = { readonly isNew: boolean; readonly view: SubmissionView };

/** Somebody else has kept the same submission in the meantime: takes the transaction back. */
class SubmittedMeanwhile extends Error {}

/**
 * Throws SUBMISSION_INVALID, SUBMISSION_HAS_OTHER_AUDIO, INDEX_NOT_READY, POOL_FULL, AUDIO_TOO_LONG, FINGERPRINT_*,
 * TOO_MANY_ASSERTIONS.
 */
export async function submitUpload(
  context: Scoped<Context>,
  request: {
    readonly partyId: string;
    readonly upload: Readonly<Record<string, unknown>>;
    /** A fingerprint file's bytes. Untrusted. */
    readonly fingerprint: Uint8Array;
  },
  now = context.clock.now(),
): Promise<Submitted> {
  const upload = readReportedUpload(request.upload);
  const { audioSha256 } = decodeFingerprint(request.fingerprint);
  const { partyId } = request;
  const key = { partyId, platform: upload.platform, externalId: upload.external_id };
  const before = await context.store.findSubmissionByExternalId(key);
  if (before) return { isNew: false, view: await viewAgain(context, before, audioSha256) };

  const searched = await searchUpload(context, { partyId, fingerprint: request.fingerprint });
  const submissionId = uuidv7();
  const on: UploadFound = {
    submissionId,
    reporterId: partyId,
    upload: { ...upload, duration_ms: searched.answer.duration_ms },
    at: now,
    days: context.config.deadlineDays,
  };
  const judged = await judgeUpload(context, searched.found, on);
  try {
    await keep(context, searched, on, judged, request.fingerprint);
  } catch (error) {
    if (!(error instanceof SubmittedMeanwhile)) throw error;
    const other = await context.store.findSubmissionByExternalId(key);
    if (!other) throw error;
    return { isNew: false, view: await viewAgain(context, other, audioSha256) };
  }
  await context.store.forgetScanFingerprints(context.config.scanFingerprintDays);
  const kept = await context.store.findSubmission({ submissionId, partyId });
  return { isNew: true, view: await viewSubmission(context, kept as SubmissionRow) };
}

type Reported = Omit<UploadView, 'duration_ms'>;

function readReportedUpload(given: Readonly<Record<string, unknown>>): Reported {
  const trimmed = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.trim().normalize('NFC') : value,
    ]),
  );
  if (!Value.Check(ReportedUpload, trimmed)) {
    const [first] = Value.Errors(ReportedUpload, trimmed);
    throw invalid(`${first?.instancePath.slice(1) || 'the upload'} ${first?.message ?? 'as described'}`);
  }
  const externalId = trimmed.external_id ?? trimmed.url;
  if (externalId === undefined) throw invalid('external_id or url; received neither');
  return {
    platform: trimmed.platform,
    external_id: externalId,
    url: trimmed.url ?? null,
    account: trimmed.account ?? null,
    title: trimmed.title ?? null,
    content_type: (trimmed.content_type as Reported['content_type']) ?? null,
  };
}

async function keep(
  { store, config }: Scoped,
  { scan, audioSha256 }: SearchedUpload,
  { submissionId, reporterId, upload, at }: UploadFound,
  judged: readonly JudgedMatch[],
  fingerprint: Uint8Array,
): Promise<void> {
  await store.transaction(async (on) => {
    await on.writeScan(scan);
    const isNew = await on.insertSubmission({
      submissionId,
      partyId: reporterId,
      platform: upload.platform,
      externalId: upload.external_id,
      url: upload.url ?? undefined,
      account: upload.account ?? undefined,
      title: upload.title ?? undefined,
      contentType: upload.content_type ?? undefined,
      audioSha256,
      scanId: scan.scanId,
    });
    if (!isNew) throw new SubmittedMeanwhile();
    for (const { match, claims } of judged) {
      await on.insertSubmissionMatch(match);
      for (const { row, entry } of claims) {
        if (!(await on.insertClaim(row))) continue;
        await appendEvent(on, { of: 'claim', claim: row, entry });
      }
    }
    if (config.submissionFingerprintDays === 0) return;
    // Last: it holds the lock of past submissions until the commit.
    await on.insertSubmissionFingerprint({
      submissionId,
      partyId: reporterId,
      indexPosition: scan.indexPosition,
      bytes: fingerprint,
      createdAt: at,
    });
  });
}

async function viewAgain(
  context: Scoped,
  before: SubmissionRow,
  audioSha256: Uint8Array,
): Promise<SubmissionView> {
  if (Buffer.compare(before.audioSha256, audioSha256) === 0) return viewSubmission(context, before);
  throw new RegistryError(
    'SUBMISSION_HAS_OTHER_AUDIO',
    `${JSON.stringify(before.externalId.slice(0, 60))} on ${JSON.stringify(before.platform)} was submitted with other audio: an upload that changed is another one.`,
  );
}

function invalid(expected: string): RegistryError {
  return new RegistryError('SUBMISSION_INVALID', `submission: expected ${expected}.`);
}
