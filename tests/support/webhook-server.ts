/** A server that works on its jobs, on a clock that stands until a test moves it, and may reach receivers on this machine. */
import type { Config } from '../../api/config.ts';
import { type Jobs, runJobs } from '../../api/registry/run-jobs.ts';
import type { DeliveryView, WebhookView } from '../../api/registry/webhook-view.ts';
import { HttpClient } from './http-client.ts';
import { createKeyOf, openTestServer, type TestServer } from './server.ts';
import { SettableClock } from './settable-clock.ts';

export type MadeWebhook = WebhookView & { readonly secret: string };
export type WebhookServer = {
  readonly server: TestServer;
  readonly clock: SettableClock;
  readonly jobs: Jobs;
  /** A party of its own. */
  party(name: string): Promise<WebhookParty>;
  close(): Promise<void>;
};
type WebhookParty = {
  readonly client: HttpClient;
  readonly partyId: string;
  create(terms: object): Promise<MadeWebhook>;
  test(webhookId: string): Promise<string>;
  deliveries(webhookId: string, query?: string): Promise<DeliveryView[]>;
};

export async function openWebhookServer(config: Partial<Config> = {}): Promise<WebhookServer> {
  const clock = new SettableClock();
  const server = await openTestServer({
    config: { webhookAllowPrivate: true, ...config },
    overrides: { clock },
  });
  const jobs = await runJobs(server.context);
  return {
    server,
    clock,
    jobs,
    async party(partyName) {
      const { key, partyId } = await createKeyOf(server.records, { partyName, role: 'rightsholder' });
      const client = new HttpClient(server.address, key);
      return {
        client,
        partyId,
        create: async (terms) => (await client.json<MadeWebhook>('POST', '/v1/webhooks', terms)).body,
        test: async (webhookId) => {
          const path = `/v1/webhooks/${webhookId}/test`;
          return (await client.send<{ event_id: string }>(path, { method: 'POST' })).body.event_id;
        },
        deliveries: async (webhookId, query = '') => {
          const path = `/v1/webhooks/${webhookId}/deliveries${query}`;
          return (await client.send<{ deliveries: DeliveryView[] }>(path)).body.deliveries;
        },
      };
    },
    async close() {
      await jobs.stop();
      await server.close();
    },
  };
}
