import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { RegistryError } from '../../errors.ts';
import type { App } from '../fastify-types.ts';
import { problems } from '../problem.ts';

const Ready = Type.Object({
  status: Type.Literal('ready'),
  index_position: Type.Integer({
    description: 'Change-feed position the index has reached.',
    examples: [1204],
  }),
  feed_position: Type.Integer({
    description: 'Position of the last entry of the change feed.',
    examples: [1204],
  }),
});

/** 503 until a search would see everything that is registered: a false "no match" is the expensive answer. */
export function getReady(app: App, context: Context): void {
  app.get(
    '/ready',
    {
      schema: {
        tags: ['service'],
        summary: 'Can it search?',
        security: [],
        response: {
          200: { description: 'It can.', ...Ready },
          ...problems('INDEX_NOT_READY', 'STORE_UNAVAILABLE', 'SERVER_STOPPING'),
        },
      },
    },
    async () => {
      const feedPosition = await context.store.feedHead();
      const { position, ready } = context.index.status();
      if (!ready) {
        throw new RegistryError(
          'INDEX_NOT_READY',
          `The index is at position ${position} of ${feedPosition} of the change feed.`,
        );
      }
      return { status: 'ready' as const, index_position: position, feed_position: feedPosition };
    },
  );
}
