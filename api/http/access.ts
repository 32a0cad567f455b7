/**
 * Who may call what. Identifying comes before the rate limit, so that it counts by key; refusing comes after it,
 * so that guessing keys is limited too; both come before any byte of the body is read.
 */
import type { FastifyRequest, RouteOptions } from 'fastify';
import { type Scoped, type StoreContext, under } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { type Caller, sessionOf } from '../registry/caller.ts';
import { openKeyUses } from '../registry/key-uses.ts';
import type { App } from './fastify-types.ts';

/** Whose key it is; nobody's, where it is undefined. */
export type Authenticate = (key: string) => Promise<Caller | undefined>;

/** Closes everything registered on this scope to whoever has no key with the route's scope. */
export function requireKeys(scope: App, context: StoreContext, authenticate: Authenticate): void {
  const uses = openKeyUses(context);
  scope.addHook('onClose', () => uses.close());
  scope.decorateRequest('caller', undefined);
  scope.addHook('onRoute', refuseWithoutScope);
  scope.addHook('onRequest', async (request) => {
    const key = presentedKey(request);
    if (key === undefined) return;
    const caller = await authenticate(key);
    if (caller) uses.note(caller.apiKeyId);
    request.caller = caller;
  });
  scope.addHook('preParsing', async (request) => authorise(request));
}

/** The caller of a request that has passed `requireKeys`. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('callerOf was called on a route outside requireKeys');
  return request.caller;
}

/** The context for a use case: its store reaches what this request's caller may. */
export function contextFor<C extends StoreContext>(context: C, request: FastifyRequest): Scoped<C> {
  return under(context, sessionOf(callerOf(request)));
}

function refuseWithoutScope(route: RouteOptions): void {
  if (route.config?.scope === undefined)
    throw new Error(`${route.method} ${route.url} does not say which scope it takes`);
}

function authorise(request: FastifyRequest): void {
  const { caller } = request;
  if (!caller) {
    if (presentedKey(request) === undefined) {
      throw new RegistryError(
        'KEY_MISSING',
        'Expected "Authorization: Bearer emk_…" or "X-API-Key: emk_…"; received neither.',
      );
    }
    throw new RegistryError(
      'KEY_INVALID',
      'Expected a key of this registry that is neither expired nor revoked.',
    );
  }
  const { scope } = request.routeOptions.config;
  if (scope === undefined || caller.scopes.includes(scope)) return;
  throw new RegistryError(
    'SCOPE_FORBIDDEN',
    `Expected a key with the scope ${scope}; this one has ${caller.scopes.join(', ') || 'none'}.`,
  );
}

function presentedKey(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
  const header = request.headers['x-api-key'];
  return bearer ?? (typeof header === 'string' ? header.trim() : undefined);
}
