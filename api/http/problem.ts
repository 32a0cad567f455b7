/**
 * Every refusal as problem+json (RFC 9457), whoever made it: a use case, Fastify, one of its plugins, Node's HTTP
 * parser. What has no code is our own bug: logged with its cause, answered without detail.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { type ErrorCode, errorCodes, findErrorCode, httpMeaning, RegistryError } from '../errors.ts';
import type { Metrics } from './metrics.ts';

export const problemContentType = 'application/problem+json';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Names the kind of problem; the code as a URN.' }),
    title: Type.String({ description: 'What the code means, for people.' }),
    status: Type.Integer(),
    code: Type.Enum([...errorCodes], { description: 'Stable; decide by this one.' }),
    detail: Type.String({ description: 'What was expected and what was received. May change.' }),
    request_id: Type.String({ description: 'The same as in the header x-request-id and in the log.' }),
  },
  {
    $id: 'Problem',
    examples: [
      {
        type: 'urn:earmark:problem:AUDIO_SILENT',
        title: 'The audio holds nothing audible',
        status: 422,
        code: 'AUDIO_SILENT',
        detail: 'Expected audio with at least one spectral peak; received 30000 ms without any.',
        request_id: '019c1fa0-77aa-7b30-b0d5-58d2c9a0f7c4',
      },
    ],
  },
);

export type Problem = Static<typeof Problem>;

export function problemOf(code: ErrorCode, detail: string, requestId: string): Problem {
  const { status, title } = httpMeaning[code];
  return { type: `urn:earmark:problem:${code}`, title, status, code, detail, request_id: requestId };
}

/** The response schemas of a route, from the codes it may answer with; several codes may share a status. */
export function problems(...codes: readonly ErrorCode[]): Record<number, object> {
  const byStatus = Map.groupBy(new Set(codes), (code) => httpMeaning[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codesOfStatus]) => [
      status,
      {
        description: codesOfStatus.map((code) => `\`${code}\`: ${httpMeaning[code].title}.`).join(' '),
        content: { [problemContentType]: { schema: { $ref: 'Problem#' } } },
      },
    ]),
  );
}

/** Refusals of Fastify and its plugins, by their codes. Everything else they refuse with 4xx is REQUEST_INVALID. */
const foreignCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'CONTENT_TYPE_UNSUPPORTED',
  FST_ERR_HANDLER_TIMEOUT: 'ANSWER_TIMEOUT',
  FST_REQ_FILE_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'CONTENT_TYPE_UNSUPPORTED',
  FST_PARTS_LIMIT: 'UPLOAD_INVALID',
  FST_FILES_LIMIT: 'UPLOAD_INVALID',
  FST_FIELDS_LIMIT: 'UPLOAD_INVALID',
  FST_PROTO_VIOLATION: 'UPLOAD_INVALID',
  FST_MP_PREMATURE_CLOSE: 'UPLOAD_INTERRUPTED',
  ENOSPC: 'DISK_FULL',
};

/** The refusal an error stands for; `undefined` where it is a bug of ours. */
function refusalOf(
  error: unknown,
  request: Pick<FastifyRequest, 'headers' | 'routeOptions'>,
): { code: ErrorCode; detail: string } | undefined {
  const code = findErrorCode(error);
  if (code !== undefined) return { code, detail: (error as Error).message };
  if (!(error instanceof Error)) return undefined;
  const { validation, validationContext, statusCode, code: foreign = '' } = error as Partial<FastifyError>;
  if (validation)
    return { code: 'REQUEST_INVALID', detail: describeValidation(validation, validationContext) };
  const known = foreignCodes[foreign];
  if (known === 'CONTENT_TYPE_UNSUPPORTED') {
    const received = request.headers['content-type'] ?? 'a body without a content type';
    const expected = request.routeOptions?.config?.form ? 'multipart/form-data' : 'application/json';
    return { code: known, detail: `Expected ${expected}; received ${received.slice(0, 100)}.` };
  }
  if (known) return { code: known, detail: error.message };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: 'REQUEST_INVALID', detail: error.message };
  }
  return undefined;
}

/** One line a second for each code: a server that refuses a thousand a second has better things to do than say so. */
const refusalLineEveryMs = 1000;

function openRefusalLog() {
  const unsaid = new Map<ErrorCode, { count: number; saidAtMs: number }>();
  return (log: FastifyRequest['log'], code: ErrorCode, detail: string): void => {
    const nowMs = performance.now();
    const noted = unsaid.get(code) ?? { count: 0, saidAtMs: Number.NEGATIVE_INFINITY };
    noted.count += 1;
    unsaid.set(code, noted);
    if (nowMs - noted.saidAtMs < refusalLineEveryMs) return;
    log.warn({ code, detail, count: noted.count }, 'refused for now');
    unsaid.set(code, { count: 0, saidAtMs: nowMs });
  };
}

export function answerProblem(metrics: Metrics) {
  const noteRefusal = openRefusalLog();
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = refusalOf(error, request);
    if (refusal === undefined) request.log.error({ err: error }, 'a bug of ours: no code for this error');
    const code = refusal?.code ?? 'INTERNAL';
    const detail = refusal?.detail ?? 'The error is in the log under the request id. Trying again may help.';
    const { status, retryAfterSeconds } = httpMeaning[code];
    metrics.problems.inc({ code });
    if (status === 503) noteRefusal(request.log, code, detail);
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="earmark"');
    reply
      .status(status)
      .header('content-type', problemContentType)
      .send(problemOf(code, detail, request.id));
  };
}

export function answerNotFound(request: FastifyRequest): never {
  throw new RegistryError(
    'ROUTE_NOT_FOUND',
    `There is no ${request.method} ${request.url.split('?')[0]}; see /docs.`,
  );
}

type Violations = NonNullable<FastifyError['validation']>;

function describeValidation(violations: Violations, where = 'request'): string {
  const described = violations.map((violation) => {
    // TypeBox words an unknown property as a missing one; name it instead.
    const extra = (violation.params as { additionalProperties?: string[] }).additionalProperties;
    const at = `${where}${violation.instancePath}`;
    if (extra) return `${at}: unknown ${extra.map((name) => JSON.stringify(name)).join(', ')}`;
    const { allowedValues } = violation.params as { allowedValues?: unknown[] };
    const expected = allowedValues ? `expected one of ${allowedValues.join(', ')}` : violation.message;
    return `${at}: ${expected}`;
  });
  return [...new Set(described)].filter((text) => !text.endsWith('schema is false')).join('; ');
}
