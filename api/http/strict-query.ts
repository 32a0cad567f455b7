/** A misspelt query parameter is refused: a filter that is silently ignored gives a wrong answer. */
import { Type } from 'typebox';
import type { App } from './fastify-types.ts';

const noQuery = Type.Object({}, { additionalProperties: false });

/** Routes registered after this that describe no query take none. */
export function refuseUnknownQuery(app: App): void {
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: noQuery, ...route.schema };
  });
}
