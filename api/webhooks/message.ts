/**
 * A message as it is sent: body and headers of the Standard Webhooks specification
 * (https://github.com/standard-webhooks/standard-webhooks). HMAC-SHA256 is Node's own; the library of the specification
 * brings one written in JavaScript, and is what the tests check these signatures with.
 */
import { createHmac, randomBytes } from 'node:crypto';

/** 24 to 64 bytes, says the specification. */
const secretBytes = 32;

export type Message = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

export function makeSecret(): Buffer {
  return randomBytes(secretBytes);
}

export function showSecret(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`;
}

/**
 * The body depends on the event alone, so that it is the same at every attempt. Signed with every secret that is in
 * force, the newest first: a receiver takes whichever it has.
 */
export function writeMessage(
  event: {
    readonly eventId: string;
    readonly type: string;
    readonly createdAt: Date;
    readonly payload: unknown;
  },
  { secrets, now }: { readonly secrets: readonly Uint8Array[]; readonly now: Date },
): Message {
  const { eventId, type, createdAt, payload } = event;
  const body = JSON.stringify({ type, timestamp: createdAt.toISOString(), data: payload });
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const sign = (secret: Uint8Array) =>
    `v1,${createHmac('sha256', secret).update(`${eventId}.${timestamp}.${body}`).digest('base64')}`;
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'earmark',
      'webhook-id': eventId,
      'webhook-timestamp': timestamp,
      'webhook-signature': secrets.map(sign).join(' '),
    },
  };
}
