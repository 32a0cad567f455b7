import { Type } from 'typebox';
import type { App } from '../fastify-types.ts';
import type { Metrics } from '../metrics.ts';

/**
 * Open like `/health`: scrapers seldom carry keys, and what it tells is counts, no ids. Counts are still business
 * figures, so keep it inside the network.
 */
export function getMetrics(app: App, metrics: Metrics): void {
  app.get(
    '/metrics',
    {
      schema: {
        tags: ['service'],
        summary: 'Figures for Prometheus',
        security: [],
        response: {
          200: {
            description: 'Text exposition format.',
            content: { 'text/plain': { schema: Type.String() } },
          },
        },
      },
    },
    async (_request, reply) => {
      reply.header('content-type', metrics.registry.contentType);
      return metrics.registry.metrics();
    },
  );
}
