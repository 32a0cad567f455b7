import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHeldWorkers } from '../support/held-workers.ts';
import { formOf, type HttpClient } from '../support/http-client.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

const someBytes = new Uint8Array(5000).fill(7);
const multipart = 'multipart/form-data; boundary=xx';
const part = (disposition: string, body: string) =>
  `--xx\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;

const incoming = (server: TestServer) => readdir(join(server.context.config.dataDir, 'incoming'));

describe('an upload', () => {
  let server: TestServer;
  let client: HttpClient;
  const maxBodyBytes = 100_000;

  beforeAll(async () => {
    server = await openTestServer({ config: { maxBodyBytes } });
    client = await server.client('Harbour Records', 'rightsholder');
  });
  afterEach(async () => expect(await incoming(server)).toEqual([]));
  afterAll(() => server.close());

  const send = (body: string | FormData, contentType: string) =>
    client.post('/v1/recordings', body, { 'content-type': contentType });

  it.each([
    ['JSON', '{}', 'application/json', 415, 'CONTENT_TYPE_UNSUPPORTED'],
    ['no boundary', 'hello', 'multipart/form-data', 400, 'UPLOAD_INVALID'],
    ['a body that is not multipart at all', 'hello', multipart, 400, 'UPLOAD_INTERRUPTED'],
    [
      'a body without a closing boundary',
      part('name="external_id"', 'a'),
      multipart,
      400,
      'UPLOAD_INTERRUPTED',
    ],
    [
      'a file that is cut',
      part('name="audio"; filename="a"', 'x').slice(0, -2),
      multipart,
      400,
      'UPLOAD_INTERRUPTED',
    ],
    ['no body', '', multipart, 400, 'UPLOAD_INVALID'],
    ['no part at all', '--xx--\r\n', multipart, 400, 'UPLOAD_INVALID'],
  ])('with %s is refused', async (_what, body, contentType, status, code) => {
    expect((await send(body, contentType)).body).toMatchObject({ status, code });
  });

  it.each([
    ['no file', formOf({ external_id: 'a' }), 'UPLOAD_INVALID', 'received none'],
    ['a field it does not know', formOf({ external_id: 'a', tittle: 'x' }), 'UPLOAD_INVALID', 'tittle'],
    [
      'a file in a part of another name',
      formOf({}, { name: 'file', bytes: someBytes }),
      'UPLOAD_INVALID',
      '"file"',
    ],
    ['a field over 8 KiB', formOf({ title: 'x'.repeat(9000) }), 'UPLOAD_INVALID', 'title'],
    [
      'a fingerprint sent as audio',
      formOf({}, { name: 'audio', bytes: syntheticFingerprintFile(1) }),
      'UPLOAD_INVALID',
      '"fingerprint"',
    ],
    [
      'a page sent as audio',
      formOf({}, { name: 'audio', bytes: someBytes, type: 'text/html' }),
      'CONTENT_TYPE_UNSUPPORTED',
      'text/html',
    ],
    [
      'audio sent as fingerprint',
      formOf({ external_id: 'a' }, { name: 'fingerprint', bytes: someBytes }),
      'FINGERPRINT_MALFORMED',
      'EMFP',
    ],
  ])('with %s is refused, and told what is wrong', async (_what, form, code, detail) => {
    expect((await client.post('/v1/recordings', form)).body).toMatchObject({
      code,
      detail: expect.stringContaining(detail),
    });
  });

  it('with the same field twice is refused', async () => {
    const form = formOf({ external_id: 'a' });
    form.append('external_id', 'b');
    expect((await client.post('/v1/recordings', form)).body).toMatchObject({ code: 'UPLOAD_INVALID' });
  });

  it('with two files, or more fields than there are, is refused', async () => {
    const two = formOf({}, { name: 'audio', bytes: someBytes });
    two.append('fingerprint', new Blob([someBytes]), 'b');
    expect((await client.post('/v1/recordings', two)).body).toMatchObject({ code: 'UPLOAD_INVALID' });
    const fields = Array.from({ length: 40 }, () => part('name="title"', 'x')).join('');
    expect((await send(`${fields}--xx--\r\n`, multipart)).body).toMatchObject({ code: 'UPLOAD_INVALID' });
  });

  it('with a field named as what every object has is refused', async () => {
    const body = `${part('name="__proto__"', 'x')}${part('name="toString"', 'x')}--xx--\r\n`;
    expect((await send(body, multipart)).body).toMatchObject({ status: 400, code: 'UPLOAD_INVALID' });
  });

  it('over the limit is refused, by its length before it is read, and without one while it is', async () => {
    const large = formOf({ external_id: 'a' }, { name: 'audio', bytes: new Uint8Array(maxBodyBytes * 5) });
    expect((await client.post('/v1/recordings', large)).body).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
    });
    const slightly = formOf({ external_id: 'a' }, { name: 'audio', bytes: new Uint8Array(maxBodyBytes + 1) });
    expect((await client.post('/v1/recordings', slightly)).body).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
    });
  });

  it('that is refused halfway leaves its connection of use for the next', async () => {
    const { hostname, port } = new URL(server.address);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = async (name: string) => {
      const headers = { authorization: `Bearer ${client.key}`, 'content-type': multipart };
      const upload = request({ hostname, port, agent, path: '/v1/scans', method: 'POST', headers });
      upload.end(`${part(`name="${name}"; filename="a"`, 'x'.repeat(90_000))}--xx--\r\n`);
      const [response] = await once(upload, 'response');
      for await (const _ of response);
      expect(response.statusCode).toBe(400);
    };
    const beganMs = Date.now();
    for (let i = 0; i < 3; i++) await send('nonsense');
    expect(Date.now() - beganMs).toBeLessThan(4000);
    agent.destroy();
  });

  it('leaves no file and no place taken when its sender goes away', async () => {
    const { hostname, port } = new URL(server.address);
    const headers = { authorization: `Bearer ${client.key}`, 'content-type': multipart };
    const upload = request({ hostname, port, path: '/v1/scans', method: 'POST', headers });
    upload.on('error', () => undefined);
    upload.write(part('name="audio"; filename="a"', 'x'.repeat(70_000)).slice(0, -2));
    await expect.poll(() => incoming(server)).toHaveLength(1);
    upload.destroy();
    await expect.poll(() => incoming(server)).toEqual([]);
    const metrics = await server.anonymous.send<string>('/metrics');
    expect(metrics.body).toContain('earmark_uploads_admitted 0');
  });
});

describe('a sender that stops sending', () => {
  it.each([
    ['within a file', part('name="audio"; filename="a"', 'x'.repeat(70_000)).slice(0, -2)],
    ['within a fingerprint', part('name="fingerprint"; filename="a"', 'EMFP').slice(0, -2)],
    ['between two parts', part('name="external_id"', 'a')],
  ])('%s is told so, and its place is free', async (_where, beginning) => {
    const server = await openTestServer({ config: { maxPauseMs: 150 } });
    const client = await server.client('Tube', 'platform');
    const { hostname, port } = new URL(server.address);
    const headers = { authorization: `Bearer ${client.key}`, 'content-type': multipart };
    const upload = request({ hostname, port, path: '/v1/scans', method: 'POST', headers });
    upload.on('error', () => undefined);
    upload.write(beginning);
    const [response] = await once(upload, 'response');
    let body = '';
    for await (const chunk of response) body += chunk;
    expect(JSON.parse(body)).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT' });
    expect((await server.anonymous.send<string>('/metrics')).body).toContain('earmark_uploads_admitted 0');
    expect(await incoming(server)).toEqual([]);
    upload.destroy();
    await server.close();
  });
});

describe('when everything is busy', () => {
  it('an upload beyond the limit is refused at once, and one is taken again when another is done', async () => {
    const workers = openHeldWorkers();
    const server = await openTestServer({ config: { maxUploads: 2 }, overrides: { workers } });
    const client = await server.client('Tube', 'platform');
    const held = [client.scan(syntheticFingerprintFile(1)), client.scan(syntheticFingerprintFile(2))];
    await workers.taken(2);

    const refused = await client.scan(syntheticFingerprintFile(3));
    expect(refused.body).toMatchObject({ status: 503, code: 'POOL_FULL' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await client.send('/v1/scans/019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa')).status).toBe(404);

    workers.letGo();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await client.scan(syntheticFingerprintFile(3))).status).toBe(200);
    await server.close();
  });

  it('a full line before the threads refuses too', async () => {
    const workers = openHeldWorkers(8);
    const server = await openTestServer({ config: { maxQueuedTasks: 8 }, overrides: { workers } });
    const client = await server.client('Tube', 'platform');
    expect((await client.scan(syntheticFingerprintFile(1))).body).toMatchObject({
      status: 503,
      code: 'POOL_FULL',
    });
    await server.close();
  });

  it('a client that asks before it sends its body is told no, and never sends it', async () => {
    const server = await openTestServer({ overrides: { workers: openHeldWorkers(1000) } });
    const client = await server.client('Tube', 'platform');
    const { hostname, port } = new URL(server.address);
    const headers = {
      authorization: `Bearer ${client.key}`,
      'content-type': multipart,
      'content-length': 1_000_000,
      expect: '100-continue',
    };
    const upload = request({ hostname, port, path: '/v1/scans', method: 'POST', headers });
    let isTold = false;
    upload.on('continue', () => {
      isTold = true;
    });
    upload.flushHeaders();
    const [response] = await once(upload, 'response');
    expect([response.statusCode, response.headers.connection, isTold]).toEqual([503, 'close', false]);
    upload.destroy();
    await server.close();
  });

  it('a client that asks is told yes when there is room', async () => {
    const server = await openTestServer({ overrides: { workers: openHeldWorkers() } });
    const client = await server.client('Tube', 'platform');
    const { hostname, port } = new URL(server.address);
    const body = '--xx--\r\n';
    const headers = {
      authorization: `Bearer ${client.key}`,
      'content-type': multipart,
      'content-length': body.length,
      expect: '100-continue',
    };
    const upload = request({ hostname, port, path: '/v1/scans', method: 'POST', headers });
    upload.on('continue', () => upload.end(body));
    const [response] = await once(upload, 'response');
    expect(response.statusCode).toBe(400);
    response.resume();
    await server.close();
  });
});
