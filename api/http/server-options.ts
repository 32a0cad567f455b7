/** Limits of the HTTP server itself, before any route. */
import type { Server } from 'node:http';
import { type FastifyHttpOptions, type FastifyServerOptions, LogController } from 'fastify';
import type { Config } from '../config.ts';
import { type answerProblem, problemContentType, problemOf } from './problem.ts';
import { requestIdOf } from './request-id.ts';

const maxHeaderBytes = 16 * 1024;
const headersTimeoutMs = 15_000;
/** Longer than the 60 s of common load balancers, so that they and not we close an idle connection. */
const keepAliveTimeoutMs = 72_000;
/** Ids are 36 characters; anything longer in a path is not one of ours. */
const maxParameterCharacters = 100;
/** For routes that read a few rows. Uploads set their own. */
const answerTimeoutMs = 30_000;
const maxConnections = 2000;
const maxHeaders = 100;

export function serverOptions(
  config: Config,
  answerError: ReturnType<typeof answerProblem>,
): FastifyHttpOptions<Server> {
  return {
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs },
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    handlerTimeout: answerTimeoutMs,
    bodyLimit: config.maxBodyBytes,
    routerOptions: { maxParamLength: maxParameterCharacters },
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    genReqId: requestIdOf,
    requestIdHeader: false,
    // One line a request, written by `logRequests` when it is answered.
    logController: new LogController({ requestIdLogLabel: 'request_id', disableRequestLogging: true }),
    // We answer 503 ourselves, in the form of every other problem.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerUnreadableRequest,
    // A path that cannot be decoded never reaches a route, nor the error handler.
    frameworkErrors: answerError,
  };
}

/** What Node takes only as properties. */
export function limitConnections(server: Server): void {
  server.maxConnections = maxConnections;
  server.maxHeadersCount = maxHeaders;
}

/** Receiving the whole body, fingerprinting or matching, and the transaction. */
export function uploadTimeoutMs(config: Config): number {
  return config.requestTimeoutMs + config.audioLimits.maxWallMs + answerTimeoutMs;
}

/** What is not HTTP, or does not arrive in time, never becomes a request: it is answered on the bare socket. */
const answerUnreadableRequest: NonNullable<FastifyServerOptions['clientErrorHandler']> = (error, socket) => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const timedOut = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const code = timedOut ? 'REQUEST_TIMEOUT' : 'REQUEST_INVALID';
  const problem = problemOf(
    code,
    `Expected an HTTP/1.1 request within the limits; ${error.message}.`,
    'none',
  );
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${timedOut ? 'Request Timeout' : 'Bad Request'}\r\ncontent-type: ${problemContentType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};
