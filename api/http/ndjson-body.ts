/**
 * A body of NDJSON, line by line, as it arrives and no faster than it is asked for. A line that is too long is told as
 * such and skipped, so that the ones after it are read.
 */
import type { IncomingMessage } from 'node:http';
import { RegistryError } from '../errors.ts';
import type { App } from './fastify-types.ts';

/** A fingerprint of an hour of audio in base64, with what is said about it. */
const maxLineBytes = 4 * 2 ** 20;
export const ndjsonType = 'application/x-ndjson';

/** Only what is registered on this scope takes NDJSON; the body stays a stream. */
export function acceptNdjson(scope: App): void {
  scope.addContentTypeParser(ndjsonType, (_request, payload, done) => done(null, payload));
}

export type Line = { readonly number: number } & (
  | { readonly text: string; readonly isTooLong?: never }
  | { readonly isTooLong: true; readonly text?: never }
);

const newline = 0x0a;

/**
 * Empty lines are left out and counted. Throws REQUEST_TIMEOUT when the sender pauses for too long while it is waited
 * for; a sender that waits for us is not pausing.
 */
export async function* readLines(message: IncomingMessage, maxPauseMs: number): AsyncGenerator<Line> {
  let [number, byteCount, isTooLong] = [1, 0, false];
  let pieces: Buffer[] = [];
  function take(piece: Buffer): void {
    byteCount += piece.length;
    isTooLong ||= byteCount > maxLineBytes;
    if (isTooLong) pieces = [];
    else pieces.push(piece);
  }
  function end(): Line | undefined {
    const text = Buffer.concat(pieces).toString().trim();
    const line = isTooLong ? ({ number, isTooLong } as const) : text === '' ? undefined : { number, text };
    [number, byteCount, isTooLong, pieces] = [number + 1, 0, false, []];
    return line;
  }
  for await (const chunk of withoutLongPauses(message, maxPauseMs)) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      take(chunk.subarray(from, at));
      from = at + 1;
      const line = end();
      if (line) yield line;
    }
    take(chunk.subarray(from));
  }
  const last = end();
  if (last) yield last;
}

/** The body as it comes. Throws REQUEST_TIMEOUT when the sender pauses for too long while it is waited for. */
export async function* withoutLongPauses(
  message: IncomingMessage,
  maxPauseMs: number,
): AsyncGenerator<Buffer> {
  const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  while (true) {
    const { promise: tooLong, reject } = Promise.withResolvers<never>();
    const refusal = new RegistryError(
      'REQUEST_TIMEOUT',
      `Expected the body without a pause of ${maxPauseMs} ms.`,
    );
    const timer = setTimeout(() => reject(refusal), maxPauseMs);
    const next = await Promise.race([chunks.next(), tooLong]).finally(() => clearTimeout(timer));
    if (next.done) return;
    yield next.value;
  }
}
