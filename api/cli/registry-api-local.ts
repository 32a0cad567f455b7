/** The routes of the HTTP API in this process, on the registry in the data directory: no port is opened, and no key asked for. */
import type { Config } from '../config.ts';
import { closeContext, openContext, under } from '../context.ts';
import { errorCodes, RegistryError } from '../errors.ts';
import { buildApp } from '../http/app.ts';
import { type Caller, effectiveScopes, scopes as everyScope } from '../registry/caller.ts';
import { ensureParty, localPartyName } from '../registry/ensure-party.ts';
import { getParty, getPartyIdByName } from '../registry/parties.ts';
import { couldNotStart, usageError } from './exit-status.ts';
import { refuseMissingRegistry } from './missing-registry.ts';
import type { Method, RegistryApi } from './registry-api.ts';

export async function openLocalApi(config: Config, as: string | undefined): Promise<RegistryApi> {
  const place = config.databaseUrl === undefined ? config.dataDir : 'the database of DATABASE_URL';
  refuseMissingRegistry(config);
  await using opened = new AsyncDisposableStack();
  const opening = openContext(config).catch((error: unknown) => {
    throw couldNotStart(`The registry in ${place} could not be opened`, error);
  });
  const context = opened.adopt(await opening, closeContext);
  const operator = under(context, { role: 'operator' });
  const caller = await findCaller(operator, as);
  const app = opened.adopt(await buildApp(context, async () => caller), (it) => it.close());
  const inject = async (method: Method, path: string, body?: unknown) => {
    const payload = body === undefined ? {} : { payload: body as object };
    // Whatever the key: `findCaller` has said who asks.
    return app.inject({
      method,
      url: path,
      headers: { 'x-api-key': 'here' },
      payloadAsStream: true,
      ...payload,
    });
  };
  const parts = opened.move();
  return {
    place,
    async ask<T>(method: Method, path: string, body?: unknown) {
      const answer = await inject(method, path, body);
      const text = await textOf(answer.stream());
      const value: unknown = text === '' ? null : JSON.parse(text);
      if (answer.statusCode >= 300) throw refusalOf(value);
      return value as T;
    },
    async *stream(path) {
      const answer = await inject('GET', path);
      if (answer.statusCode >= 300) throw refusalOf(JSON.parse(await textOf(answer.stream())));
      yield* answer.stream() as AsyncIterable<Uint8Array>;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function findCaller(
  operator: Parameters<typeof getPartyIdByName>[0],
  as: string | undefined,
): Promise<Caller> {
  if (as === undefined) {
    const partyId = await ensureParty(operator, localPartyName);
    return { partyId, apiKeyId: partyId, scopes: everyScope };
  }
  const { party_id: partyId, name, roles } = await getParty(operator, await getPartyIdByName(operator, as));
  if (roles.length === 0) {
    throw usageError(
      `${name} has no role and may do nothing. "earmark party roles" gives it one, such as rightsholder or platform.`,
    );
  }
  // An operator that has another role besides speaks in that one: it could ask as operator without --as.
  const others = roles.filter((role) => role !== 'operator');
  const scopes = effectiveScopes(others.length > 0 ? others : roles, undefined);
  return { partyId, apiKeyId: partyId, scopes };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

function refusalOf(problem: unknown): Error {
  const { code, detail } = problem as { code?: string; detail?: string };
  const known = errorCodes.find((name) => name === code);
  return known === undefined
    ? new Error(`a route answered ${JSON.stringify(problem)}`)
    : new RegistryError(known, detail ?? '');
}
