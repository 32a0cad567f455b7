/**
 * Requests to an earmark server. A passing refusal (429, 503, no connection) is tried again after the time the
 * server asks for, a bounded number of times; everything else is thrown with the server's own code.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type ErrorCode, errorCodes, RegistryError } from '../errors.ts';

const maxAttempts = 8;
const firstPauseMs = 500;
const longestPauseMs = 60_000;
/** A scan of hours of audio is answered within its request, and so is what explains it. */
export const uploadTimeoutMs = 15 * 60_000;
const askTimeoutMs = 30_000;
const maxAnswerBytes = 64 * 2 ** 20;
/** Until a stream begins, and between two pieces of it. */
const streamPauseMs = 60_000;
const passing: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
/** Said by the server itself, before it did anything: what must not be done twice is sent again only after these. */
const untouched: ReadonlySet<number> = new Set([429, 503]);

export type ServerFailureCode = 'SERVER_UNREACHABLE' | 'SERVER_ANSWER_INVALID';

/** The server did not answer, or what answered is no earmark server. */
export class ServerFailure extends Error {
  readonly code: ServerFailureCode;
  constructor(code: ServerFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerFailure';
    this.code = code;
  }
}

export type ServerClient = {
  readonly address: string;
  /** `path` from the root of the server, such as `/v1/recordings`. */
  ask(method: 'GET' | 'DELETE', path: string, timeoutMs?: number): Promise<unknown>;
  send(path: string, form: FormData, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  /** For what may be sent twice and does the same: rows, of a type that is no form. */
  sendText(path: string, text: string, contentType: string): Promise<string>;
  /** What is changed by it is changed once: without an answer it is not sent again. Null where nothing is answered. */
  change(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** For answers that are read while they come. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** For what is not JSON. */
  text(path: string): Promise<string>;
};

/** With `isFirstContact` a server that does not answer is not waited for: the address is wrong, or nothing runs there. */
export function openServerClient(
  address: string,
  apiKey: string | undefined,
  { isFirstContact = false } = {},
): ServerClient {
  const base = address.replace(/\/+$/, '');
  const request = async (
    path: string,
    init: RequestInit,
    timeoutMs: number,
    isRepeatable = true,
  ): Promise<string> => {
    const again = isRepeatable ? passing : untouched;
    const headers = new Headers(init.headers);
    if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`);
    headers.set('accept', 'application/json, application/problem+json, text/plain');
    for (let attempt = 1; ; attempt += 1) {
      // A redirect would carry the API key to wherever it points.
      const options: RequestInit = {
        ...init,
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      };
      const answer = await once(base + path, options).catch((error: unknown) => unreachable(base, error));
      if (answer instanceof ServerFailure) {
        if (isFirstContact || !isRepeatable || attempt >= maxAttempts || answer.code !== 'SERVER_UNREACHABLE')
          throw answer;
        await wait(pauseMs(attempt, undefined));
      } else {
        if (answer.status >= 200 && answer.status < 300) return answer.body;
        if (!again.has(answer.status) || attempt >= maxAttempts) throw refusalOf(base, answer);
        await wait(pauseMs(attempt, answer.retryAfter));
      }
    }
  };
  return {
    address: base,
    ask: async (method, path, timeoutMs = askTimeoutMs) =>
      parseJson(base, await request(path, { method }, timeoutMs)),
    send: async (path, form, headers = {}) =>
      parseJson(base, await request(path, { method: 'POST', body: form, headers }, uploadTimeoutMs)),
    sendText: (path, text, contentType) =>
      request(
        path,
        { method: 'POST', body: text, headers: { 'content-type': contentType } },
        uploadTimeoutMs,
      ),
    change: async (method, path, body) => {
      const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const init = { method, ...(body === undefined ? {} : json) };
      const answer = await request(path, init, askTimeoutMs, false);
      return answer === '' ? null : parseJson(base, answer);
    },
    stream: (path) => streamOf(base, path, apiKey),
    text: (path) => request(path, { method: 'GET' }, askTimeoutMs),
  };
}

async function* streamOf(base: string, path: string, apiKey: string | undefined): AsyncGenerator<Uint8Array> {
  const stopping = new AbortController();
  const timer = setTimeout(
    () => stopping.abort(new Error(`nothing came for ${streamPauseMs} ms`)),
    streamPauseMs,
  );
  try {
    const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const response = await fetch(base + path, { headers, redirect: 'manual', signal: stopping.signal });
    if (!response.ok) {
      throw refusalOf(base, { status: response.status, body: await response.text(), retryAfter: undefined });
    }
    for await (const piece of response.body ?? []) {
      timer.refresh();
      yield piece;
    }
  } catch (error) {
    throw error instanceof RegistryError ? error : unreachable(base, error);
  } finally {
    clearTimeout(timer);
    stopping.abort();
  }
}

type Answer = { readonly status: number; readonly body: string; readonly retryAfter: string | undefined };

async function once(url: string, options: RequestInit): Promise<Answer> {
  const response = await fetch(url, options);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxAnswerBytes) {
      throw new ServerFailure(
        'SERVER_ANSWER_INVALID',
        `${url} answered with more than ${maxAnswerBytes} bytes.`,
      );
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  return { status: response.status, body, retryAfter: response.headers.get('retry-after') ?? undefined };
}

/** What the server asks for, or twice as long each time; a little apart, so that many clients do not return at once. */
function pauseMs(attempt: number, retryAfter: string | undefined): number {
  const seconds = Number(retryAfter);
  const asked =
    retryAfter !== undefined && Number.isFinite(seconds) ? seconds * 1000 : firstPauseMs * 2 ** (attempt - 1);
  return Math.min(longestPauseMs, Math.max(firstPauseMs / 2, asked) * (1 + Math.random() / 4));
}

function unreachable(address: string, error: unknown): ServerFailure {
  if (error instanceof ServerFailure) return error;
  // fetch hides the reason ("connect ECONNREFUSED …") in the cause of a bare "fetch failed".
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = reason instanceof Error ? reason.message : String(reason);
  return new ServerFailure('SERVER_UNREACHABLE', `No answer from ${address}: ${message}`, { cause: error });
}

function refusalOf(address: string, { status, body }: Answer): Error {
  const problem = tryJson(body);
  const { code, detail } = (typeof problem === 'object' && problem !== null ? problem : {}) as Record<
    string,
    unknown
  >;
  const known = errorCodes.find((name: ErrorCode) => name === code);
  if (known !== undefined)
    return new RegistryError(known, typeof detail === 'string' ? detail : `${address} refused it.`);
  const what = `${address} answered ${status} with something that is no answer of an earmark server`;
  return new ServerFailure('SERVER_ANSWER_INVALID', `${what}: ${JSON.stringify(body.slice(0, 100))}`);
}

function parseJson(address: string, body: string): unknown {
  const value = tryJson(body);
  if (value !== undefined) return value;
  throw new ServerFailure('SERVER_ANSWER_INVALID', `${address} answered with something that is not JSON.`);
}

function tryJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
