import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendMessage } from '../../api/webhooks/send-message.ts';
import { answering, openReceiver, type Receiver } from '../support/webhook-receiver.ts';

const message = { body: '{"type":"webhook.test"}', headers: { 'webhook-id': 'one' } };
const lenient = { allowPrivate: true };
const toLoopback = async () => [{ address: '127.0.0.1', family: 4 }];

let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

describe('a message is delivered', () => {
  it('where any 2xx is answered, and nowhere else', async () => {
    for (const status of [200, 201, 204, 299]) {
      receiver.answer = answering(status);
      expect(await sendMessage(receiver.url, message, lenient)).toEqual({ isDelivered: true, status });
    }
    for (const status of [400, 404, 410, 429, 500, 503]) {
      receiver.answer = answering(status);
      const outcome = await sendMessage(receiver.url, message, lenient);
      expect(outcome).toEqual({ isDelivered: false, status, error: `answered ${status}` });
    }
    expect(new Set(receiver.received.map(({ body }) => body))).toEqual(new Set([message.body]));
  });

  it('whatever else is answered, of which no more than some is read', async () => {
    let written = 0;
    receiver.answer = (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384))) written += 16_384;
      };
      response.on('drain', more);
      more();
    };
    expect(await sendMessage(receiver.url, message, lenient)).toEqual({ isDelivered: true, status: 200 });
    await expect.poll(() => written, { interval: 300 }).toBe(written);
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });
});

describe('a message is not delivered', () => {
  it('where it is told to go elsewhere, and does not go there', async () => {
    const elsewhere = await openReceiver();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answer = answering(status, { location: elsewhere.url });
      const outcome = await sendMessage(receiver.url, message, lenient);
      expect(outcome).toMatchObject({
        isDelivered: false,
        status,
        error: expect.stringContaining('redirects'),
      });
    }
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  it('where nobody listens, or it is cut off', async () => {
    expect(await sendMessage('http://127.0.0.1:1/', message, lenient)).toEqual({
      isDelivered: false,
      error: 'ECONNREFUSED',
    });
    receiver.answer = (response) => response.destroy();
    expect(await sendMessage(receiver.url, message, lenient)).toMatchObject({ error: 'ECONNRESET' });
  });

  it('where nothing is answered before it is broken off', async () => {
    receiver.answer = () => undefined;
    const signal = AbortSignal.timeout(200);
    expect(await sendMessage(receiver.url, message, { ...lenient, signal })).toMatchObject({
      isDelivered: false,
    });
    const never = () => Promise.withResolvers<never>().promise;
    const asking = { ...lenient, resolve: never, signal: AbortSignal.timeout(50) };
    expect(await sendMessage('http://slow.example/', message, asking)).toMatchObject({ isDelivered: false });
  });

  it('to this machine, by address or by name, whatever stood in its place when it was made', async () => {
    const { port } = new URL(receiver.url);
    for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', 'rebound.example']) {
      const outcome = await sendMessage(`https://${host}:${port}/`, message, {
        allowPrivate: false,
        ...(host === 'rebound.example' ? { resolve: toLoopback } : {}),
      });
      expect([host, outcome]).toEqual([
        host,
        { isDelivered: false, error: expect.stringContaining('not sent') },
      ]);
    }
    expect(receiver.received).toEqual([]);
  });
});

describe('the connection', () => {
  it('is made to the address that was checked, and to nothing that the name means by then', async () => {
    const { port } = new URL(receiver.url);
    let asked = 0;
    const resolve = () => {
      asked += 1;
      return toLoopback();
    };
    const outcome = await sendMessage(`http://no-such-name.invalid:${port}/`, message, {
      ...lenient,
      resolve,
    });
    expect([outcome.isDelivered, asked]).toEqual([true, 1]);
    expect(receiver.received[0]?.headers.host).toBe(`no-such-name.invalid:${port}`);
  });
});
