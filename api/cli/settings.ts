/** What is given on the command line, as settings: an option beats the environment, the environment the default. */
import type { Command } from 'commander';
import { batchFiles } from '../../workers/protocol.ts';
import { type Config, loadConfig } from '../config.ts';
import { RegistryError } from '../errors.ts';
import { usageError } from './exit-status.ts';

type GlobalOptions = {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly url?: string;
  readonly apiKey?: string;
  readonly threads?: string;
  readonly decoder?: string;
};

export type ServerOptions = { readonly host?: string; readonly port?: string };

/** Throws a usage error that names what was wrong. */
export function settingsOf(command: Command): Config {
  const config = read(command.optsWithGlobals());
  // `info` is what a server is asked to log by default; a command tells its own story and lets warnings through.
  return config.logLevel === 'info' ? { ...config, logLevel: 'warn' } : config;
}

/**
 * Files worked on at once: for each thread one that it works on, and one whose file or database is waited for, as far
 * as the line in front of the threads has room.
 */
export function maxInFlight({ threadCount, maxQueuedTasks }: Config): number {
  return threadCount + Math.min(threadCount, maxQueuedTasks);
}

/** The same where a thread takes a whole batch: the one it works on, and the next. */
export function bulkInFlight({ threadCount }: Config): number {
  return 2 * batchFiles * threadCount;
}

/** For commands that only work on this machine's registry; `why` ends the sentence for who wants it otherwise. */
export function localSettingsOf(command: Command, why: string): Config {
  refuseUrl(command, why);
  const { serverUrl: _, ...config } = settingsOf(command);
  return config;
}

export function serverSettingsOf(command: Command, server: ServerOptions): Config {
  refuseUrl(command, 'it is what --url talks to.');
  return read(command.optsWithGlobals(), server);
}

function refuseUrl(command: Command, why: string): void {
  const { url } = command.optsWithGlobals<GlobalOptions>();
  if (url !== undefined) throw usageError(`"${command.name()}" cannot be used with --url: ${why}`);
}

function read(options: GlobalOptions, server: ServerOptions = {}): Config {
  const namesRegistry = options.dataDir !== undefined || options.databaseUrl !== undefined;
  if (namesRegistry && options.url !== undefined) {
    throw usageError('Give either --url or --data-dir/--database-url, not both.');
  }
  try {
    const config = loadConfig({
      EARMARK_DATA_DIR: options.dataDir,
      DATABASE_URL: options.databaseUrl,
      EARMARK_URL: options.url,
      EARMARK_API_KEY: options.apiKey,
      EARMARK_THREADS: options.threads,
      EARMARK_DECODER: options.decoder,
      EARMARK_HOST: server.host,
      EARMARK_PORT: server.port,
    });
    if (!namesRegistry) return config;
    // An EARMARK_URL left in the environment must not win over a data directory somebody has just typed.
    const { serverUrl: _, ...local } = config;
    return local;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw usageError(`The settings are not valid.\n  ${error.message.replaceAll('\n', '\n  ')}`, {
      cause: error,
    });
  }
}
