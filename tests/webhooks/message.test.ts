/** The signatures, checked with the library of the specification: another implementation than ours. */
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { makeSecret, showSecret, writeMessage } from '../../api/webhooks/message.ts';
import { disableAfterMs, nextAttemptAt, retryDelaysMs } from '../../api/webhooks/retries.ts';

const event = {
  eventId: '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa',
  type: 'webhook.test',
  createdAt: new Date('2026-03-01T12:00:00Z'),
  payload: { title: 'Für Elise — „live“', count: 3, nested: { a: [1, null] } },
};

describe('a message', () => {
  const [secret, previous, strange] = [makeSecret(), makeSecret(), makeSecret()];
  const message = writeMessage(event, { secrets: [secret, previous], now: new Date() });

  it('is verified with the secret, and with the one before it', () => {
    for (const one of [secret, previous]) {
      const verified = new Webhook(showSecret(one)).verify(message.body, message.headers);
      expect(verified).toEqual({
        type: 'webhook.test',
        timestamp: '2026-03-01T12:00:00.000Z',
        data: event.payload,
      });
    }
  });

  it('is not verified with another secret, another body or another id', () => {
    const receiver = new Webhook(showSecret(secret));
    expect(() => new Webhook(showSecret(strange)).verify(message.body, message.headers)).toThrow();
    expect(() => receiver.verify(`${message.body} `, message.headers)).toThrow();
    expect(() => receiver.verify(message.body, { ...message.headers, 'webhook-id': 'other' })).toThrow();
  });

  it('has the same body and id at every attempt', () => {
    const later = writeMessage(event, { secrets: [secret], now: new Date(Date.now() + 3_600_000) });
    expect(later.body).toBe(message.body);
    expect(later.headers['webhook-id']).toBe(message.headers['webhook-id']);
    expect(later.headers['webhook-timestamp']).not.toBe(message.headers['webhook-timestamp']);
  });
});

describe('attempts', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const delayMs = (attemptCount: number, random: number) =>
    (nextAttemptAt(attemptCount, now, () => random)?.getTime() ?? Number.NaN) - now.getTime();

  it('are further and further apart, and never closer than the list says', () => {
    for (const [i, listed] of retryDelaysMs.entries()) {
      expect(delayMs(i + 1, 0)).toBe(listed);
      expect(delayMs(i + 1, 0.999)).toBeGreaterThan(listed * 1.19);
      expect(listed).toBeGreaterThan(retryDelaysMs[i - 1] ?? 0);
    }
  });

  it('end after three days, before a webhook that never answers is turned off', () => {
    const allMs = retryDelaysMs.reduce((sum, one) => sum + one);
    expect(allMs).toBeGreaterThan(3 * 24 * 3_600_000);
    expect(allMs).toBeLessThan(disableAfterMs);
    expect(nextAttemptAt(retryDelaysMs.length + 1, now)).toBeUndefined();
  });
});
