/** One attempt to deliver a message: to addresses that were checked, with redirects not followed, bounded in everything. */
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Message } from './message.ts';
import { type Address, readTarget, resolveTarget, TargetRefused, type TargetRules } from './target.ts';

/** From the look-up of the name to the last header of the answer. */
const attemptTimeoutMs = 15_000;
/** What is read of an answer, and thrown away: enough for a polite end of most. */
const maxAnswerBytes = 64 * 1024;
const maxAnswerMs = 2_000;
const maxAnswerHeaderBytes = 16 * 1024;

export type Outcome =
  | { readonly isDelivered: true; readonly status: number }
  | { readonly isDelivered: false; readonly status?: number; readonly error: string };

/** Never throws. Delivered is what was answered with 2xx. */
export async function sendMessage(
  target: string,
  message: Message,
  { signal, ...rules }: TargetRules & { readonly signal?: AbortSignal },
): Promise<Outcome> {
  const timeout = AbortSignal.timeout(attemptTimeoutMs);
  const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const url = readTarget(target, rules);
    const addresses = await endingWith(ended, resolveTarget(url, rules));
    const status = await post(url, addresses, message, ended);
    if (status >= 200 && status < 300) return { isDelivered: true, status };
    const isRedirect = status >= 300 && status < 400;
    return {
      isDelivered: false,
      status,
      error: `answered ${status}${isRedirect ? '; redirects are not followed' : ''}`,
    };
  } catch (error) {
    return {
      isDelivered: false,
      error: timeout.aborted ? `no answer in ${attemptTimeoutMs} ms` : reasonOf(error),
    };
  }
}

function post(
  url: URL,
  addresses: readonly Address[],
  { body, headers }: Message,
  signal: AbortSignal,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { request } = url.protocol === 'https:' ? https : http;
  const sent = request(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own: one that is kept was made to an address that was checked for something else.
    agent: false,
    lookup: only(addresses),
    maxHeaderSize: maxAnswerHeaderBytes,
    signal,
  });
  sent.on('error', reject);
  sent.on('response', (answer) => {
    resolve(answer.statusCode ?? 0);
    let left = maxAnswerBytes;
    const enough = setTimeout(() => answer.destroy(), maxAnswerMs);
    answer.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) answer.destroy();
    });
    answer.on('error', () => undefined);
    answer.on('close', () => clearTimeout(enough));
  });
  sent.end(body);
  return promise;
}

/** Hands what was looked up and checked before, whatever the name means by now. */
function only(addresses: readonly Address[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (!first) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0);
    else if (all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

async function endingWith<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return await Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', end));
}

/** Without addresses and paths of this machine: the text is shown to whoever made the webhook. */
function reasonOf(error: unknown): string {
  if (error instanceof TargetRefused) return `not sent: ${error.message}`;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code.slice(0, 60) : 'the connection failed';
}
