import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEvents } from '../../api/registry/forget-events.ts';
import { runJobs } from '../../api/registry/run-jobs.ts';
import { type ConnectionPool, openConnections } from '../../api/store/connections.ts';
import { appendEvent } from '../../api/store/event.ts';
import { jobSchema } from '../../api/store/job-schema.ts';
import { openReceiver, type Receiver } from '../support/webhook-receiver.ts';
import { openWebhookServer, type WebhookServer } from '../support/webhook-server.ts';

const soon = { timeout: 15_000, interval: 20 };
const dayMs = 86_400_000;

let opened: WebhookServer;
let pool: ConnectionPool;
let receiver: Receiver;
beforeAll(async () => {
  opened = await openWebhookServer();
  pool = openConnections(opened.server.context.config.databaseUrl as string, 3);
});
afterAll(async () => {
  await pool?.close();
  await opened?.close();
});
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

const test = (partyId: string) =>
  ({ partyId, type: 'webhook.test', payload: {}, createdAt: opened.clock.now() }) as const;
const tenant = (partyId: string) => pool.under({ role: 'tenant', partyId, scopes: [] });

describe('an event', () => {
  it('is there with the transaction that it was appended in, or not at all', async () => {
    const { partyId, create, deliveries } = await opened.party('Alder');
    const { webhook_id: id } = await create({ url: receiver.url });
    const undone = tenant(partyId).transaction(async (on) => {
      await appendEvent(on, test(partyId));
      throw new Error('taken back');
    });
    await expect(undone).rejects.toThrow('taken back');
    expect(await deliveries(id)).toEqual([]);
    const eventId = await tenant(partyId).transaction((on) => appendEvent(on, test(partyId)));
    expect(await deliveries(id)).toMatchObject([{ event_id: eventId }]);
  });

  it('may be for another party, which alone sees it', async () => {
    const [platform, holder] = [await opened.party('Ash'), await opened.party('Aspen')];
    const { webhook_id: id } = await holder.create({ url: receiver.url });
    const eventId = await tenant(platform.partyId).transaction((on) => appendEvent(on, test(holder.partyId)));
    const seenBy = async (partyId: string) =>
      (await tenant(partyId).query({ text: 'select from event where event_id = $1', values: [eventId] }))
        .rowCount;
    expect([await seenBy(platform.partyId), await seenBy(holder.partyId)]).toEqual([0, 1]);
    expect(await holder.deliveries(id)).toMatchObject([{ event_id: eventId }]);
  });

  it('keeps no other transaction waiting that appends one for the same webhook', async () => {
    const { partyId, create, deliveries } = await opened.party('Beech');
    const { webhook_id: id } = await create({ url: receiver.url });
    await tenant(partyId).transaction(async (on) => {
      await appendEvent(on, test(partyId));
      await tenant(partyId).transaction((other) => appendEvent(other, test(partyId)));
      expect(await deliveries(id)).toHaveLength(1);
    });
    expect(await deliveries(id)).toHaveLength(2);
  });

  it('is forgotten with its deliveries when it is over its time, and not before', async () => {
    const { partyId, create, deliveries } = await opened.party('Birch');
    const { webhook_id: id } = await create({ url: receiver.url });
    const { context } = opened.server;
    await tenant(partyId).transaction((on) => appendEvent(on, test(partyId)));
    opened.clock.advance(context.config.eventDays * dayMs - 1000);
    const young = await tenant(partyId).transaction((on) => appendEvent(on, test(partyId)));
    const never = new AbortController().signal;
    await forgetEvents(context, never);
    expect(await deliveries(id)).toHaveLength(2);
    opened.clock.advance(2000);
    await forgetEvents(context, never);
    expect(await deliveries(id)).toMatchObject([{ event_id: young }]);
  });
});

describe('jobs', () => {
  it('are out of reach of every role but the one of the service', async () => {
    const count = { text: `select count(*)::int as count from ${jobSchema}.job` };
    const { partyId } = await opened.party('Cedar');
    await expect(tenant(partyId).query(count)).rejects.toMatchObject({ code: '42501' });
    await expect(pool.under({ role: 'operator' }).query(count)).rejects.toMatchObject({ code: '42501' });
    expect((await pool.under({ role: 'service' }).query(count)).rowCount).toBe(1);
  });

  it('let what has begun be finished when they are stopped, and begin nothing else', async () => {
    const { create, test: ask, deliveries } = await opened.party('Elm');
    const { webhook_id: id } = await create({ url: receiver.url });
    receiver.answer = (response) => setTimeout(() => response.end(), 800);
    await Promise.all(Array.from({ length: 12 }, () => ask(id)));
    await expect.poll(() => receiver.received.length, soon).toBe(4);
    await opened.jobs.stop();
    expect(await deliveries(id, '?state=delivered')).toHaveLength(4);
    expect(receiver.received).toHaveLength(4);

    const next = await runJobs(opened.server.context);
    await expect.poll(() => deliveries(id, '?state=delivered'), soon).toHaveLength(12);
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(12);
    expect(receiver.received).toHaveLength(12);
    await next.stop();
  });
});
