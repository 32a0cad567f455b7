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
  const daysKept = context.config.scanFingerprintDays;
  const fingerprint = await context.store.findScanFingerprint({ scanId, daysKept });
  if (fingerprint === undefined) {
    throw new RegistryError(
      'SCAN_FINGERPRINT_GONE',
      `What was scanned is kept for ${daysKept} days, and this is no longer there: scan the upload again.`,
    );
  }
  const answer = scan.answer as ScanAnswer;
  return explainScan(context, { partyId, answer, scannedAt: scan.createdAt, fingerprint, recordingId });
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
  const { recording, references } = await getExplainable(context, {
    partyId,
    recordingId,
    scanId: inScan ? answer.scan_id : undefined,
  });
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
  return describeExplanation({ answer, scannedAt, recording, inScan, indexPosition, ...furthest });
}

type Explainable = {
  readonly recording: ScannedRecordingRow;
  readonly references: readonly MatchableFingerprint[];
};

/**
 * A scan names every recording that it found, whoever registered it; so does its explanation. Of recordings that it
 * did not find, a caller may ask about those it may see: otherwise every id could be tried, and its peaks read.
 */
async function getExplainable(
  { store }: Scoped<Context>,
  asked: {
    readonly partyId: string | undefined;
    readonly recordingId: string;
    /** Where the scan named the recording. */
    readonly scanId: string | undefined;
  },
): Promise<Explainable> {
  const { partyId, recordingId, scanId } = asked;
  if (!isUuid(recordingId)) throw noRecording(recordingId);
  const limit = maxReferences;
  const isForeign = partyId !== undefined && scanId !== undefined;
  const recording = isForeign
    ? await store.findScannedRecording({ scanId, recordingId })
    : await store.findRecording({ recordingId, partyId });
  if (!recording) throw noRecording(recordingId);
  const references = isForeign
    ? await store.listScannedFingerprints({ scanId, recordingId, limit })
    : await store.listMatchableFingerprints({ recordingId, limit });
  return { recording, references };
}

/** How far it came: matches before what does not match. */
function certainty({ missing, best }: MatchExplanation): number {
  return (missing === undefined ? 1e6 : 0) - (best?.logProbability ?? 0);
}
