/**
 * How often one caller may ask: by API key, or by address where there is no valid key. Counted in this process;
 * behind several processes each counts for itself, so the limit is per process.
 */
import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { RegistryError } from '../errors.ts';

const windowMs = 60_000;
/** Callers remembered at once; beyond it the least recent is forgotten. */
const maxCallers = 20_000;

export function rateLimitOptions(config: Config): RateLimitPluginOptions {
  return {
    max: config.rateLimitPerMinute,
    timeWindow: windowMs,
    cache: maxCallers,
    enableDraftSpec: true,
    keyGenerator: (request: FastifyRequest) => request.caller?.apiKeyId ?? `address ${request.ip}`,
    errorResponseBuilder: (_request, { max, after }) =>
      new RegistryError('RATE_LIMITED', `Expected at most ${max} requests a minute; try again in ${after}.`),
  };
}
