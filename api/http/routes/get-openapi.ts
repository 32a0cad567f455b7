import type { App } from '../fastify-types.ts';

export function getOpenapi(app: App): void {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
