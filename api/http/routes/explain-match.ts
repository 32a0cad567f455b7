import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { drawExplanation } from '../../picture/explanation-picture.ts';
import { partyInView } from '../../registry/caller.ts';
import { explainMatch } from '../../registry/explain-match.ts';
import { ExplanationAnswer } from '../../registry/explanation-answer.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { problems } from '../problem.ts';
import { uploadTimeoutMs } from '../server-options.ts';
import { accessCodes } from '../upload-form.ts';
import type { UploadGate } from '../upload-gate.ts';

const svgType = 'image/svg+xml';

const Query = Type.Object(
  {
    format: Type.Optional(
      Type.Enum(['json', 'svg'], {
        description: '`svg`: the picture, as with `Accept: image/svg+xml`. `json` where it is not said.',
        examples: ['svg'],
      }),
    ),
  },
  { additionalProperties: false },
);

export function explainMatchRoute(app: App, context: Context, gate: UploadGate): void {
  app.get(
    '/scans/:id/matches/:recording_id/explanation',
    {
      config: { scope: 'read:scans', takesPlace: true },
      // It waits for a thread as a scan does.
      handlerTimeout: uploadTimeoutMs(context.config),
      schema: {
        tags: ['scans'],
        summary: 'Explain a match, or why there is none',
        description:
          'Both constellations laid over each other, which peaks agree, votes by offset, tempo and pitch, and the reason ' +
          'for a missing match. Within a scan a match is known by its recording, so the same address says why a recording ' +
          'is not in it. The pair is searched again with the transforms of the scan, against the reference and the size of ' +
          'the index of now. Your own scans, and of recordings that the scan did not report your own; an operator those of ' +
          'all parties. What was scanned is kept for a limited time (`EARMARK_SCAN_FINGERPRINT_DAYS`).',
        params: Type.Object({
          id: Type.String({ format: 'uuid', description: '`scan_id`' }),
          recording_id: Type.String({ format: 'uuid', description: '`recording_id`' }),
        }),
        querystring: Query,
        response: {
          200: {
            description: 'The explanation; `image/svg+xml` is the same as a picture.',
            content: {
              'application/json': { schema: ExplanationAnswer },
              [svgType]: { schema: Type.String() },
            },
          },
          ...problems(
            ...accessCodes,
            'SCAN_NOT_FOUND',
            'RECORDING_NOT_FOUND',
            'SCAN_FINGERPRINT_GONE',
            'FINGERPRINT_VERSION_UNSUPPORTED',
            'INDEX_NOT_READY',
            'POOL_FULL',
          ),
        },
      },
    },
    async (request, reply) => {
      using _place = gate.enter();
      const { id: scanId, recording_id: recordingId } = request.params;
      const partyId = partyInView(callerOf(request));
      const explanation = await explainMatch(contextFor(context, request), { partyId, scanId, recordingId });
      reply.header('vary', 'accept');
      if (!wantsPicture(request.query.format, request.headers.accept)) return explanation;
      reply.type(svgType);
      return drawExplanation(explanation);
    },
  );
}

/** A browser that asks for pages and pictures alike, and a client that takes anything, get JSON. */
function wantsPicture(format: 'json' | 'svg' | undefined, accept = ''): boolean {
  return format === undefined ? accept.split(',')[0]?.split(';')[0]?.trim() === svgType : format === 'svg';
}
