import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { disableAfterMs, retryDelaysMs } from '../../api/webhooks/retries.ts';
import { answering, openReceiver, type Received, type Receiver } from '../support/webhook-receiver.ts';
import { type MadeWebhook, openWebhookServer, type WebhookServer } from '../support/webhook-server.ts';

const soon = { timeout: 15_000, interval: 50 };
const nobodys = '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa';

let opened: WebhookServer;
let receiver: Receiver;
beforeAll(async () => {
  opened = await openWebhookServer();
});
afterAll(() => opened?.close());
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

const verifiedBy = (secret: string, { body, headers }: Received) => {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return new Webhook(secret).verify(body, given);
};
const isVerifiedBy = (secret: string, received: Received) => {
  try {
    return verifiedBy(secret, received) !== undefined;
  } catch {
    return false;
  }
};

describe('a webhook', () => {
  it('is told of an event, signed so that the library of the specification verifies it', async () => {
    const party = await opened.party('Alder');
    const made = await party.create({ url: receiver.url, description: 'ours' });
    expect(made).toMatchObject({
      state: 'enabled',
      event_types: [],
      secret: expect.stringMatching(/^whsec_/),
    });
    const eventId = await party.test(made.webhook_id);
    await expect.poll(() => receiver.received.length, soon).toBe(1);
    const [received] = receiver.received as [Received];
    expect(received.id).toBe(eventId);
    expect(verifiedBy(made.secret, received)).toMatchObject({
      type: 'webhook.test',
      data: { webhook_id: made.webhook_id },
    });
    await expect
      .poll(() => party.deliveries(made.webhook_id, '?state=delivered'), soon)
      .toMatchObject([
        { event_id: eventId, attempt_count: 1, last_status: 204, last_error: null, next_attempt_at: null },
      ]);
  });

  it('shows its secret once', async () => {
    const { client, create } = await opened.party('Ash');
    const made = await create({ url: receiver.url });
    const rotated = await client.json<MadeWebhook>('POST', `/v1/webhooks/${made.webhook_id}/rotate`, {});
    expect(rotated.body.secret).not.toBe(made.secret);
    const shown = [
      await client.send(`/v1/webhooks/${made.webhook_id}`),
      await client.send('/v1/webhooks'),
      await client.json('PATCH', `/v1/webhooks/${made.webhook_id}`, { description: 'changed' }),
    ];
    for (const { status, body } of shown) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toMatch(/whsec_|"secret"/);
    }
  });

  it('is changed and removed, by its party alone', async () => {
    const [owner, other] = [await opened.party('Beech'), await opened.party('Birch')];
    const { webhook_id: id } = await owner.create({ url: receiver.url });
    const path = `/v1/webhooks/${id}`;
    const changed = await owner.client.json('PATCH', path, {
      event_types: ['webhook.disabled'],
      enabled: false,
    });
    expect(changed.body).toMatchObject({
      event_types: ['webhook.disabled'],
      state: 'disabled',
      disabled_reason: 'by_party',
    });
    const test = await owner.client.send(`${path}/test`, { method: 'POST' });
    expect([test.status, test.body.code]).toEqual([409, 'WEBHOOK_DISABLED']);
    for (const [method, where] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/test`],
    ] as const) {
      const answer = await other.client.send(where, { method });
      expect([method, answer.status, answer.body.code]).toEqual([method, 404, 'WEBHOOK_NOT_FOUND']);
    }
    expect((await owner.client.send(path, { method: 'DELETE' })).status).toBe(200);
    expect((await owner.client.send(path)).status).toBe(404);
  });

  it('is one of a bounded number, for known events, and takes no unknown property', async () => {
    const { client, create } = await opened.party('Cedar');
    const refused = await client.json('POST', '/v1/webhooks', {
      url: receiver.url,
      event_types: ['unknown.type'],
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'REQUEST_INVALID']);
    for (let i = 0; i < 20; i++) await create({ url: receiver.url });
    const onceMore = await client.json('POST', '/v1/webhooks', { url: receiver.url });
    expect([onceMore.status, onceMore.body.code]).toEqual([409, 'LIMIT_REACHED']);
  });
});

describe('an event', () => {
  it('is told to the webhooks of its party that are for it, once to each', async () => {
    const party = await opened.party('Elm');
    const stranger = await opened.party('Fir');
    const all = await party.create({ url: `${receiver.url}/all` });
    const some = await party.create({ url: receiver.url, event_types: ['webhook.disabled'] });
    const theirs = await stranger.create({ url: receiver.url });
    const eventId = await opened.server.records.store.appendEvent({
      partyId: party.partyId,
      type: 'webhook.test',
      payload: { some: 'thing' },
      createdAt: opened.clock.now(),
    });
    await expect
      .poll(() => party.deliveries(all.webhook_id), soon)
      .toMatchObject([{ event_id: eventId, state: 'delivered' }]);
    expect(await party.deliveries(some.webhook_id)).toEqual([]);
    expect(await stranger.deliveries(theirs.webhook_id)).toEqual([]);
    expect(receiver.received.map(({ id, message }) => [id, message.data])).toEqual([
      [eventId, { some: 'thing' }],
    ]);
  });
});

describe('a rotated secret', () => {
  it('signs together with the new one for as long as was asked, and no longer', async () => {
    const party = await opened.party('Hazel');
    const made = await party.create({ url: receiver.url });
    const rotation = { grace_seconds: 60 };
    const path = `/v1/webhooks/${made.webhook_id}/rotate`;
    const rotated = (await party.client.json<MadeWebhook>('POST', path, rotation)).body;
    await party.test(made.webhook_id);
    await expect.poll(() => receiver.received.length, soon).toBe(1);
    opened.clock.advance(61_000);
    await party.test(made.webhook_id);
    await expect.poll(() => receiver.received.length, soon).toBe(2);
    const [during, after] = receiver.received as [Received, Received];
    const by = (received: Received) => [made, rotated].map(({ secret }) => isVerifiedBy(secret, received));
    expect([by(during), by(after)]).toEqual([
      [true, true],
      [false, true],
    ]);
  });
});

describe('what does not arrive', () => {
  it('is tried again when the clock says so, under the same id, then dead, and can be replayed', async () => {
    const party = await opened.party('Larch');
    const { webhook_id: id } = await party.create({ url: receiver.url });
    receiver.answer = answering(503);
    const eventId = await party.test(id);
    for (const [i, delayMs] of retryDelaysMs.entries()) {
      await expect
        .poll(() => party.deliveries(id), soon)
        .toMatchObject([
          { state: 'pending', attempt_count: i + 1, last_status: 503, last_error: 'answered 503' },
        ]);
      const [delivery] = await party.deliveries(id);
      const dueInMs = Date.parse(delivery?.next_attempt_at as string) - opened.clock.now().getTime();
      expect(dueInMs).toBeGreaterThanOrEqual(delayMs);
      expect(dueInMs).toBeLessThanOrEqual(delayMs * 1.2 + 1);
      // Before it is due nothing is sent, however long it takes.
      if (i === 0) {
        opened.clock.advance(delayMs - 1);
        await new Promise((resolve) => setTimeout(resolve, 2500));
        expect(receiver.received.length).toBe(1);
      }
      opened.clock.advance(dueInMs);
    }
    await expect
      .poll(() => party.deliveries(id, '?state=dead'), soon)
      .toMatchObject([{ event_id: eventId, attempt_count: retryDelaysMs.length + 1, next_attempt_at: null }]);
    receiver.answer = answering(200);
    const replayed = await party.client.json('POST', `/v1/webhooks/${id}/replay`, {});
    expect(replayed.body).toEqual({ replayed: 1 });
    await expect
      .poll(() => party.deliveries(id), soon)
      .toMatchObject([{ state: 'delivered', attempt_count: 1 }]);
    expect(receiver.received.length).toBe(retryDelaysMs.length + 2);
    expect(new Set(receiver.received.map((one) => one.id))).toEqual(new Set([eventId]));
    expect(new Set(receiver.received.map((one) => one.body)).size).toBe(1);
    const again = await party.client.json('POST', `/v1/webhooks/${id}/replay`, { event_id: eventId });
    expect(again.body).toEqual({ replayed: 1 });
    await expect.poll(() => receiver.received.length, soon).toBe(retryDelaysMs.length + 3);
    const unknown = await party.client.json('POST', `/v1/webhooks/${id}/replay`, { event_id: nobodys });
    expect(unknown.body).toEqual({ replayed: 0 });
  }, 120_000);

  it('for days turns the webhook off, which is an event for the others of the party', async () => {
    const party = await opened.party('Maple');
    const dead = await party.create({ url: 'http://127.0.0.1:1/' });
    const other = await party.create({ url: receiver.url, event_types: ['webhook.disabled'] });
    await party.test(dead.webhook_id);
    await expect
      .poll(() => party.deliveries(dead.webhook_id), soon)
      .toMatchObject([{ attempt_count: 1, last_error: 'ECONNREFUSED' }]);
    opened.clock.advance(disableAfterMs);
    const shown = async () => (await party.client.send(`/v1/webhooks/${dead.webhook_id}`)).body;
    await expect.poll(shown, soon).toMatchObject({ state: 'disabled', disabled_reason: 'failing' });
    await expect
      .poll(() => receiver.received, soon)
      .toMatchObject([
        { message: { type: 'webhook.disabled', data: { webhook_id: dead.webhook_id, reason: 'failing' } } },
      ]);
    expect((await party.deliveries(other.webhook_id)).length).toBe(1);
    const enabled = { url: receiver.url, enabled: true };
    expect((await party.client.json('PATCH', `/v1/webhooks/${dead.webhook_id}`, enabled)).body).toMatchObject(
      {
        state: 'enabled',
        failing_since: null,
      },
    );
  });

  it('because the receiver says 410 turns it off at once', async () => {
    const party = await opened.party('Oak');
    const { webhook_id: id } = await party.create({ url: receiver.url });
    receiver.answer = answering(410);
    await party.test(id);
    const shown = async () => (await party.client.send(`/v1/webhooks/${id}`)).body;
    await expect.poll(shown, soon).toMatchObject({ state: 'disabled', disabled_reason: 'gone' });
  });

  it('to one webhook keeps nobody else waiting, and is asked for by few requests at once', async () => {
    const party = await opened.party('Pine');
    const slow = await openReceiver();
    let [open, most] = [0, 0];
    slow.answer = (response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end();
      }, 400);
    };
    const { webhook_id: slowId } = await party.create({ url: slow.url });
    const { webhook_id: id } = await party.create({ url: receiver.url });
    await Promise.all(Array.from({ length: 20 }, () => party.test(slowId)));
    await party.test(id);
    await expect.poll(() => receiver.received.length, soon).toBe(1);
    await expect.poll(() => slow.received.length, soon).toBe(20);
    expect(new Set(slow.received.map((one) => one.id)).size).toBe(20);
    expect(most).toBeLessThanOrEqual(4);
    await slow.close();
  });
});

describe('a target that is not public', () => {
  it('is refused when the webhook is made and when it is changed', async () => {
    const strict = await openWebhookServer({ webhookAllowPrivate: false });
    const { client, create } = await strict.party('Rowan');
    const { webhook_id: id } = await create({ url: 'https://hooks.example/' });
    for (const url of [
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://localhost/',
      'http://hooks.example/',
    ]) {
      for (const [method, path] of [
        ['POST', '/v1/webhooks'],
        ['PATCH', `/v1/webhooks/${id}`],
      ] as const) {
        const answer = await client.json(method, path, { url });
        expect([url, answer.status, answer.body.code]).toEqual([url, 400, 'WEBHOOK_TARGET_FORBIDDEN']);
      }
    }
    await strict.close();
  });
});
