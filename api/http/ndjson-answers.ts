/** Answers as NDJSON, while they are read; whoever asked has its place until they end. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ndjsonType } from './ndjson-body.ts';

export function sendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  answers: AsyncIterable<object>,
  place: Disposable,
): FastifyReply {
  async function* lines() {
    using _place = place;
    for await (const answer of answers) yield `${JSON.stringify(answer)}\n`;
  }
  // One answer ahead of whoever reads: more would only wait in memory.
  const stream = Readable.from(lines(), { objectMode: true, highWaterMark: 1 });
  // Also where it is given up before the first line was asked for.
  stream.once('close', () => place[Symbol.dispose]());
  stream.once('error', (error) => request.log.warn({ err: error }, 'a stream of lines broke off'));
  return reply.type(ndjsonType).send(stream);
}
