/**
 * The registry as a command sees it: the one in the data directory, or one behind a server. Audio is fingerprinted
 * on this machine either way; what goes to a server is the fingerprint.
 */
import type { FingerprintedAudio, TransformSet } from '../../workers/protocol.ts';
import type { Config } from '../config.ts';
import type { ExplanationAnswer } from '../registry/explanation-answer.ts';
import type { RecordingFilter, RecordingPage } from '../registry/list-recordings.ts';
import type { RecordingMetadata } from '../registry/recording-metadata.ts';
import type { RecordingView } from '../registry/recording-view.ts';
import type { RegistrationOutcome } from '../registry/register-recording.ts';
import type { ScanAnswer } from '../registry/scan-answer.ts';
import type { SubmissionView } from '../registry/submission-view.ts';
import type { ReportedUpload } from '../registry/submit-upload.ts';
import { refuseAsAtServer } from './as-option.ts';

export type RecordingQuery = Omit<RecordingFilter, 'partyId'>;

/** As `status --json` prints it; tools rely on the fields of `index`. */
export type RegistryStatus = {
  readonly index: {
    readonly bytes: number;
    /** References, each counted once however many recordings it stands for. */
    readonly recordings: number;
    /** Change-feed position up to which searches see everything. */
    readonly position: number;
    readonly seconds: number;
    readonly bytes_per_second: number;
    readonly ready: boolean;
    readonly segments?: number;
  };
  /** What Postgres keeps for matching. A server does not tell. */
  readonly constellation?: { readonly bytes: number; readonly bytes_per_second: number };
  readonly recordings?: number;
};

export type Registry = {
  /** For messages: a folder, or a server's address. */
  readonly place: string;
  readonly maxInFlight: number;
  /** @throws WorkerError */
  fingerprint(path: string, use: FingerprintUse): Promise<FingerprintedAudio>;
  find(externalId: string): Promise<RecordingView | undefined>;
  register(registration: {
    readonly externalId: string;
    readonly metadata: RecordingMetadata;
    readonly fingerprint: Uint8Array<ArrayBuffer>;
  }): Promise<RegistrationOutcome>;
  scan(upload: {
    readonly externalId: string;
    readonly fingerprint: Uint8Array<ArrayBuffer>;
    readonly transforms: TransformSet;
    readonly alternatives?: boolean;
  }): Promise<ScanAnswer>;
  /** Reports an upload; reported before, it is answered as it is now. */
  submit(submission: {
    readonly upload: ReportedUpload;
    readonly fingerprint: Uint8Array<ArrayBuffer>;
  }): Promise<SubmissionView>;
  /** Why a recording is in what was scanned, or why not. Throws RECORDING_NOT_FOUND, SCAN_FINGERPRINT_GONE. */
  explain(scanned: {
    readonly scan: ScanAnswer;
    readonly fingerprint: Uint8Array<ArrayBuffer>;
    readonly recordingId: string;
  }): Promise<ExplanationAnswer>;
  list(query: RecordingQuery): Promise<RecordingPage>;
  /** @throws RegistryError RECORDING_NOT_FOUND */
  get(recordingId: string): Promise<RecordingView>;
  remove(recordingId: string): Promise<{ readonly position: number }>;
  /** Brings the index up to date, and says to which change-feed position. */
  settle(): Promise<number>;
  status(): Promise<RegistryStatus>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** What is looked for is seen through more windows than what is registered. */
export type FingerprintUse = 'registration' | 'search';

/**
 * What a command needs opened. `records`: no worker threads and no index, so that it starts at once. `search`: those
 * too. Both want a registry that is there already: asking a mistyped folder and hearing "no match" would be worse
 * than a refusal. `registration` makes the registry where there is none.
 */
export type RegistryNeeds = 'records' | 'search' | 'registration';

/**
 * `as`: in whose name, where it is the one in the data directory.
 * @throws CommandError when it cannot be opened
 */
export async function openRegistry(config: Config, needs: RegistryNeeds, as?: string): Promise<Registry> {
  if (config.serverUrl !== undefined) {
    refuseAsAtServer(as);
    const { openRemoteRegistry } = await import('./registry-remote.ts');
    return openRemoteRegistry(config, config.serverUrl, needs);
  }
  const { openLocalRegistry } = await import('./registry-local.ts');
  return openLocalRegistry(config, needs, as);
}
