/**
 * What the main thread and the worker threads say to each other; both sides import this file and nothing of
 * each other's.
 */
import type { AudioLimits, DecoderChoice } from './audio/decode.ts';
import type { WorkerErrorCode } from './errors.ts';
import type { ConstellationSource } from './index/constellation-source.ts';
import type { MatchExplanation } from './match/explanation.ts';

export type FingerprintTask = {
  readonly kind: 'fingerprint';
  /** A file of audio on local disk. */
  readonly path: string;
  readonly decoder: DecoderChoice;
  readonly limits: AudioLimits;
  /** Also what a shorter and a longer window see: for what is looked for. What is only registered does without. */
  readonly otherWindows: boolean;
};

/** Files a thread takes at once: ffmpeg's start-up of 80 ms comes to 5 ms a file. */
export const batchFiles = 16;

/** Several files at once: what pays for a folder, where nobody waits for the single file. */
export type FingerprintBatchTask = {
  readonly kind: 'fingerprint-batch';
  readonly paths: readonly string[];
  readonly decoder: DecoderChoice;
  readonly limits: AudioLimits;
  readonly otherWindows: boolean;
};

export type FingerprintedAudio = {
  /** A fingerprint file's bytes at query density (`encodeFingerprint`). */
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  readonly durationMs: number;
  readonly format: string;
  readonly decoder: 'ffmpeg' | 'wasm';
  /** The file ended or broke before its own end; what it held was fingerprinted. */
  readonly truncated: boolean;
  /** No peaks: nothing audible. Registration refuses it (`AUDIO_SILENT`); a scan answers with no match. */
  readonly silent: boolean;
};

/** One immutable index segment in shared memory, readable from every thread. Its layout: `index/segment.ts`. */
export type SharedSegment = {
  /** Unlike any other's: threads keep what they opened by it, and may serve several indexes. */
  readonly segmentId: string;
  readonly bytes: SharedArrayBuffer;
  readonly constellations: ConstellationSource;
  /** One byte per reference of the segment; 1 says removed. Written by the owner, seen by all at once. */
  readonly tombstones: SharedArrayBuffer;
};

/** A reference on its way into the index; or a submission on its way into the bank of past ones. */
export type NewReference = {
  readonly referenceId: string;
  /** Where in the change feed it became active. */
  readonly position: number;
  /** A fingerprint file's bytes. What is above reference density is left out. */
  readonly fingerprint: Uint8Array;
};

/** Into a file, where there is a path. */
export type MergeTask = { readonly segments: readonly SharedSegment[]; readonly path?: string };

/** Which alterations a scan looks for: none, those that uploaders commonly make, or the whole tempo × pitch plane. */
export const transformSets = ['none', 'common', 'all'] as const;
export type TransformSet = (typeof transformSets)[number];

/** Alternatives that come with one segment. A bar of a loop agrees with every other bar of its recording. */
export const maxAlternatives = 20;

export type MatchTask = {
  readonly kind: 'match';
  readonly segments: readonly SharedSegment[];
  /** A fingerprint file's bytes. */
  readonly fingerprint: Uint8Array;
  readonly transforms: TransformSet;
  /** Whether segments come with their alternatives. */
  readonly alternatives?: boolean;
  /**
   * Frames of every reference that could have matched, where the segments are only some of them. Such segments are
   * looked at once: the threads do not keep them.
   */
  readonly indexFrames?: number;
  /** Where the only reference of the only segment is looked for first. */
  readonly hint?: Hint;
};

/** Where in an upload a reference is supposed to be, and how altered. */
export type Hint = {
  /** Frames of the upload. */
  readonly begin: number;
  readonly end: number;
  /** Reference frame − tempo × upload frame. */
  readonly diagonal: number;
  /** Reference frames that pass in one upload frame. */
  readonly tempo: number;
  /** Upload frequency − reference frequency, in frequency steps. */
  readonly pitch: number;
};

/** Looks for a reference in past uploads, which stand where references stand in a search: as the segments. */
export type ReplayTask = {
  readonly kind: 'replay';
  readonly segments: readonly SharedSegment[];
  /** A fingerprint file's bytes, reference density. */
  readonly reference: Uint8Array;
};

/** A past upload that the reference may be in, to be scanned as uploads are scanned. */
export type PastUpload = {
  readonly submissionId: string;
  readonly position: number;
  readonly hint: Hint;
};

export type ExplainTask = {
  readonly kind: 'explain';
  /** Fingerprint files' bytes: the upload's of any density, the reference's of reference density. */
  readonly fingerprint: Uint8Array;
  readonly reference: Uint8Array;
  /** The whole index: what chance is measured against. */
  readonly segments: readonly SharedSegment[];
  readonly transforms: TransformSet;
};

/** Where one reference and the upload agree. Times in milliseconds from the start of either side. */
export type MatchSegment = {
  readonly queryStartMs: number;
  readonly queryEndMs: number;
  readonly referenceStartMs: number;
  readonly referenceEndMs: number;
  /** Upload time runs this much faster than the reference. */
  readonly tempoRatio: number;
  readonly pitchCents: number;
  readonly transform: 'none' | 'speed' | 'tempo' | 'pitch' | 'tempo_and_pitch';
  readonly alignedPeaks: number;
  readonly falseMatchProbability: number;
  /**
   * Where else in the same recording this span of the upload agrees, most certain first; only when asked for.
   * At most `maxAlternatives`, none of which has alternatives of its own.
   */
  readonly alternatives?: readonly MatchSegment[];
};

export type ReferenceMatch = {
  readonly referenceId: string;
  readonly segments: readonly MatchSegment[];
};

export type Task = FingerprintTask | FingerprintBatchTask | MatchTask | ReplayTask | ExplainTask;

export type TaskResult<T extends Task = Task> = T extends FingerprintTask
  ? FingerprintedAudio
  : T extends FingerprintBatchTask
    ? readonly FingerprintReply[]
    : T extends MatchTask
      ? MatchAnswer
      : T extends ReplayTask
        ? readonly PastUpload[]
        : T extends ExplainTask
          ? MatchExplanation
          : never;

/** What comes back over a thread's border, where errors would lose their code. */
export type Reply = Answered<TaskResult>;
export type FingerprintReply = Answered<FingerprintedAudio>;
type Answered<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly code: WorkerErrorCode; readonly message: string };

export type MatchAnswer = {
  readonly durationMs: number;
  /** Best first. */
  readonly matches: readonly ReferenceMatch[];
};
