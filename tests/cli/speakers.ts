/** A server on a data directory of its own, and commands in the name of parties with keys for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, parseLines, run, start } from './earmark-process.ts';

type Row = Record<string, unknown>;

export type Speaker = {
  /** What it prints; it must end well. */
  said(...args: string[]): Promise<string>;
  json<T = Row>(...args: string[]): Promise<T[]>;
  refused(...args: string[]): Promise<Ended>;
};

export type SpokenRegistry = {
  readonly folder: string;
  /** The data directory, as commands are told of it. */
  readonly here: readonly string[];
  /** By its key, at the server. */
  speaker(party: string, role: string): Promise<Speaker>;
  /** On the data directory, as operator. */
  readonly operator: Speaker;
  close(): Promise<void>;
};

export async function openSpokenRegistry(): Promise<SpokenRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'earmark-claims-'));
  const here = ['--data-dir', join(folder, 'data')];
  const server = start(['serve', '--port', '0', ...here], { env: { EARMARK_LOG_LEVEL: 'warn' } });
  const url = (await server.said(/listens on (http:\S+?),/))[1] as string;
  return {
    folder,
    here,
    async speaker(party, role) {
      const made = await run(['key', 'create', '--party', party, '--role', role, ...here]);
      const env = { EARMARK_URL: url, EARMARK_API_KEY: made.stdout.trim() };
      return speakingBy((args) => run(args, { env }));
    },
    operator: speakingBy((args) => run([...args, ...here])),
    async close() {
      server.child.kill('SIGTERM');
      await server.ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function speakingBy(refused: (args: string[]) => Promise<Ended>): Speaker {
  const said = async (...args: string[]) => {
    const ended = await refused(args);
    expect([ended.status, ended.stderr]).toEqual([0, expect.any(String)]);
    return ended.stdout;
  };
  return {
    said,
    json: async <T = Row>(...args: string[]) => parseLines<T>(await said(...args, '--format', 'json')),
    refused: (...args) => refused(args),
  };
}
