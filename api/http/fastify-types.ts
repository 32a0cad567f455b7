/** What this app adds to Fastify's own types. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { TSchema } from 'typebox';
import type { Caller, Scope } from '../registry/caller.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by `requireKeys`, and surely there in a handler under `/v1`. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    /** Which keys may call the route. Every route under `/v1` names its scope, or the app does not start. */
    scope?: Scope;
    /** Whether it takes one of the places for uploads; refused before its key is looked up where none is left. */
    takesPlace?: boolean;
    /** The multipart form the route takes; only described, the upload reader checks it. */
    form?: TSchema;
    /** A line of the NDJSON that the route takes; only described. */
    line?: TSchema;
  }
}
