/**
 * Why a recording is in a scan, or why it is not. The pair is searched again, with the scan's transforms, against the
 * reference and the size of the index of now; the scan itself stays as it was answered.
 */
import { validate as isUuid } from 'uuid';
import type { MatchExplanation } from '../../workers/match/explanation.ts';
import type { Context, Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { ScannedRecordingRow } from '../store/recording.ts';
import type { MatchableFingerprint } from '../store/reference.ts';
import { describeExplanation } from './describe-explanation.ts';
import type { ExplanationAnswer } from './explanation-answer.ts';
import { keptAfter } from './forget-submissions.ts';
import { noRecording } from './get-recording.ts';
import { getScanRow } from './get-scan.ts';
import type { ScanAnswer } from './scan-answer.ts';

/** References of one recording that are compared, newest first; the one that comes furthest is explained. */
const maxReferences = 4;

/** Throws SCAN_NOT_FOUND, SCAN_FINGERPRINT_GONE, RECORDING_NOT_FOUND, INDEX_NOT_READY, POOL_FULL. */
export async function explainMatch(
  context: Scoped<Context>,
  { partyId, scanId, recordingId }: { partyId: string | undefined; scanId: string; recordingId: string },
): Promise<ExplanationAnswer> {
  const scan = await getScanRow(context, { partyId, scanId });
  const fingerprint = await getScanned(context, scanId);
  const answer = scan.answer as ScanAnswer;
  return explainScan(context, { partyId, answer, scannedAt: scan.createdAt, fingerprint, recordingId });
}

/** What was submitted is kept longer than what was only scanned. Throws SCAN_FINGERPRINT_GONE. */
async function getScanned(context: Scoped<Context>, scanId: string): Promise<Uint8Array> {
  const { store, config } = context;
  const daysKept = config.scanFingerprintDays;
  const fingerprint =
    (await store.findScanFingerprint({ scanId, daysKept })) ??
    (await store.findSubmittedFingerprint({ scanId, keptAfter: keptAfter(context) }));
  if (fingerprint) return fingerprint;
  throw new RegistryError(
    'SCAN_FINGERPRINT_GONE',
    `What was scanned is kept for ${daysKept} days (submitted: ${config.submissionFingerprintDays}), and this is no longer there: scan the upload again.`,
  );
}

/** The same where the fingerprint is at hand. Throws RECORDING_NOT_FOUND, INDEX_NOT_READY, POOL_FULL. */
export async function explainScan(
  context: Scoped<Context>,
  {
    partyId,
    answer,
    scannedAt,
    fingerprint,
    recordingId,
  }: {
    readonly partyId: string | undefined;
    readonly answer: ScanAnswer;
    readonly scannedAt: Date;
    readonly fingerprint: Uint8Array;
    readonly recordingId: string;
  },
): Promise<ExplanationAnswer> {
  const { index } = context;
  const inScan = answer.matches.some((match) => match.recording_id === recordingId);
  const explainable = await getExplainable(context, { partyId, recordingId, scanId: answer.scan_id });
  const { recording, references } = explainable;
  if (!index.ready()) {
    throw new RegistryError('INDEX_NOT_READY', 'The index is still catching up with the change feed.');
  }
  const indexPosition = index.position();
  let furthest: { reference: MatchableFingerprint; explanation: MatchExplanation } | undefined;
  for (const reference of references) {
    const explanation = await context.workers.explain({
      fingerprint,
      reference: reference.constellation,
      segments: index.segments(),
      transforms: answer.transforms,
    });
    if (furthest === undefined || certainty(explanation) > certainty(furthest.explanation))
      furthest = { reference, explanation };
  }
  if (furthest === undefined) throw noRecording(recordingId);
  const isFoundLater =
    !inScan && (await context.store.isFoundInSubmission({ scanId: answer.scan_id, recordingId }));
  const when = { scannedAt, inScan, isFoundLater, indexPosition };
  return describeExplanation({ answer, recording, ...when, ...furthest });
}

type Explainable = {
  readonly recording: ScannedRecordingRow;
  readonly references: readonly MatchableFingerprint[];
};

/**
 * A scan names every recording that it found, whoever registered it; so does its explanation, also of what a retroscan
 * found later in what was submitted with it. Of other recordings a caller may ask about those it may see: otherwise
 * every id could be tried, and its peaks read.
 */
async function getExplainable(
  { store }: Scoped<Context>,
  asked: {
    readonly partyId: string | undefined;
    readonly recordingId: string;
    readonly scanId: string;
  },
): Promise<Explainable> {
  const { partyId, recordingId, scanId } = asked;
  if (!isUuid(recordingId)) throw noRecording(recordingId);
  const limit = maxReferences;
  const own = await store.findRecording({ recordingId, partyId });
  if (own)
    return { recording: own, references: await store.listMatchableFingerprints({ recordingId, limit }) };
  const named = await store.findScannedRecording({ scanId, recordingId });
  if (!named) throw noRecording(recordingId);
  const references = await store.listScannedFingerprints({ scanId, recordingId, limit });
  return { recording: named, references };
}

/** How far it came: matches before what does not match. */
function certainty({ missing, best }: MatchExplanation): number {
  return (missing === undefined ? 1e6 : 0) - (best?.logProbability ?? 0);
}
