import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { MandateView, mandateCatalogs, mandatePurposes } from '../../registry/mandate-view.ts';
import { createMandate } from '../../registry/mandates.ts';
import { maxExternalIdCharacters, maxTextCharacters } from '../../registry/recording-metadata.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { problems } from '../problem.ts';

const maxLabels = 100;
const maxRecordings = 500;
/** Every country, and some to spare. */
const maxTerritories = 300;

const uuid = (description: string) => Type.String({ format: 'uuid', description });
const territories = (description: string, example: string) =>
  Type.Array(Type.String({ pattern: '^([A-Z]{2}|Worldwide)$' }), {
    maxItems: maxTerritories,
    uniqueItems: true,
    description,
    examples: [[example]],
  });

const Body = Type.Object(
  {
    party_id: Type.Optional(uuid('Who authorises; for operators. Your own party where it is not said.')),
    administrator_id: uuid('Who is authorised: a party with the role administrator, or auditor to audit.'),
    purpose: Type.Optional(
      Type.Enum([...mandatePurposes], {
        description:
          '`audit`: to read recordings, rights, claims, disputes and their reports. `administer` where it is not said.',
        examples: ['administer'],
      }),
    ),
    catalog: Type.Enum([...mandateCatalogs], { examples: ['label'] }),
    labels: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: maxTextCharacters }), {
        maxItems: maxLabels,
        description: 'With the catalog `label`: as they stand in the recordings.',
        examples: [['Harvest']],
      }),
    ),
    recording_ids: Type.Optional(
      Type.Array(Type.String({ format: 'uuid' }), {
        maxItems: maxRecordings,
        description: 'With the catalog `recordings`.',
      }),
    ),
    external_ids: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: maxExternalIdCharacters }), {
        maxItems: maxRecordings,
        description: 'With the catalog `recordings`: also of recordings that are still to be registered.',
        examples: [['catalog-000123']],
      }),
    ),
    territories_include: Type.Optional({
      ...territories('Worldwide where it is not said.', 'Worldwide'),
      minItems: 1,
    }),
    territories_exclude: Type.Optional(territories('None where it is not said.', 'US')),
    valid_from: Type.Optional(
      Type.String({ format: 'date-time', description: 'Now, where it is not said.' }),
    ),
    valid_until: Type.Optional(Type.String({ format: 'date-time', examples: ['2028-12-31T23:59:59Z'] })),
    evidence: Type.String({
      minLength: 1,
      maxLength: 1000,
      description: 'Where the agreement is to be found.',
      examples: ['Agreement 2026-014, signed 2026-01-12'],
    }),
  },
  { additionalProperties: false },
);

export function createMandateRoute(app: App, context: Context): void {
  app.post(
    '/mandates',
    {
      config: { scope: 'manage:mandates' },
      schema: {
        tags: ['mandates'],
        summary: 'Authorise an administrator or an auditor',
        description:
          'Within it the administrator registers, reads and asserts for you, with `on_behalf_of`; an auditor reads.',
        body: Body,
        response: {
          201: { description: 'As it was written down.', ...MandateView },
          ...problems(
            ...jsonCodes,
            'MANDATE_INVALID',
            'TERRITORY_INVALID',
            'PARTY_NOT_FOUND',
            'LIMIT_REACHED',
          ),
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const dateOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
      const mandate = await createMandate(contextFor(context, request), callerOf(request), {
        partyId: body.party_id,
        administratorId: body.administrator_id,
        purpose: body.purpose,
        catalog: body.catalog,
        labels: body.labels,
        recordingIds: body.recording_ids,
        externalIds: body.external_ids,
        territoriesInclude: body.territories_include,
        territoriesExclude: body.territories_exclude,
        validFrom: dateOf(body.valid_from),
        validUntil: dateOf(body.valid_until),
        evidence: body.evidence,
      });
      reply.status(201).header('location', `/v1/mandates/${mandate.mandate_id}`);
      return mandate;
    },
  );
}
