/** What every request gets, whatever its route: its id back, headers for browsers and caches, and a clean end. */
import { RegistryError } from '../errors.ts';
import { holdsBodyBack } from './expect-continue.ts';
import type { App } from './fastify-types.ts';
import type { Metrics } from './metrics.ts';

/** How long a client may go on sending a body that was refused; cut at once it would not read the refusal. */
const maxDrainMs = 5_000;

export function addConnectionHooks(app: App): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    if (stopping) {
      throw new RegistryError(
        'SERVER_STOPPING',
        'This server finishes what it accepted and takes nothing new.',
      );
    }
  });
  app.addHook('onSend', async (request, reply) => {
    // Else a kept-alive connection whose request was answered while stopping would keep the server from ending.
    if (stopping || holdsBodyBack(request.raw)) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request) => {
    const { raw } = request;
    if (raw.complete !== false) return;
    setTimeout(() => raw.complete || raw.socket.destroy(), maxDrainMs).unref();
  });
}

export function logRequests(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, ip, caller } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.info(
      { method, url, status: reply.statusCode, ms, ip, party_id: caller?.partyId },
      'answered',
    );
  });
  // A client that goes away is not answered, and would otherwise not be logged.
  app.addHook('onRequestAbort', async (request) => {
    request.log.info(
      { method: request.method, url: request.url, party_id: request.caller?.partyId },
      'client went away',
    );
  });
}

export function measureRequests(app: App, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    metrics.requestSeconds.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
}
