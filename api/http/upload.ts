/**
 * Reads one multipart upload: text fields, and exactly one file part, `audio` or `fingerprint`. Audio is streamed
 * to a file; a fingerprint is small and stays in memory. Everything is bounded: fields, names, values, parts,
 * bytes, and how long the sender may pause.
 */
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { looksLikeFingerprint, maxFingerprintBytes } from '../../workers/fingerprint/fingerprint-file.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { admitBody } from './expect-continue.ts';
import { incomingPath } from './incoming-directory.ts';
import { watchPauses } from './pauses.ts';

/** What the multipart parser may be made to hold in memory. */
const multipartLimits = {
  fieldNameSize: 64,
  fieldSize: 8 * 1024,
  fields: 16,
  files: 1,
  parts: 17,
  headerPairs: 16,
} as const;

/** A fingerprint has some 75 bytes a second; what has far more is not one, and would only fill the memory. */
const maxFingerprintBytesPerSecond = 256;

/** Room for the fields and boundaries around a file of the largest size. */
const multipartOverheadBytes = 256 * 1024;

export type Upload = {
  readonly fields: Readonly<Record<string, string>>;
  /** A fingerprint file's bytes, sent or made from the audio. Its peaks are checked by whoever uses it. */
  readonly fingerprint: Uint8Array;
};

type Received = { fields: Record<string, string>; audioPath?: string; fingerprint?: Uint8Array };

/** Throws the codes of what may be wrong with the body, and of the pool. Enter the gate first. */
export async function readUpload(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  fieldNames: readonly string[],
  use: 'registration' | 'search',
): Promise<Upload> {
  refuseTooLong(request, context.config.maxBodyBytes);
  admitBody(request.raw, reply.raw);
  const path = incomingPath(context.config);
  try {
    const { fields, audioPath, fingerprint } = await receive(request, path, fieldNames, context.config);
    if (fingerprint) return { fields, fingerprint };
    if (!audioPath) throw invalid('expected one file part named "audio" or "fingerprint"; received none');
    const made = await context.workers.fingerprint({
      path: audioPath,
      decoder: context.config.decoder,
      limits: context.config.audioLimits,
      otherWindows: use === 'search',
    });
    return { fields, fingerprint: made.fingerprint };
  } finally {
    await rm(path, { force: true });
  }
}

/** A length that is told beforehand is refused beforehand; the limit on the stream catches the others. */
function refuseTooLong(request: FastifyRequest, maxBodyBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes + multipartOverheadBytes) {
    throw new RegistryError(
      'BODY_TOO_LARGE',
      `Expected at most ${maxBodyBytes} bytes of audio; received ${request.headers['content-length']}.`,
    );
  }
}

async function receive(
  request: FastifyRequest,
  path: string,
  fieldNames: readonly string[],
  { maxBodyBytes, maxPauseMs, audioLimits }: Config,
): Promise<Received> {
  using pauses = watchPauses(request.raw, maxPauseMs);
  const fingerprintLimit = Math.min(
    maxFingerprintBytes,
    multipartOverheadBytes + (audioLimits.maxDurationMs / 1000) * maxFingerprintBytesPerSecond,
  );
  const received: Received = { fields: {} };
  async function readParts(): Promise<void> {
    for await (const part of request.parts({ limits: { ...multipartLimits, fileSize: maxBodyBytes } })) {
      if (part.type === 'field') readField(received.fields, part, fieldNames);
      else if (part.fieldname === 'fingerprint') {
        received.fingerprint = await collect(part.file, fingerprintLimit, pauses.signal);
      } else await saveAudio(received, part, path, pauses.signal);
    }
  }
  try {
    // The parser may be waiting between two parts, where nothing of ours listens to the signal.
    await Promise.race([readParts(), pauses.tooLong]);
  } catch (error) {
    // Away from the parser, which nobody reads from now on: the rest of the body would block the connection.
    request.raw.unpipe().resume();
    throw describeParserError(error);
  }
  return received;
}

type Field = { fieldname: string; value: unknown; valueTruncated: boolean; fieldnameTruncated: boolean };

function readField(fields: Record<string, string>, field: Field, fieldNames: readonly string[]): void {
  const { fieldname: name, value } = field;
  if (field.fieldnameTruncated || !fieldNames.includes(name)) {
    throw invalid(
      `expected the fields ${fieldNames.join(', ')}; received ${JSON.stringify(name.slice(0, 64))}`,
    );
  }
  if (field.valueTruncated)
    throw invalid(`${name}: expected at most ${multipartLimits.fieldSize} bytes; received more`);
  if (typeof value !== 'string') throw invalid(`${name}: expected text; received ${typeof value}`);
  if (name in fields) throw invalid(`${name}: expected once; received again`);
  fields[name] = value;
}

async function saveAudio(
  received: Received,
  part: MultipartFile,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  if (part.fieldname !== 'audio') {
    const name = JSON.stringify(part.fieldname.slice(0, multipartLimits.fieldNameSize));
    throw invalid(`expected the file in a part named "audio" or "fingerprint"; received ${name}`);
  }
  refuseOtherMedia(part.mimetype);
  await pipeline(part.file, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
  await refuseFingerprint(path);
  received.audioPath = path;
}

async function collect(file: Readable, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  signal.addEventListener('abort', () => file.destroy(signal.reason), { once: true });
  for await (const chunk of file as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > maxBytes) {
      throw new RegistryError(
        'BODY_TOO_LARGE',
        `Expected a fingerprint of at most ${maxBytes} bytes; received more.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The bytes decide what it is, but a sender that says "text/html" has sent something it did not mean to send.
 * A part without a type arrives here as text/plain.
 */
function refuseOtherMedia(mediaType: string): void {
  if (/^(audio|video)\/|^application\/(octet-stream|ogg|x-flac|mp4)$|^text\/plain$/i.test(mediaType)) return;
  throw new RegistryError(
    'CONTENT_TYPE_UNSUPPORTED',
    `Part "audio": expected audio/*, video/* or application/octet-stream; received ${mediaType.slice(0, 100)}.`,
  );
}

async function refuseFingerprint(path: string): Promise<void> {
  await using file = await open(path);
  const { bytesRead, buffer } = await file.read(new Uint8Array(4), 0, 4, 0);
  if (looksLikeFingerprint(buffer.subarray(0, bytesRead))) {
    throw invalid('part "audio" holds a fingerprint file; send it in a part named "fingerprint"');
  }
}

/** busboy throws plain errors for a body that is cut short or is not multipart. */
function describeParserError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RegistryError) return error;
  if (/unexpected end|terminated early|premature/i.test(error.message)) {
    return new RegistryError(
      'UPLOAD_INTERRUPTED',
      'Expected the closing boundary of the multipart body; received the end before it.',
      { cause: error },
    );
  }
  if (/boundary|multipart|malformed|header/i.test(error.message) && !('code' in error)) {
    return invalid(`expected multipart/form-data with a boundary; ${error.message}`);
  }
  return error;
}

function invalid(detail: string): RegistryError {
  return new RegistryError('UPLOAD_INVALID', `The upload is not as described: ${detail}.`);
}
