/** The parts of a multipart form that carry audio or a fingerprint, and the codes such a form may be refused with. */
import { Type } from 'typebox';
import type { ErrorCode } from '../errors.ts';

const file = (description: string) =>
  Type.Optional(
    Type.Unsafe<unknown>({
      type: 'string',
      format: 'binary',
      contentMediaType: 'application/octet-stream',
      description,
    }),
  );

export const AudioPart = file(
  'A file of audio: Ogg Vorbis, Opus, MP3, FLAC, WAV, and what else the decoder reads.',
);
export const FingerprintPart = file('Instead of `audio`: a fingerprint file (`.earmark`).');

/** What every route under `/v1` may answer. */
export const accessCodes = [
  'REQUEST_INVALID',
  'KEY_MISSING',
  'KEY_INVALID',
  'SCOPE_FORBIDDEN',
  'RATE_LIMITED',
  'STORE_UNAVAILABLE',
  'SERVER_STOPPING',
  'ANSWER_TIMEOUT',
  'POOL_FULL',
] as const satisfies readonly ErrorCode[];

export const uploadCodes = [
  ...accessCodes,
  'AUDIO_UNREADABLE',
  'AUDIO_UNSUPPORTED',
  'AUDIO_TOO_LARGE',
  'AUDIO_TOO_LONG',
  'AUDIO_TIMEOUT',
  'FINGERPRINT_MALFORMED',
  'FINGERPRINT_VERSION_UNSUPPORTED',
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
  'UPLOAD_INVALID',
  'UPLOAD_INTERRUPTED',
  'REQUEST_TIMEOUT',
  'POOL_FULL',
  'DISK_FULL',
] as const satisfies readonly ErrorCode[];
