/**
 * What can be wrong with what the worker threads are given: the closed list of codes they answer with.
 * A code is stable; a message says what was expected and what was received, and may change.
 */
export const workerErrorCodes = [
  'AUDIO_UNREADABLE',
  'AUDIO_UNSUPPORTED',
  'AUDIO_SILENT',
  'AUDIO_TOO_SHORT',
  'AUDIO_TOO_LARGE',
  'AUDIO_TOO_LONG',
  'AUDIO_TIMEOUT',
  'FINGERPRINT_MALFORMED',
  'FINGERPRINT_VERSION_UNSUPPORTED',
  'POOL_FULL',
] as const;

export type WorkerErrorCode = (typeof workerErrorCodes)[number];

/** A refusal with a stable code. Anything else thrown under `workers/` is our own bug. */
export class WorkerError extends Error {
  readonly code: WorkerErrorCode;
  constructor(code: WorkerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WorkerError';
    this.code = code;
  }
}
