/**
 * The server process: config → context (Postgres, store, workers, index) → app → jobs → listen; a stop goes backwards and
 * finishes what was accepted. `earmark serve` calls this; `node api/main.ts` does the same from the environment alone.
 */
import { type Config, loadConfig } from './config.ts';
import { type Context, openContext, under } from './context.ts';
import { buildApp } from './http/app.ts';
import type { App } from './http/fastify-types.ts';
import { ensureParty, localPartyName } from './registry/ensure-party.ts';
import { createKey } from './registry/keys.ts';
import { runJobs } from './registry/run-jobs.ts';

/** Resolves when the server has stopped, after SIGTERM or SIGINT. A second signal ends the process at once. */
export async function serve(config: Config): Promise<void> {
  const stop = stopSignal();
  await using context = await openContext(config);
  const app = await buildApp(context);
  if ((await context.store.countUsableApiKeys()) === 0) {
    console.log(firstKeyNotice(await makeFirstKey(context)));
  }
  await using jobs = await runJobs(context);
  const address = await app.listen({ host: config.host, port: config.port });
  context.log.info({ address, docs: `${address}/docs` }, 'listening');
  console.log(`earmark listens on ${address}, API documentation at ${address}/docs`);

  context.log.info({ signal: await stop }, 'stopping: finishing what was accepted');
  await Promise.all([closeApp(app, config), jobs.stop()]);
  context.log.info('stopped');
}

async function makeFirstKey(context: Context): Promise<string> {
  const scoped = under(context, { role: 'operator' });
  const partyId = await ensureParty(scoped, localPartyName, ['operator']);
  return (await createKey(scoped, { partyId })).key;
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(1));
      });
    }
  });
}

async function closeApp(app: App, { shutdownTimeoutMs }: Config): Promise<void> {
  const breakOff = setTimeout(() => {
    app.log.warn(`still working after ${shutdownTimeoutMs} ms: breaking off`);
    app.server.closeAllConnections();
  }, shutdownTimeoutMs);
  await app.close();
  clearTimeout(breakOff);
}

function firstKeyNotice(key: string): string {
  return [
    '',
    "There is no API key yet. This one is an operator's, may do everything, and is shown only now:",
    '',
    `  ${key}`,
    '',
    'Make others with "earmark key create", and end this one with "earmark key revoke".',
    '',
  ].join('\n');
}

if (import.meta.main) await serve(loadConfig());
