/** What this app adds to Fastify's own types. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { TSchema } from 'typebox';
import type { Caller, Role } from '../registry/caller.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by `identifyCaller`, and surely there in a handler under `/v1`. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    /** Who may call the route. Every route under `/v1` names its roles, or the app does not start. */
    roles?: readonly Role[];
    /** The multipart form the route takes; only described, the upload reader checks it. */
    form?: TSchema;
  }
}
