/**
 * The HTTP API as a command uses it: that of a server, in the name of whose key it is given, or the same routes in this
 * process on the registry in the data directory. Whoever has that is its operator and may speak for any party of it.
 */
import { type Command, Option } from 'commander';
import type { Config } from '../config.ts';
import { refuseAsAtServer } from './as-option.ts';
import { usageError } from './exit-status.ts';
import { settingsOf } from './settings.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type RegistryApi = {
  /** For messages: a folder, or a server's address. */
  readonly place: string;
  /** Whose recordings may be named by their external_id, as in "of Harbour Records"; empty where anybody's. */
  readonly whose: string;
  /** The answer is that of our own routes, in the form that the document of the API gives. Throws RegistryError. */
  ask<T>(method: Method, path: string, body?: unknown): Promise<T>;
  stream(path: string): AsyncIterable<Uint8Array>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type Speaker = {
  readonly api: RegistryApi;
  readonly isJson: boolean;
  /** A path with what is asked for in its query, and for whom. What is undefined is not asked for. */
  at(path: string, query?: Readonly<Record<string, string | number | boolean | undefined>>): string;
};

type SpeakerOptions = {
  readonly as?: string;
  readonly onBehalfOf?: string;
  readonly format?: string;
};

const usualFormat = () =>
  new Option('--format <format>', 'text for people, json for programs (default: text)').choices([
    'text',
    'json',
  ]);

/** The options that `speak` reads. */
export function speaking(command: Command, { byMandate = false, format = usualFormat() } = {}): Command {
  command
    .option(
      '--as <party>',
      'without --url: in the name of this party, by name or party_id, and not as operator',
    )
    .addOption(format);
  if (byMandate) command.option('--on-behalf-of <party_id>', 'for the party that has given you a mandate');
  return command;
}

export async function speak(command: Command, act: (speaker: Speaker) => Promise<void>): Promise<void> {
  const { as, onBehalfOf, format } = command.opts<SpeakerOptions>();
  await using api = await openApi(settingsOf(command), as);
  await act({
    api,
    isJson: format === 'json',
    at(path, query = {}) {
      const asked = Object.entries({ ...query, on_behalf_of: onBehalfOf })
        .filter(([, value]) => value !== undefined)
        .map(([name, value]): [string, string] => [name, String(value)]);
      return asked.length === 0 ? path : `${path}?${new URLSearchParams(asked)}`;
    },
  });
}

async function openApi(config: Config, as: string | undefined): Promise<RegistryApi> {
  const { serverUrl, apiKey } = config;
  if (serverUrl === undefined) {
    const { openLocalApi } = await import('./registry-api-local.ts');
    return openLocalApi(config, as);
  }
  refuseAsAtServer(as);
  if (apiKey === undefined) {
    throw usageError(
      `${serverUrl} needs an API key: give --api-key KEY or set EARMARK_API_KEY (made with "earmark key create").`,
    );
  }
  const { openServerClient } = await import('./server-client.ts');
  const client = openServerClient(serverUrl, apiKey);
  return {
    place: client.address,
    whose: ' of yours',
    ask: async <T>(method: Method, path: string, body?: unknown) =>
      (await (method === 'GET' ? client.ask('GET', path) : client.change(method, path, body))) as T,
    stream: (path) => client.stream(path),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** By party_id, or by name among the parties that the speaker sees. */
export async function partyIdOf({ api, at }: Speaker, name: string): Promise<string> {
  if (uuid.test(name)) return name;
  let cursor: string | undefined;
  do {
    type Page = { parties: { party_id: string; name: string }[]; next_cursor?: string };
    const page = await api.ask<Page>('GET', at('/v1/parties', { limit: 200, cursor }));
    const found = page.parties.find((party) => party.name === name.normalize('NFC').trim());
    if (found) return found.party_id;
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  throw usageError(`There is no party "${name}" in ${api.place}. "earmark party list" shows them.`);
}

/** By recording_id, or by the external_id under which the own party registered it. */
export async function recordingIdOf({ api, at }: Speaker, name: string): Promise<string> {
  if (uuid.test(name)) return name;
  const path = at('/v1/recordings', { external_id: name, limit: 2 });
  const { recordings } = await api.ask<{ recordings: { recording_id: string }[] }>('GET', path);
  const [found, other] = recordings;
  if (found !== undefined && other === undefined) return found.recording_id;
  const problem = found === undefined ? 'There is no recording' : 'There are several recordings';
  throw usageError(
    `${problem} "${name}"${api.whose} in ${api.place}: give a recording_id. "earmark list" shows them.`,
  );
}
