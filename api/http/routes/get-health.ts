import { Type } from 'typebox';
import type { App } from '../fastify-types.ts';
import { version } from '../version.ts';

const Health = Type.Object({
  status: Type.Literal('ok'),
  version: Type.String({ examples: [version] }),
});

/** The process answers; whether it can search is `/ready`'s to say. */
export function getHealth(app: App): void {
  app.get(
    '/health',
    {
      schema: {
        tags: ['service'],
        summary: 'Is the process alive?',
        security: [],
        response: { 200: { description: 'It is.', ...Health } },
      },
    },
    async () => ({ status: 'ok' as const, version }),
  );
}
