/**
 * Everything the registry refuses, as a closed list of stable codes, and the one map from a code to HTTP
 * (RFC 9457 problem+json). A code never changes its meaning; a message says what was expected and what was
 * received, and may change. Whatever is thrown without a code is our own bug: logged with its cause, answered 500.
 */
import { WorkerError, workerErrorCodes } from '../workers/errors.ts';
import { RuleError, ruleErrorCodes } from './rules/rule-error.ts';
import { StoreUnavailable } from './store/store-unavailable.ts';

export const errorCodes = [
  ...workerErrorCodes,
  ...ruleErrorCodes,
  'ACCOUNT_NOT_THE_UPLOADER',
  'ALLOWLIST_ENTRY_NOT_FOUND',
  'ANSWER_TIMEOUT',
  'BODY_TOO_LARGE',
  'CLAIM_NOT_FOUND',
  'CLAIM_TAKEN',
  'CONFIG_INVALID',
  'CONFLICT_NOT_FOUND',
  'CONTENT_TYPE_UNSUPPORTED',
  'CURSOR_INVALID',
  'DATABASE_ROLES_MISSING',
  'DECISION_NOT_YOURS',
  'DISK_FULL',
  'DISPUTE_NOT_FOUND',
  'EXCLUDED_INTERVAL_NOT_FOUND',
  'IDEMPOTENCY_KEY_REUSED',
  'IDENTIFIER_NOT_FOUND',
  'IDENTIFIER_NOT_YOURS',
  'INDEX_NOT_READY',
  'INTERNAL',
  'ISRC_INVALID',
  'KEY_INVALID',
  'KEY_MISSING',
  'KEY_NOT_FOUND',
  'LIMIT_REACHED',
  'MANDATE_INVALID',
  'MANDATE_MISSING',
  'MANDATE_NOT_FOUND',
  'METADATA_INVALID',
  'OUTSIDE_MANDATE',
  'PARTY_EXISTS',
  'PARTY_NOT_FOUND',
  'PERIOD_INVALID',
  'POLICY_NOT_ACTIVE',
  'POLICY_NOT_FOUND',
  'RATE_LIMITED',
  'RECORDING_HAS_OTHER_AUDIO',
  'RECORDING_NOT_FOUND',
  'REQUEST_INVALID',
  'REQUEST_TIMEOUT',
  'RETROSCAN_NOT_FOUND',
  'REVIEWER_INVALID',
  'RIGHTS_NOT_FOUND',
  'RIGHTS_NOT_YOURS',
  'ROUTE_NOT_FOUND',
  'SCAN_FINGERPRINT_GONE',
  'SCAN_NOT_FOUND',
  'SCOPE_FORBIDDEN',
  'SERVER_STOPPING',
  'STORE_UNAVAILABLE',
  'SUBMISSION_HAS_OTHER_AUDIO',
  'SUBMISSION_INVALID',
  'SUBMISSION_NOT_FOUND',
  'UPLOAD_INTERRUPTED',
  'UPLOAD_INVALID',
  'WEBHOOK_DISABLED',
  'WEBHOOK_NOT_FOUND',
  'WEBHOOK_TARGET_FORBIDDEN',
  'VERSION_CONFLICT',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A refusal with a stable code. */
export class RegistryError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
    this.code = code;
  }
}

type HttpMeaning = { readonly status: number; readonly title: string; readonly retryAfterSeconds?: number };

