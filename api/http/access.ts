/**
 * Who may call what. Identifying comes before the rate limit, so that it counts by key; refusing comes after it,
 * so that guessing keys is limited too; both come before any byte of the body is read.
 */
import type { FastifyRequest, RouteOptions } from 'fastify';
import type { StoreContext } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { Caller } from '../registry/caller.ts';
import { authenticateKey } from '../registry/keys.ts';
import type { App } from './fastify-types.ts';

/** Closes everything registered on this scope to whoever has no key with one of the route's roles. */
export function requireKeys(scope: App, context: StoreContext): void {
  scope.decorateRequest('caller', undefined);
  scope.addHook('onRoute', refuseWithoutRoles);
  scope.addHook('onRequest', async (request) => {
    const key = presentedKey(request);
    if (key !== undefined) request.caller = await authenticateKey(context, key);
  });
  scope.addHook('preParsing', async (request) => authorise(request));
}

/** The caller of a request that has passed `requireKeys`. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('callerOf was called on a route outside requireKeys');
  return request.caller;
}

function refuseWithoutRoles(route: RouteOptions): void {
  if (!route.config?.roles?.length)
    throw new Error(`${route.method} ${route.url} does not say which roles may call it`);
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
  const { roles = [] } = request.routeOptions.config;
  if (!roles.includes(caller.role)) {
    throw new RegistryError(
      'ROLE_FORBIDDEN',
      `Expected a key with the role ${roles.join(' or ')}; this one is ${caller.role}.`,
    );
  }
}

function presentedKey(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
  const header = request.headers['x-api-key'];
  return bearer ?? (typeof header === 'string' ? header.trim() : undefined);
}
