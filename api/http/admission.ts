/**
 * Who is turned away when there is too much to do: before the key is looked up and a byte of the body is read, so that a
 * refusal costs next to nothing and what was taken in goes on as fast as before. Health, readiness and metrics are no
 * part of it: they are asked for most when it is busy.
 */
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { RegistryError } from '../errors.ts';
import type { App } from './fastify-types.ts';
import type { UploadGate } from './upload-gate.ts';

/** On the scope of the API, before anything else looks at a request. */
export function admitRequests(
  scope: App,
  { maxRequests }: Pick<Config, 'maxRequests'>,
  gate: UploadGate,
): void {
  const admitted = new Set<FastifyRequest>();
  scope.addHook('onRequest', async (request) => {
    if (admitted.size >= maxRequests) {
      throw new RegistryError(
        'POOL_FULL',
        `${admitted.size} requests are being worked on, which is all this server takes at once.`,
      );
    }
    if (request.routeOptions.config?.takesPlace) gate.refuseIfFull();
    admitted.add(request);
  });
  const leave = async (request: FastifyRequest) => {
    admitted.delete(request);
  };
  scope.addHook('onResponse', leave);
  scope.addHook('onRequestAbort', leave);
}
