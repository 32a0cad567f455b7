/**
 * Says which seconds of an upload are which recording. Everything registered before the scan began is searched,
 * or the scan is refused: a false "no match" is the expensive answer.
 */
import { once } from 'node:events';
import { v7 as uuidv7 } from 'uuid';
import type { MatchAnswer, MatchSegment, TransformSet } from '../../workers/protocol.ts';
import type { Context, Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { MatchedRecordingRow } from '../store/recording.ts';
import type { NewScan } from '../store/scan.ts';
import { withoutExcluded } from './excluded-spans.ts';
import { readFingerprint } from './read-fingerprint.ts';
import { validateExternalId } from './recording-metadata.ts';
import type { MatchedSegmentView, MatchView, ScanAnswer, SegmentView } from './scan-answer.ts';

export type ScanRequest = {
  readonly partyId: string;
  /** The caller's own id for the upload; comes back in the answer. */
  readonly externalId?: string;
  /** A fingerprint file's bytes, of any density. Untrusted. */
  readonly fingerprint: Uint8Array;
  /** Alterations to look for; `all` where it is not said. */
  readonly transforms?: TransformSet;
  /** Whether to say where else in a recording each segment agrees; not where it is not said. */
  readonly alternatives?: boolean;
};

/** A recording in an upload: a reference that stands for two recordings gives two. */
export type FoundRecording = {
  readonly recording: MatchedRecordingRow;
  readonly segments: readonly MatchSegment[];
};

export type SearchedUpload = {
  /** SHA-256 of the audio, as its fingerprint has it. */
  readonly audioSha256: Uint8Array;
  /** Best first. */
  readonly found: readonly FoundRecording[];
  readonly answer: ScanAnswer;
  /** The scan, to be kept: until then nothing is. */
  readonly scan: NewScan;
};

/** Throws INDEX_NOT_READY, POOL_FULL, AUDIO_TOO_LONG, FINGERPRINT_*. Silence is no error: it matches nothing. */
export async function scanUpload(context: Scoped<Context>, request: ScanRequest): Promise<ScanAnswer> {
  const { answer, scan } = await searchUpload(context, request);
  await context.store.insertScan(scan);
  await context.store.forgetScanFingerprints(context.config.scanFingerprintDays);
  return answer;
}

/** The same without keeping anything. */
export async function searchUpload(context: Scoped<Context>, request: ScanRequest): Promise<SearchedUpload> {
  const externalId = request.externalId === undefined ? null : validateExternalId(request.externalId);
  const { fingerprint, transforms = 'all', alternatives = false } = request;
  const { durationMs, constellation, audioSha256 } = readFingerprint(context.config, fingerprint);
  await catchUp(context);

  // All in one turn of the event loop: the position, and the segments and excluded spans that answer for it.
  const indexPosition = context.index.position();
  const segments = context.index.segments();
  const excluded = context.index.excluded();
  const isSilent = constellation.frames.length === 0;
  const matches: MatchAnswer['matches'] = isSilent
    ? []
    : (await context.workers.match({ segments, fingerprint, transforms, alternatives })).matches;
  const found = await findRecordings(context, withoutExcluded(matches, excluded));

  const answer: ScanAnswer = {
    scan_id: uuidv7(),
    external_id: externalId,
    duration_ms: durationMs,
    index_position: indexPosition,
    transforms,
    ...(alternatives ? { alternatives } : {}),
    matches: found.map(describeMatch),
  };
  const scan: NewScan = {
    scanId: answer.scan_id,
    partyId: request.partyId,
    externalId: externalId ?? undefined,
    indexPosition,
    durationMs,
    answer,
    fingerprint,
    fingerprintDays: context.config.scanFingerprintDays,
  };
  return { audioSha256, found, answer, scan };
}

/** An index that is further behind is not waited for. */
const maxCatchUpMs = 15_000;

/** Register-then-scan always sees the registration: the index may be a notification behind, never a scan. */
export async function catchUp({ index, store }: Pick<Scoped<Context>, 'index' | 'store'>): Promise<void> {
  if (!index.ready()) refuse(index.position());
  const head = await store.feedHead();
  if (index.position() < head) {
    const patience = AbortSignal.timeout(maxCatchUpMs);
    await Promise.race([index.catchUp(head), once(patience, 'abort')]);
  }
  if (!index.ready() || index.position() < head) refuse(index.position(), head);
}

function refuse(position: number, head?: number): never {
  const of = head === undefined ? '' : ` of ${head}`;
  throw new RegistryError(
    'INDEX_NOT_READY',
    `The index is at position ${position}${of} of the change feed and still catching up.`,
  );
}

/**
 * A match is per recording: a reference that stands for two recordings gives two matches, and one that was
 * removed while the search ran gives none.
 */
export async function findRecordings(
  { store }: Scoped,
  matches: MatchAnswer['matches'],
): Promise<FoundRecording[]> {
  if (matches.length === 0) return [];
  const rows = await store.listMatchedRecordings(matches.map((match) => match.referenceId));
  const recordingsOf = Map.groupBy(rows, (row) => row.referenceId);
  return matches.flatMap(({ referenceId, segments }) =>
    (recordingsOf.get(referenceId) ?? []).map((recording) => ({ recording, segments })),
  );
}

function describeMatch({ recording, segments }: FoundRecording): MatchView {
  return {
    recording_id: recording.recordingId,
    external_id: recording.externalId,
    ...describeIsrcs(recording.isrcs),
    title: recording.title ?? null,
    artist: recording.artist ?? null,
    segments: segments.map(describeMatched),
  };
}

/** Where several are asserted none is better than another: all are said, and none stands for them. */
function describeIsrcs(isrcs: readonly string[]): Pick<MatchView, 'isrc' | 'isrcs'> {
  const [only = null, ...more] = isrcs;
  return more.length === 0 ? { isrc: only } : { isrc: null, isrcs: [...isrcs] };
}

function describeMatched(segment: MatchSegment): MatchedSegmentView {
  const { alternatives } = segment;
  return {
    ...describeSegment(segment),
    ...(alternatives === undefined ? {} : { alternatives: alternatives.map(describeSegment) }),
  };
}

export function describeSegment(segment: MatchSegment): SegmentView {
  return {
    query_start_ms: segment.queryStartMs,
    query_end_ms: segment.queryEndMs,
    reference_start_ms: segment.referenceStartMs,
    reference_end_ms: segment.referenceEndMs,
    tempo_ratio: segment.tempoRatio,
    pitch_cents: segment.pitchCents,
    transform: segment.transform,
    aligned_peaks: segment.alignedPeaks,
    false_match_probability: segment.falseMatchProbability,
  };
}
