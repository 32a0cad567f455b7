import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpMeaning } from '../../api/errors.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

type Operation = {
  summary?: string;
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
};
type Methods = { get?: Operation; post?: Operation; delete?: Operation };
type Document = {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Methods>;
  components: { schemas: { Problem: object }; securitySchemes: Record<string, object> };
  security: object[];
};

const openPaths = ['/health', '/metrics', '/ready'];

describe('the OpenAPI document', () => {
  let server: TestServer;
  let document: Document;
  let operations: { path: string; method: string; operation: Operation }[];

  beforeAll(async () => {
    server = await openTestServer();
    document = (await server.anonymous.send<Document>('/openapi.json')).body;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
  });
  afterAll(() => server.close());

  it('is OpenAPI 3.1 with the fields that it must have', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info).toMatchObject({
      title: 'earmark',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
  });

  it('describes the whole API', () => {
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual([
      'DELETE /v1/allowlist/{id}',
      'DELETE /v1/policies/{id}/default',
      'DELETE /v1/recordings/{id}',
      'DELETE /v1/recordings/{id}/policy',
      'DELETE /v1/webhooks/{id}',
      'GET /health',
      'GET /metrics',
      'GET /ready',
      'GET /v1/allowlist',
      'GET /v1/claims',
      'GET /v1/claims/{id}',
      'GET /v1/claims/{id}/events',
      'GET /v1/disputes',
      'GET /v1/disputes/{id}',
      'GET /v1/identifiers',
      'GET /v1/keys',
      'GET /v1/mandates',
      'GET /v1/mandates/{id}',
      'GET /v1/ownership-conflicts',
      'GET /v1/ownership-conflicts/{id}',
      'GET /v1/parties',
      'GET /v1/parties/{id}',
      'GET /v1/policies',
      'GET /v1/policies/{id}',
      'GET /v1/recordings',
      'GET /v1/recordings/search',
      'GET /v1/recordings/{id}',
      'GET /v1/recordings/{id}/excluded-intervals',
      'GET /v1/recordings/{id}/identifiers',
      'GET /v1/recordings/{id}/outcome',
      'GET /v1/recordings/{id}/rights',
      'GET /v1/reports/challenged-precision',
      'GET /v1/reports/claims',
      'GET /v1/reports/disputes',
      'GET /v1/reports/matches',
      'GET /v1/retroscans',
      'GET /v1/retroscans/{id}',
      'GET /v1/reviews',
      'GET /v1/scans/{id}',
      'GET /v1/scans/{id}/matches/{recording_id}/explanation',
      'GET /v1/submissions',
      'GET /v1/submissions/{id}',
      'GET /v1/webhooks',
      'GET /v1/webhooks/{id}',
      'GET /v1/webhooks/{id}/deliveries',
      'PATCH /v1/webhooks/{id}',
      'POST /v1/allowlist',
      'POST /v1/claims/{id}/disputes',
      'POST /v1/claims/{id}/events',
      'POST /v1/disputes/{id}/counter-statements',
      'POST /v1/disputes/{id}/events',
      'POST /v1/keys',
      'POST /v1/keys/{id}/revoke',
      'POST /v1/keys/{id}/rotate',
      'POST /v1/mandates',
      'POST /v1/mandates/{id}/revoke',
      'POST /v1/ownership-conflicts/{id}/decisions',
      'POST /v1/parties',
      'POST /v1/policies',
      'POST /v1/policies/{id}/activate',
      'POST /v1/policies/{id}/simulation',
      'POST /v1/policies/{id}/versions',
      'POST /v1/recordings',
      'POST /v1/recordings/bulk',
      'POST /v1/recordings/metadata',
      'POST /v1/recordings/{id}/excluded-intervals/{excluded_interval_id}/lift',
      'POST /v1/recordings/{id}/identifiers',
      'POST /v1/recordings/{id}/identifiers/{identifier_assertion_id}/withdraw',
      'POST /v1/recordings/{id}/rights',
      'POST /v1/recordings/{id}/rights/{rights_assertion_id}/withdraw',
      'POST /v1/retroscans',
      'POST /v1/reviews/take',
      'POST /v1/reviews/{id}/decide',
      'POST /v1/reviews/{id}/return',
      'POST /v1/reviews/{id}/take',
      'POST /v1/scans',
      'POST /v1/submissions',
      'POST /v1/submissions/bulk',
      'POST /v1/webhooks',
      'POST /v1/webhooks/{id}/replay',
      'POST /v1/webhooks/{id}/rotate',
      'POST /v1/webhooks/{id}/test',
      'PUT /v1/ownership-conflicts/{id}/reviewer',
      'PUT /v1/parties/{id}/roles',
      'PUT /v1/policies/{id}/default',
      'PUT /v1/recordings/{id}/policy',
    ]);
  });

  it('resolves every $ref within itself', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    const seen = new Set([...references].map((match) => match[1] as string));
    expect(seen.size).toBeGreaterThan(0);
    for (const reference of seen) {
      const steps = reference.replace(/^#\//, '').split('/');
      expect(
        steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], document),
      ).toBeTypeOf('object');
    }
  });

  it('declares each parameter of a path, required, and no 3.0 "nullable"', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required === true)).toBe(true);
    }
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('has a summary, a success and a described answer for every operation', () => {
    for (const { operation } of operations) {
      expect(operation.summary).toBeTruthy();
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
      for (const response of Object.values(operation.responses)) expect(response.description).toBeTruthy();
    }
  });

  it('answers every refusal as problem+json', () => {
    for (const { operation } of operations) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        expect(content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        });
      }
    }
  });

  it('names codes under the status that they are answered with', () => {
    for (const { operation } of operations) {
      for (const [status, { description }] of Object.entries(operation.responses)) {
        for (const [, code] of description.matchAll(/`([A-Z_]+)`:/g)) {
          expect(httpMeaning[code as keyof typeof httpMeaning].status).toBe(Number(status));
        }
      }
    }
  });

  it('takes uploads as multipart forms with an audio and a fingerprint part', () => {
    for (const path of ['/v1/recordings', '/v1/scans']) {
      const content = document.paths[path]?.post?.requestBody?.content ?? {};
      expect(Object.keys(content)).toEqual(['multipart/form-data']);
      expect(content['multipart/form-data']?.schema).toMatchObject({
        properties: { audio: { format: 'binary' }, fingerprint: { format: 'binary' } },
      });
    }
  });

  it('gives examples of what is sent and what is answered', () => {
    const scan = JSON.stringify(document.paths['/v1/scans']?.post);
    expect(scan).toContain('"upload-77"');
    expect(scan).toContain('query_start_ms');
    expect(document.components.schemas.Problem).toMatchObject({ examples: [{ code: 'AUDIO_SILENT' }] });
  });

  it('says of the open operations, and of no others, that they need no key', () => {
    const open = operations.filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ path }) => path).sort()).toEqual(openPaths);
    expect(document.security).toEqual([{ bearer: [] }, { apiKeyHeader: [] }]);
  });

  it('is true about it: every operation refuses whoever has no key, but for the open ones', async () => {
    for (const { path, method } of operations) {
      const url = path.replaceAll(/\{\w+\}/g, '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa');
      const answer = await server.anonymous.send(url, { method: method.toUpperCase() });
      if (openPaths.includes(path)) expect(answer.status).toBe(200);
      else expect([answer.status, answer.body.code]).toEqual([401, 'KEY_MISSING']);
    }
  });

  it('is shown at /docs, which loads nothing from elsewhere', async () => {
    const docs = await server.anonymous.send<string>('/docs/');
    expect(docs.status).toBe(200);
    expect(docs.body).toContain('swagger-ui');
    expect(docs.body).not.toMatch(/(src|href)="https?:/);
    expect(docs.headers.get('content-security-policy')).not.toContain('swagger.io');
  });
});
