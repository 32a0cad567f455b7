import { expect, it } from 'vitest';
import { openHeldWorkers } from '../support/held-workers.ts';
import { HttpClient } from '../support/http-client.ts';
import { openTestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

it('an upload beyond the limit is refused before its key is looked up', async () => {
  const workers = openHeldWorkers();
  const server = await openTestServer({ config: { maxUploads: 1 }, overrides: { workers } });
  const client = await server.client('Tube', 'platform');
  const held = client.scan(syntheticFingerprintFile(1));
  await workers.taken(1);

  const stranger = new HttpClient(server.address, 'emk_nobody_knows');
  const refused = await stranger.scan(syntheticFingerprintFile(2));
  expect(refused.body).toMatchObject({ status: 503, code: 'POOL_FULL' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // What is no upload has room, and a key is asked for.
  expect((await stranger.send('/v1/recordings')).status).toBe(401);
  expect((await client.send('/v1/submissions')).status).toBe(200);

  workers.letGo();
  expect((await held).status).toBe(200);
  expect((await stranger.scan(syntheticFingerprintFile(2))).status).toBe(401);
  await server.close();
});

it('a request beyond the limit is refused whatever it asks for, but for health, readiness and metrics', async () => {
  const workers = openHeldWorkers();
  const server = await openTestServer({ config: { maxRequests: 2 }, overrides: { workers } });
  const client = await server.client('Tube', 'platform');
  const held = [client.scan(syntheticFingerprintFile(1)), client.scan(syntheticFingerprintFile(2))];
  await workers.taken(2);

  const refused = await client.send('/v1/submissions');
  expect([refused.status, refused.body.code]).toEqual([503, 'POOL_FULL']);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  for (const path of ['/health', '/ready', '/metrics'])
    expect([path, (await server.anonymous.send(path)).status]).toEqual([path, 200]);

  workers.letGo();
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  for (let i = 0; i < 5; i++) expect((await client.send('/v1/submissions')).status).toBe(200);
  await server.close();
});

it('a request whose client goes away gives its place to another', async () => {
  const workers = openHeldWorkers();
  const server = await openTestServer({ config: { maxRequests: 2 }, overrides: { workers } });
  const client = await server.client('Tube', 'platform');
  const held = client.scan(syntheticFingerprintFile(1));
  await workers.taken(1);
  const leaving = new AbortController();
  const left = client.send('/v1/recordings/metadata', {
    method: 'POST',
    signal: leaving.signal,
    headers: { 'content-type': 'application/x-ndjson' },
    duplex: 'half',
    body: new ReadableStream({ pull: () => new Promise(() => undefined) }),
  } as RequestInit);
  left.catch(() => undefined);
  const isFree = async () => (await client.send('/v1/submissions')).status === 200;
  leaving.abort();
  await expect(left).rejects.toThrow();
  await expect.poll(isFree).toBe(true);
  workers.letGo();
  await held;
  await server.close();
});
