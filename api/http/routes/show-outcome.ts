import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { OutcomeView, showOutcome } from '../../registry/outcome.ts';
import { contentTypes, transforms } from '../../rules/match-facts.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const fact = (maximum: number, description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum, description }));

const Query = Type.Object(
  {
    scan_id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'A scan of yours that named the recording: its match is decided.',
      }),
    ),
    content_type: Type.Optional(Type.Enum([...contentTypes])),
    match_seconds: fact(
      86_400,
      'Without `scan_id`: what the match would be. All of it, where nothing is said.',
    ),
    percent_of_upload: fact(100, 'Without `scan_id`.'),
    percent_of_reference: fact(100, 'Without `scan_id`.'),
    false_match_probability: fact(1, 'Without `scan_id`.'),
    transform: Type.Optional(Type.Enum([...transforms], { description: 'Without `scan_id`.' })),
  },
  { additionalProperties: false },
);

export function showOutcomeRoute(app: App, context: Context): void {
  app.get(
    '/recordings/:id/outcome',
    {
      config: { scope: 'read:outcomes' },
      schema: {
        tags: ['policies'],
        summary: 'Show what follows from a match, in each territory and why',
        description:
          'By the rights and the policies of now. To whoever hears of the rights in the recording, and, with `scan_id`, to whoever ' +
          'found it in a scan of its own.',
        params: idParams('recording_id'),
        querystring: Query,
        response: {
          200: { description: 'What follows when all is confirmed.', ...OutcomeView },
          ...problems(...accessCodes, 'RECORDING_NOT_FOUND', 'SCAN_NOT_FOUND', 'TOO_MANY_ASSERTIONS'),
        },
      },
    },
    (request) => {
      const { query } = request;
      return showOutcome(contextFor(context, request), {
        recordingId: request.params.id,
        partyId: partyInView(callerOf(request)),
        scanId: query.scan_id,
        contentType: query.content_type,
        facts: {
          matchSeconds: query.match_seconds,
          percentOfUpload: query.percent_of_upload,
          percentOfReference: query.percent_of_reference,
          falseMatchProbability: query.false_match_probability,
          transform: query.transform,
        },
      });
    },
  );
}
