/** The OpenAPI 3.1 document: made from the same schemas that check requests and write answers. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui';
import { version } from './version.ts';

const description = `
Register recordings, and ask which seconds of an upload are which recording.

**Keys.** Every path under \`/v1\` needs an API key, as \`Authorization: Bearer emk_…\` or \`X-API-Key: emk_…\`.
\`earmark key create\` makes the first one of a party, \`POST /v1/keys\` further ones. A key is for the acts that its
*scopes* name, at the most for those that the *roles* of its party give: an *operator* may do everything for every party, a
*rightsholder* registers, sees and removes its own recordings and scans, reviews and decides its claims, a *platform* scans and
submits uploads and disputes claims for its accounts. What belongs to
another party is answered 404, as if it did not exist. \`/health\`, \`/ready\`, \`/metrics\`, \`/docs\` and
\`/openapi.json\` need no key; keep \`/metrics\` inside your network.

**Acting for another.** A party with the role *administrator* acts for the rights-holder that has given it a mandate, where a
path takes \`on_behalf_of\`: it registers, reads and asserts identifiers and rights, reviews and decides claims, within the catalog
and the period of the mandate.

**Errors** are problem+json (RFC 9457). Decide by \`code\`, which is stable. A 503 has \`Retry-After\` and says
nothing about the request: send it again. An empty \`matches\` is a finding; it is never the answer of a server that could not search.

**Webhooks.** What concerns your party is sent where you say, signed as Standard Webhooks has it (\`webhook-id\`,
\`webhook-timestamp\`, \`webhook-signature\`). It comes at least once and in no order: what comes twice has the same \`webhook-id\`.
Answer 2xx within 15 seconds. What is not delivered is tried again for three days and then kept as a dead letter, which can be replayed.

**Repeating.** A registration is idempotent by \`external_id\`; with an \`Idempotency-Key\` the first answer is kept for 24 hours.
A submission is idempotent by \`platform\` and \`external_id\`.
`;

export const openapiOptions: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'earmark',
      description,
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'recordings', description: 'What is registered.' },
      { name: 'rights', description: 'Whose it is, and where that is disputed.' },
      { name: 'policies', description: 'What a party wants done with uploads.' },
      { name: 'scans', description: 'What is in an upload.' },
      { name: 'submissions', description: 'Uploads that are reported, and what follows from them.' },
      { name: 'claims', description: 'Who claims what, and why.' },
      { name: 'reviews', description: 'Claims that a person has to look at.' },
      { name: 'disputes', description: 'What the uploader says, and what becomes of it.' },
      { name: 'allowlist', description: 'Accounts that are not claimed from.' },
      { name: 'reports', description: 'What happened in a period, as CSV or NDJSON.' },
      { name: 'parties', description: 'Who registers, scans and reviews.' },
      { name: 'mandates', description: 'Who may act for whom.' },
      { name: 'keys', description: 'What opens the API.' },
      { name: 'webhooks', description: 'Being told of what happens.' },
      { name: 'service', description: 'For whoever runs the server.' },
    ],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key: emk_…' },
        apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
  },
  // Names in the document are the names in the code, not def-0.
  refResolver: {
    buildLocalReference: ({ $id }, _baseUri, _fragment, i) => String($id ?? `schema-${i}`),
  },
  transform: ({ schema, url, route }) => {
    const { form, line } = route.config ?? {};
    if (form) return { schema: { ...schema, consumes: ['multipart/form-data'], body: form }, url };
    if (line) return { schema: { ...schema, consumes: ['application/x-ndjson'], body: line }, url };
    return { schema, url };
  },
};

export const docsOptions: FastifySwaggerUiOptions = {
  routePrefix: '/docs',
  staticCSP: true,
  // Served over plain HTTP inside a network too, where an upgrade would find nothing; and nothing leaves it.
  transformStaticCSP: (header) =>
    header.replace('upgrade-insecure-requests;', '').replace(' validator.swagger.io', ''),
  uiConfig: { validatorUrl: null, deepLinking: true, persistAuthorization: false },
};
