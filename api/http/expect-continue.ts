/**
 * "Expect: 100-continue": a client with a large body asks before it sends. Node would say yes at once; here the
 * answer waits until the request is authorised and admitted, so that a refused upload costs no bandwidth.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from './fastify-types.ts';

const waiting = new WeakSet<IncomingMessage>();

export function answerExpectations(app: App): void {
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.add(request);
    app.routing(request, response);
  });
}

/** Says "100 Continue" to a client that waits for it. */
export function admitBody(request: IncomingMessage, response: ServerResponse): void {
  if (waiting.delete(request)) response.writeContinue();
}

/** Whether the client still holds its body back; its connection cannot be used for another request then. */
export function holdsBodyBack(request: IncomingMessage): boolean {
  return waiting.has(request);
}
