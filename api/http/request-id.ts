/** A request id comes from the caller or is made here; it goes into every log line, the answer and every problem. */
import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';

/** Only what cannot forge a log line or a header is taken over; anything else is replaced. */
const acceptable = /^[A-Za-z0-9._:-]{1,100}$/;

export function requestIdOf(message: Pick<IncomingMessage, 'headers'>): string {
  const given = message.headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : uuidv7();
}
