import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { LoadAnswer, loadMetadata } from '../../registry/load-metadata.ts';
import { type MetadataFormat, metadataColumns, readMetadataRows } from '../../registry/metadata-rows.ts';
import { callerOf, contextFor } from '../access.ts';
import { admitBody } from '../expect-continue.ts';
import type { App } from '../fastify-types.ts';
import { acceptNdjson, ndjsonType, withoutLongPauses } from '../ndjson-body.ts';
import { problems } from '../problem.ts';
import { uploadTimeoutMs } from '../server-options.ts';
import { accessCodes } from '../upload-form.ts';
import type { UploadGate } from '../upload-gate.ts';

const csvType = 'text/csv';

const Query = Type.Object(
  {
    delivery: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '^[^\\u0000-\\u001f\\u007f]+$',
        description: 'The message or file that says so, as you name it.',
        examples: ['ERN 2026-01-31 0007'],
      }),
    ),
    only_existing: Type.Optional(
      Type.Boolean({ description: 'Make no recording: rows of unknown ones are refused.' }),
    ),
  },
  { additionalProperties: false },
);

/** Alone on its scope: it is the only one that takes CSV. */
export function loadMetadataRoute(app: App, context: Context, gate: UploadGate): void {
  acceptNdjson(app);
  app.addContentTypeParser(csvType, (_request, payload, done) => done(null, payload));
  app.post(
    '/recordings/metadata',
    {
      config: { scope: 'register:recordings', takesPlace: true },
      handlerTimeout: uploadTimeoutMs(context.config),
      schema: {
        tags: ['recordings'],
        summary: 'Load many rows of metadata',
        description:
          'CSV with a header, or NDJSON with an object a line; external_id names the recording, and is followed by any of ' +
          `${metadataColumns.slice(1).join(', ')}. Recordings are made where there are none, and what is given replaces ` +
          'what was; identifiers are kept beside those asserted before. The answer is NDJSON, while you send: rows that are ' +
          'refused or at odds with other assertions, and how many are merged and durable. The last line is `done`; where it ' +
          'is missing, send all of it again: what was merged is unchanged.',
        querystring: Query,
        response: {
          200: {
            description: 'A stream of these.',
            content: { [ndjsonType]: { schema: Type.Unsafe<unknown>(LoadAnswer) } },
          },
          ...problems(...accessCodes, 'CONTENT_TYPE_UNSUPPORTED', 'METADATA_INVALID', 'POOL_FULL'),
        },
      },
    },
    async (request, reply) => {
      using places = new DisposableStack();
      const place = places.use(gate.enter());
      admitBody(request.raw, reply.raw);
      const { delivery, only_existing: onlyExisting } = request.query;
      const load = { partyId: callerOf(request).partyId, delivery, onlyExisting };
      const bytes = withoutLongPauses(request.raw, context.config.maxPauseMs);
      const rows = readMetadataRows(formatOf(request.headers['content-type']), bytes);
      const answers = loadMetadata(contextFor(context, request), load, rows);
      // Before the head goes out: a header that is none is answered as a problem.
      const first = await answers.next();
      places.move();
      async function* lines() {
        using _place = place;
        if (!first.done) yield `${JSON.stringify(first.value)}\n`;
        for await (const answer of answers) yield `${JSON.stringify(answer)}\n`;
      }
      const stream = Readable.from(lines(), { objectMode: true, highWaterMark: 1 });
      // Also where it is given up before the first line was asked for.
      stream.once('close', () => place[Symbol.dispose]());
      stream.once('error', (error) => request.log.warn({ err: error }, 'a load of metadata broke off'));
      return reply.type(ndjsonType).send(stream);
    },
  );
}

/** A body without a type has no rows either. */
function formatOf(contentType: string | undefined): MetadataFormat {
  return contentType?.startsWith(csvType) ? 'csv' : 'ndjson';
}
