/** A scan that asks where else in a recording its segments agree, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../api/http/problem.ts';
import type { ScanAnswer } from '../../api/registry/scan-answer.ts';
import { formOf, type HttpClient } from '../support/http-client.ts';
import { makeRepeatingRecording, type RepeatingRecording } from '../support/repeating-recording.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

describe('the alternatives of a segment', () => {
  let server: TestServer;
  let platform: HttpClient;
  let made: RepeatingRecording;
  beforeAll(async () => {
    made = await makeRepeatingRecording();
    server = await openTestServer({ config: { decoder: 'wasm' } });
    const label = await server.client('Harbour Records', 'rightsholder');
    platform = await server.client('Tube', 'platform');
    const form = formOf({ external_id: 'song' }, { name: 'audio', bytes: made.recording });
    expect((await label.post('/v1/recordings', form)).status).toBe(201);
  });
  afterAll(() => server.close());

  const scanChorus = (fields: Readonly<Record<string, string>>) =>
    platform.post<ScanAnswer & Problem>(
      '/v1/scans',
      formOf({ transforms: 'none', ...fields }, { name: 'audio', bytes: made.chorus }),
    );

  it('are the other choruses, each with its own place, and are kept with the scan', async () => {
    const { status, body } = await scanChorus({ alternatives: 'true' });
    expect([status, body.alternatives]).toEqual([200, true]);
    expect(body.matches).toHaveLength(1);
    const [segment, ...further] = body.matches[0]?.segments ?? [];
    expect(further).toEqual([]);
    const places = [segment, ...(segment?.alternatives ?? [])].map(
      (one) => (one?.reference_start_ms ?? 0) - (one?.query_start_ms ?? 0),
    );
    expect(places).toHaveLength(made.chorusStartsMs.length);
    for (const [i, place] of places.sort((a, b) => a - b).entries())
      expect(Math.abs(place - (made.chorusStartsMs[i] as number))).toBeLessThanOrEqual(100);
    expect(JSON.stringify(segment).match(/"alternatives"/g)).toHaveLength(1);
    expect((await platform.send(`/v1/scans/${body.scan_id}`)).body).toEqual(body);
  });

  it.each([{}, { alternatives: 'false' }])(
    'are left out where they are not asked for: %j',
    async (fields) => {
      const { status, body } = await scanChorus(fields);
      expect([status, body.matches.length]).toEqual([200, 1]);
      expect(JSON.stringify(body)).not.toContain('alternatives');
    },
  );

  it.each(['yes', '1', 'TRUE', ''])('are asked for by true or false, and %j is refused', async (given) => {
    expect((await scanChorus({ alternatives: given })).body).toMatchObject({
      status: 400,
      code: 'UPLOAD_INVALID',
      detail: `alternatives is one of true, false; received ${JSON.stringify(given)}.`,
    });
  });

  it('are in the OpenAPI document, in what is asked and in what is answered', async () => {
    const { body } = await server.anonymous.send<{ paths: Record<string, { post?: object }> }>(
      '/openapi.json',
    );
    expect(body.paths['/v1/scans']?.post).toMatchObject({
      requestBody: {
        content: {
          'multipart/form-data': { schema: { properties: { alternatives: { enum: ['true', 'false'] } } } },
        },
      },
    });
    expect(JSON.stringify(body.paths['/v1/scans']?.post)).toContain('"maxItems":20');
  });
});
