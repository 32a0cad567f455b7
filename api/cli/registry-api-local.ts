/** The routes of the HTTP API in this process, on the registry in the data directory: no port is opened, and no key asked for. */
import type { Config } from '../config.ts';
import { closeContext, openContext, under } from '../context.ts';
import { errorCodes, RegistryError } from '../errors.ts';
import { buildApp } from '../http/app.ts';
import { type Caller, effectiveScopes, scopes as everyScope } from '../registry/caller.ts';
import { couldNotStart } from './exit-status.ts';
import { localSpeaker } from './local-speaker.ts';
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
    whose: as === undefined ? '' : ` of ${as}`,
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
  operator: Parameters<typeof localSpeaker>[0],
  as: string | undefined,
): Promise<Caller> {
  const { party_id: partyId, roles } = await localSpeaker(operator, as);
  if (as === undefined) return { partyId, apiKeyId: partyId, scopes: everyScope };
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
