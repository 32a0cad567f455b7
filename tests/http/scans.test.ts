/** The main journey over HTTP, with real audio, real threads and a real Postgres. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledCatalog, bundledUploads, stranger } from '../support/bundled-audio.ts';
import { formOf, type HttpClient, type RegistrationAnswer } from '../support/http-client.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { wavOf } from '../support/wav.ts';

type ScanBody = Awaited<ReturnType<HttpClient['scan']>>['body'];

describe('scans over HTTP', () => {
  let server: TestServer;
  let label: HttpClient;
  let platform: HttpClient;
  const registered = new Map<string, RegistrationAnswer>();

  const registerAudio = (client: HttpClient, externalId: string, bytes: Uint8Array) =>
    client.post<RegistrationAnswer & { code?: string }>(
      '/v1/recordings',
      formOf({ external_id: externalId }, { name: 'audio', bytes, type: 'audio/ogg' }),
    );
  const scanAudio = (bytes: Uint8Array, externalId = 'upload') =>
    platform.post<ScanBody>('/v1/scans', formOf({ external_id: externalId }, { name: 'audio', bytes }));
  const foundIn = (body: ScanBody) => body.matches.map(({ external_id }) => external_id).sort();

  beforeAll(async () => {
    // Nothing installed decides what these tests hear.
    server = await openTestServer({ config: { decoder: 'wasm' } });
    label = await server.client('Harbour Records', 'rightsholder');
    platform = await server.client('Tube', 'platform');
    for (const { externalId, path } of bundledCatalog()) {
      const { status, body } = await registerAudio(label, externalId, await readFile(path));
      expect([status, body.outcome]).toEqual([201, 'registered']);
      registered.set(externalId, body);
    }
  }, 120_000);
  afterAll(() => server.close());

  it.each(bundledUploads())(
    'say which recordings are in $externalId, and where',
    async ({ externalId, path, pieces }) => {
      const { status, body } = await scanAudio(await readFile(path), externalId);
      expect(status).toBe(200);
      expect(body.external_id).toBe(externalId);
      const known = pieces.filter((piece) => piece.externalId !== null);
      expect(foundIn(body)).toEqual([...new Set(known.map((piece) => piece.externalId))].sort());
      for (const piece of known) {
        const segments =
          body.matches.find(({ external_id }) => external_id === piece.externalId)?.segments ?? [];
        const offsetMs = piece.referenceStartMs - piece.queryStartMs;
        const offsets = segments.map((segment) => segment.reference_start_ms - segment.query_start_ms);
        expect(offsets.some((offset) => Math.abs(offset - offsetMs) <= 100)).toBe(true);
      }
    },
  );

  it('find nothing in what is not registered, and say so as an answer', async () => {
    const { status, body } = await scanAudio(await readFile(stranger().path));
    expect([status, body.matches]).toEqual([200, []]);
  });

  it('are kept, and shown to whoever asked', async () => {
    const [upload] = bundledUploads();
    const { body } = await scanAudio(await readFile(upload?.path as string));
    expect((await platform.send(`/v1/scans/${body.scan_id}`)).body).toEqual(body);
  });

  it('see a registration that was answered just before', async () => {
    const bytes = await readFile(stranger().path);
    const { body } = await registerAudio(label, 'no-stranger', bytes);
    const scan = await scanAudio(bytes);
    expect(foundIn(scan.body)).toEqual(['no-stranger']);
    expect(scan.body.index_position).toBeGreaterThanOrEqual(body.position);

    await label.remove(body.recording_id);
    expect(foundIn((await scanAudio(bytes)).body)).toEqual([]);
  });

  it('take the same audio as known, whatever party it comes from next time', async () => {
    const [first] = bundledCatalog();
    const bytes = await readFile(first?.path as string);
    const again = await registerAudio(label, first?.externalId as string, bytes);
    expect([again.status, again.body.outcome]).toEqual([200, 'unchanged']);
  });

  it('of silence are empty; a registration of silence is refused', async () => {
    const silence = wavOf(new Float32Array(8000 * 5));
    const scan = await scanAudio(silence);
    expect([scan.status, scan.body.matches, scan.body.duration_ms]).toEqual([200, [], 5000]);
    expect((await registerAudio(label, 'silence', silence)).body).toMatchObject({
      status: 422,
      code: 'AUDIO_SILENT',
    });
  });

  it('of what is no audio are refused, not answered', async () => {
    const { body } = await scanAudio(Buffer.from('<html><body>not found</body></html>'.repeat(50)));
    expect(body).toMatchObject({ status: 422, code: 'AUDIO_UNREADABLE' });
  });

  it('of a file that was cut use the seconds it holds', async () => {
    const [first] = bundledCatalog();
    const whole = await readFile(first?.path as string);
    const { status, body } = await scanAudio(whole.subarray(0, Math.floor(whole.length / 2)));
    expect(status).toBe(200);
    expect(foundIn(body)).toContain(first?.externalId);
  });
});
