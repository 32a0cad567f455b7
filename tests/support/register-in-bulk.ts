/** Registers in one stream of lines, as a client does that reads answers while it sends. */
import { expect } from 'vitest';
import type { RegistrationAnswer } from '../../api/registry/register-recordings.ts';
import type { HttpClient } from './http-client.ts';

export const registrationLine = (
  externalId: string,
  fingerprint: Uint8Array,
  metadata: Readonly<Record<string, string>> = {},
): string =>
  `${JSON.stringify({ external_id: externalId, ...metadata, fingerprint: Buffer.from(fingerprint).toString('base64') })}\n`;

export async function* registerInBulk(
  { address, key }: Pick<HttpClient, 'address' | 'key'>,
  lines: Iterable<string> | AsyncIterable<string>,
  query = '',
): AsyncGenerator<RegistrationAnswer> {
  const response = await fetch(`${address}/v1/recordings/bulk${query}`, {
    method: 'POST',
    body: ReadableStream.from(lines).pipeThrough(new TextEncoderStream()),
    duplex: 'half',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
  } as RequestInit);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  let text = '';
  const decoded = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream());
  for await (const chunk of decoded) {
    const parts = (text + chunk).split('\n');
    text = parts.pop() as string;
    for (const part of parts) yield JSON.parse(part) as RegistrationAnswer;
  }
  expect(text).toBe('');
}