export const httpMeaning: Readonly<Record<ErrorCode, HttpMeaning>> = {
  // What was sent cannot be read.
  AUDIO_UNREADABLE: { status: 422, title: 'No decoder can read this as audio' },
  AUDIO_UNSUPPORTED: { status: 415, title: 'This server has no decoder for this format' },
  AUDIO_SILENT: { status: 422, title: 'The audio holds nothing audible' },
  AUDIO_TOO_SHORT: { status: 422, title: 'The audio is too short to be a reference' },
  AUDIO_TOO_LARGE: { status: 413, title: 'The audio has too many bytes' },
  AUDIO_TOO_LONG: { status: 422, title: 'The audio lasts too long' },
  AUDIO_TIMEOUT: { status: 422, title: 'Decoding took longer than one file may take' },
  FINGERPRINT_MALFORMED: { status: 422, title: 'This is not a well-formed fingerprint' },
  FINGERPRINT_VERSION_UNSUPPORTED: { status: 422, title: 'The fingerprint has an unsupported version' },
  BODY_TOO_LARGE: { status: 413, title: 'The request body is too large' },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, title: 'The content type is not supported' },
  UPLOAD_INVALID: { status: 400, title: 'The multipart body is not as described' },
  UPLOAD_INTERRUPTED: { status: 400, title: 'The body ended before it was complete' },
  // What was sent can be read and is not allowed.
  CURSOR_INVALID: { status: 400, title: 'The cursor is not one this server gave' },
  ISRC_INVALID: { status: 400, title: 'The ISRC is malformed' },
  MANDATE_INVALID: { status: 400, title: 'The mandate is malformed' },
  METADATA_INVALID: { status: 400, title: 'The metadata is malformed' },
  PERIOD_INVALID: { status: 400, title: 'The period is not valid' },
  REQUEST_INVALID: { status: 400, title: 'The request is malformed' },
  SUBMISSION_INVALID: { status: 400, title: 'The submission is malformed' },
  IDENTIFIER_INVALID: { status: 400, title: 'The identifier is malformed' },
  TERRITORY_INVALID: { status: 400, title: 'The territories are not valid' },
  SHARE_INVALID: { status: 400, title: 'The share is not valid' },
  RIGHTS_ASSERTION_INVALID: { status: 400, title: 'The rights assertion is not valid' },
  DECISION_INVALID: { status: 422, title: 'The decision does not resolve the conflict' },
  POLICY_INVALID: { status: 400, title: 'The policy is not valid' },
  POLICY_NOT_ACTIVE: { status: 409, title: 'No version of the policy is active' },
  REVIEWER_INVALID: { status: 422, title: 'This party cannot review the conflict' },
  TOO_MANY_ASSERTIONS: { status: 422, title: 'The recording has too many rights assertions' },
  WEBHOOK_TARGET_FORBIDDEN: { status: 400, title: 'Webhooks may not go there' },
  WEBHOOK_DISABLED: { status: 409, title: 'The webhook is disabled' },
  // What cannot happen to a claim or a dispute, now or by this party.
  EVENT_INVALID: { status: 400, title: 'The event is malformed' },
  EVENT_NOT_ALLOWED: { status: 409, title: 'This cannot happen in the present state' },
  EVENT_OUT_OF_ORDER: { status: 409, title: 'Something later has happened already' },
  EVENT_ROLE_FORBIDDEN: { status: 403, title: 'The role of the actor does not allow this' },
  EVENT_TOO_EARLY: { status: 409, title: 'The deadline has not passed' },
  ACCOUNT_NOT_THE_UPLOADER: { status: 409, title: 'Another account uploaded this' },
  CLAIM_TAKEN: { status: 409, title: 'Another reviewer has taken this claim' },
  VERSION_CONFLICT: { status: 409, title: 'Somebody else changed it in the meantime' },
  SUBMISSION_HAS_OTHER_AUDIO: { status: 409, title: 'The upload was submitted with other audio' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'This Idempotency-Key belongs to another request' },
  PARTY_EXISTS: { status: 409, title: 'There is a party of this name' },
  LIMIT_REACHED: { status: 409, title: 'There may be no more of these' },
  RECORDING_HAS_OTHER_AUDIO: { status: 409, title: 'The recording is registered with other audio' },
  // Who asks, and for what. What belongs to another party is "not found": an id must not confirm that it exists.
  KEY_MISSING: { status: 401, title: 'An API key is required' },
  KEY_INVALID: { status: 401, title: 'The API key is not valid' },
  SCOPE_FORBIDDEN: { status: 403, title: 'The scopes of this API key do not allow this' },
  MANDATE_MISSING: { status: 403, title: 'There is no mandate to act for this party' },
  OUTSIDE_MANDATE: { status: 403, title: 'The mandate does not cover this recording' },
  MANDATE_NOT_FOUND: { status: 404, title: 'No such mandate' },
  IDENTIFIER_NOT_YOURS: { status: 403, title: 'Another party made this assertion' },
  ALLOWLIST_ENTRY_NOT_FOUND: { status: 404, title: 'No such entry on the allowlist' },
  CLAIM_NOT_FOUND: { status: 404, title: 'No such claim' },
  DISPUTE_NOT_FOUND: { status: 404, title: 'No such dispute' },
  EXCLUDED_INTERVAL_NOT_FOUND: { status: 404, title: 'No such excluded span' },
  RETROSCAN_NOT_FOUND: { status: 404, title: 'There is no such retroscan' },
  SUBMISSION_NOT_FOUND: { status: 404, title: 'No such submission' },
  IDENTIFIER_NOT_FOUND: { status: 404, title: 'No such assertion' },
  CONFLICT_NOT_FOUND: { status: 404, title: 'No such ownership conflict' },
  DECISION_NOT_YOURS: { status: 403, title: 'This conflict is for somebody else to decide' },
  POLICY_NOT_FOUND: { status: 404, title: 'No such policy' },
  RIGHTS_NOT_FOUND: { status: 404, title: 'No such rights assertion' },
  RIGHTS_NOT_YOURS: { status: 403, title: 'Another party made this rights assertion' },
  PARTY_NOT_FOUND: { status: 404, title: 'No such party' },
  KEY_NOT_FOUND: { status: 404, title: 'No such API key' },
  RECORDING_NOT_FOUND: { status: 404, title: 'No such recording' },
  SCAN_NOT_FOUND: { status: 404, title: 'No such scan' },
  SCAN_FINGERPRINT_GONE: { status: 410, title: 'The fingerprint of this scan is no longer kept' },
  WEBHOOK_NOT_FOUND: { status: 404, title: 'No such webhook' },
  ROUTE_NOT_FOUND: { status: 404, title: 'No such resource' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive' },
  // 503, not 429: the caller did nothing wrong, the whole service is busy or not ready; try again.
  POOL_FULL: { status: 503, title: 'The service is busy', retryAfterSeconds: 5 },
  INDEX_NOT_READY: { status: 503, title: 'The index is catching up', retryAfterSeconds: 2 },
  ANSWER_TIMEOUT: { status: 503, title: 'The answer took too long', retryAfterSeconds: 5 },
  DISK_FULL: { status: 503, title: 'There is no room left for uploads', retryAfterSeconds: 60 },
  STORE_UNAVAILABLE: { status: 503, title: 'The database cannot be reached', retryAfterSeconds: 5 },
  SERVER_STOPPING: { status: 503, title: 'The server is stopping', retryAfterSeconds: 5 },
  // Ours.
  DATABASE_ROLES_MISSING: { status: 500, title: 'The database lacks the roles that statements run under' },
  CONFIG_INVALID: { status: 500, title: 'The configuration is not valid' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
};

/** The code of anything thrown; `undefined` for what is our own bug. */
export function findErrorCode(error: unknown): ErrorCode | undefined {
  if (error instanceof RegistryError || error instanceof WorkerError || error instanceof RuleError)
    return error.code;
  if (error instanceof StoreUnavailable) return 'STORE_UNAVAILABLE';
  return undefined;
}
