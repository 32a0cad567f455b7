/** From what a worker found about a pair to what goes out about a scan and a recording. */
import type { BestAlignment, MatchExplanation, PeakList } from '../../workers/match/explanation.ts';
import type { ScannedRecordingRow } from '../store/recording.ts';
import type { MatchableFingerprint } from '../store/reference.ts';
import type { AlignmentView, ExplanationAnswer, PeaksView, VotesView } from './explanation-answer.ts';
import type { ScanAnswer } from './scan-answer.ts';
import { describeSegment } from './scan-upload.ts';

export type ExplainedScan = {
  readonly answer: ScanAnswer;
  readonly scannedAt: Date;
  readonly recording: ScannedRecordingRow;
  readonly reference: MatchableFingerprint;
  readonly explanation: MatchExplanation;
  readonly inScan: boolean;
  /** By a retroscan, in what was submitted with the scan. */
  readonly isFoundLater: boolean;
  readonly indexPosition: number;
};

export function describeExplanation(explained: ExplainedScan): ExplanationAnswer {
  const { answer, recording, reference, explanation, inScan, indexPosition } = explained;
  const { missing, sentence, segments, best, peaks, votes } = explanation;
  return {
    scan_id: answer.scan_id,
    external_id: answer.external_id,
    duration_ms: answer.duration_ms,
    transforms: answer.transforms,
    recording: {
      recording_id: recording.recordingId,
      external_id: recording.externalId,
      title: recording.title ?? null,
      artist: recording.artist ?? null,
    },
    reference_duration_ms: reference.durationMs,
    in_scan: inScan,
    scan_index_position: answer.index_position,
    index_position: indexPosition,
    verdict: {
      is_match: missing === undefined,
      missing: missing ?? null,
      sentence,
      remark: remarkOn(explained) ?? null,
      segments: segments.map(describeSegment),
      segment_count: explanation.segmentCount,
    },
    alignment: best === undefined ? null : describeAlignment(best),
    peaks: peaks === undefined ? null : describePeaks(peaks),
    votes: votes === undefined ? null : describeVotes(votes),
  };
}

/** Where the scan said otherwise than is found now. */
function remarkOn({
  explanation,
  inScan,
  isFoundLater,
  reference,
  scannedAt,
}: ExplainedScan): string | undefined {
  const isMatch = explanation.missing === undefined;
  if (isMatch === inScan) return undefined;
  if (inScan)
    return 'The scan reported this recording; searched now, it is not found: the index or the build has changed since.';
  if (isFoundLater)
    return 'The scan did not report it. A retroscan found it later, and it stands with the submission.';
  if (reference.createdAt > scannedAt)
    return 'The scan did not report it because it was registered later: scan the upload again.';
  return 'The scan did not report it, though alone it matches: other recordings drew more votes in the same seconds or were found in them, or the build has changed since. Scan the upload again to see.';
}

function describeAlignment(best: BestAlignment): AlignmentView {
  return {
    transforms: best.transforms,
    query_start_ms: best.queryStartMs,
    query_end_ms: best.queryEndMs,
    reference_start_ms: best.referenceStartMs,
    reference_end_ms: best.referenceEndMs,
    offset_ms: best.offsetMs,
    tempo_ratio: best.tempoRatio,
    pitch_cents: best.pitchCents,
    votes: best.votes,
    least_votes: best.leastVotes,
    expected_peaks: best.expectedPeaks,
    agreeing_peaks: best.agreeingPeaks,
    agreement: round(best.agreement, 4),
    chance: round(best.chance, 4),
    log10_false_match_probability: round(best.logProbability, 2),
    log10_threshold: round(best.logThreshold, 2),
    windows_counted: best.windowsCounted,
  };
}

function describePeaks(peaks: NonNullable<MatchExplanation['peaks']>): PeaksView {
  const describeList = ({ listed, count, agreeingCount }: PeakList) => ({
    peaks: listed.map(({ atMs, hz, agrees }) => ({ at_ms: atMs, hz, agrees })),
    count,
    agreeing_count: agreeingCount,
  });
  return {
    query_start_ms: peaks.queryStartMs,
    query_end_ms: peaks.queryEndMs,
    reference_start_ms: peaks.referenceStartMs,
    reference_end_ms: peaks.referenceEndMs,
    upload: describeList(peaks.upload),
    reference: describeList(peaks.reference),
  };
}

function describeVotes(votes: NonNullable<MatchExplanation['votes']>): VotesView {
  return {
    query_start_ms: votes.queryStartMs,
    query_end_ms: votes.queryEndMs,
    by_offset: votes.byOffset.map(({ offsetMs, votes: count }) => ({ offset_ms: offsetMs, votes: count })),
    by_tempo: votes.byTempo.map(({ tempoRatio, votes: count, wasTried }) => ({
      tempo_ratio: tempoRatio,
      votes: count,
      was_tried: wasTried,
    })),
    by_pitch: votes.byPitch.map(({ pitchCents, votes: count }) => ({
      pitch_cents: pitchCents,
      votes: count,
    })),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
