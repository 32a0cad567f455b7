import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegistryError } from '../../api/errors.ts';
import type { Store } from '../../api/store/store.ts';
import { StoreUnavailable } from '../../api/store/store-unavailable.ts';
import { openHeldWorkers } from '../support/held-workers.ts';
import { HttpClient } from '../support/http-client.ts';
import { openTestContext, openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

describe('the service', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());

  it('is alive, and ready when its index has caught up', async () => {
    expect((await server.anonymous.send('/health')).body).toMatchObject({ status: 'ok' });
    expect((await server.anonymous.send('/ready')).body).toMatchObject({ status: 'ready' });
  });

  it('hands back a request id, and makes one where the given one could forge a log line', async () => {
    const idOf = async (given?: string) => {
      const answer = await server.anonymous.send('/nowhere', {
        headers: given ? { 'x-request-id': given } : {},
      });
      expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
      return answer.body.request_id;
    };
    expect(await idOf('trace-1:a.b_c')).toBe('trace-1:a.b_c');
    expect(await idOf('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf('x'.repeat(101))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['/', '/v1', '/v1/nothing', '/v1/recordings/', '/%ff', '/docs/nothing'])(
    'answers %s as a problem',
    async (path) => {
      const answer = await server.anonymous.send(path);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    },
  );

  it('refuses a query where there is none to give', async () => {
    expect((await server.anonymous.send('/health?verbose=1')).body).toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it.each([
    ['what is not HTTP', 'HELO example.org\r\n\r\n'],
    ['headers over 16 KiB', `GET /health HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('answers %s with a problem and ends the connection', async (_what, bytes) => {
    const { hostname, port } = new URL(server.address);
    const socket = connect(Number(port), hostname);
    socket.write(bytes);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toContain('REQUEST_INVALID');
  });

  it('counts requests by route, problems by code, and tells no id and no name', async () => {
    const client = await server.client('Secretive Label', 'rightsholder');
    const { recording_id } = (
      await client.register({ external_id: 'm-1', title: 'Hush' }, syntheticFingerprintFile(1))
    ).body;
    await client.recording(recording_id);
    await client.scan(syntheticFingerprintFile(2));
    await client.recording('019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa');
    const { body } = await server.anonymous.send<string>('/metrics');
    expect(body).toContain('route="/v1/recordings/:id",status="200"');
    expect(body).toContain('earmark_registrations_total{outcome="registered"} 1');
    expect(body).toContain('earmark_scans_total{outcome="empty"} 1');
    expect(body).toMatch(/earmark_problems_total\{code="RECORDING_NOT_FOUND"\} [1-9]/);
    expect(body).toMatch(/^earmark_index_lag 0$/m);
    for (const secret of [recording_id, 'm-1', 'Hush', 'Secretive']) expect(body).not.toContain(secret);
  });
});

describe('a server that cannot search', () => {
  it('says so at /ready and to every scan, and never answers "no match"', async () => {
    const opened = await openTestContext();
    const behind = {
      ...opened.context.index,
      ready: () => false,
      position: () => 3,
      status: () => ({ ...opened.context.index.status(), ready: false, position: 3 }),
    };
    const server = await openTestServer({ overrides: { store: opened.context.store, index: behind } });
    const client = await server.client('Tube', 'platform');
    for (const answer of [
      await server.anonymous.send('/ready'),
      await client.scan(syntheticFingerprintFile(1)),
    ]) {
      expect(answer.body).toMatchObject({
        status: 503,
        code: 'INDEX_NOT_READY',
        detail: expect.stringContaining('3'),
      });
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    expect((await server.anonymous.send('/health')).status).toBe(200);
    await server.close();
    await opened.close();
  });

  it('is still alive without its database, and not ready', async () => {
    const opened = await openTestContext();
    const lost = () => Promise.reject(new StoreUnavailable('unreachable', 'Postgres is not available'));
    const store = { ...opened.context.store, feedHead: lost, findApiKeyByPrefix: lost };
    const server = await openTestServer({ overrides: { store, index: opened.context.index } });
    const client = new HttpClient(server.address, `emk_abcdefgh_${'a'.repeat(43)}`);
    for (const answer of [await server.anonymous.send('/ready'), await client.list()]) {
      expect(answer.body).toMatchObject({ status: 503, code: 'STORE_UNAVAILABLE' });
    }
    expect((await server.anonymous.send('/health')).status).toBe(200);
    expect((await server.anonymous.send<string>('/metrics')).body).toContain('earmark_index_lag Nan');
    await server.close();
    await opened.close();
  });
});

describe('a caller that asks too often', () => {
  it('is refused by its key, and others are not', async () => {
    const server = await openTestServer({ config: { rateLimitPerMinute: 3 } });
    const eager = await server.client('Eager', 'rightsholder');
    const calm = await server.client('Calm', 'rightsholder');
    const answers = [await eager.list(), await eager.list(), await eager.list(), await eager.list()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.body.code).toBe('RATE_LIMITED');
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[0]?.headers.get('ratelimit-remaining')).toBe('2');
    expect((await calm.list()).status).toBe(200);
    await server.close();
  });

  it('is refused by its address when it guesses keys', async () => {
    const server = await openTestServer({ config: { rateLimitPerMinute: 3 } });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      const guess = new HttpClient(server.address, `emk_guess00${i}_${'a'.repeat(43)}`);
      statuses.push((await guess.list()).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await server.anonymous.send('/health')).status).toBe(200);
    await server.close();
  });
});

describe('a server that is stopped', () => {
  it('finishes what it accepted', async () => {
    const workers = openHeldWorkers();
    const server = await openTestServer({ overrides: { workers } });
    const client = await server.client('Tube', 'platform');
    const accepted = client.scan(syntheticFingerprintFile(1));
    await workers.taken(1);
    const closed = server.close();
    await expect(fetch(`${server.address}/health`, { headers: { connection: 'close' } })).rejects.toThrow();
    workers.letGo();
    expect((await accepted).status).toBe(200);
    await closed;
  });
});

describe('a failure of ours', () => {
  it('is answered 500 without detail, and logged with its cause under the request id, without the key', async () => {
    const lines: string[] = [];
    const log = pino(
      new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) }),
    );
    const opened = await openTestContext();
    const { store: whole } = opened.context;
    const listRecordings = () =>
      Promise.reject(new Error('the cause', { cause: new RegistryError('INTERNAL', 'deeper') }));
    const store: Store = { ...whole, under: (session) => ({ ...whole.under(session), listRecordings }) };
    const server = await openTestServer({ overrides: { store, log, index: opened.context.index } });
    const client = await server.client('Harbour', 'rightsholder');
    const answer = await client.list();
    expect(answer.body).toMatchObject({
      status: 500,
      code: 'INTERNAL',
      detail: expect.not.stringContaining('cause'),
    });
    const logged = lines.find((line) => line.includes('the cause')) as string;
    expect(JSON.parse(logged)).toMatchObject({
      request_id: answer.body.request_id,
      err: { message: expect.stringContaining('the cause') },
    });
    expect(lines.join('')).not.toContain(client.key);
    await server.close();
    await opened.close();
  });
});
