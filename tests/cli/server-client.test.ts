import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openServerClient } from '../../api/cli/server-client.ts';
import { collect } from './collect.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A client of a server that answers like this. */
async function clientOf(answer: RequestListener, apiKey?: string) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return openServerClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, apiKey);
}

const problem = (code: string, detail: string) => JSON.stringify({ code, detail, status: 400 });

describe('a request to a server', () => {
  it('carries the key and gives the answer', async () => {
    const client = await clientOf((request, reply) => {
      reply.end(JSON.stringify({ path: request.url, key: request.headers.authorization }));
    }, 'emk_x');
    expect(await client.ask('GET', '/v1/recordings')).toEqual({
      path: '/v1/recordings',
      key: 'Bearer emk_x',
    });
  });

  it('is sent again when the server is busy, with the whole form', async () => {
    const bodies: string[] = [];
    const client = await clientOf(async (request, reply) => {
      bodies.push(Buffer.concat(await collect(request)).toString());
      const isFirst = bodies.length === 1;
      reply.writeHead(isFirst ? 503 : 200, isFirst ? { 'retry-after': '0' } : {});
      reply.end(isFirst ? problem('POOL_FULL', 'busy') : '{"done":true}');
    });
    const form = new FormData();
    form.set('external_id', 'r1');
    form.set('fingerprint', new Blob(['EMFP']), 'f.earmark');
    expect(await client.send('/v1/scans', form)).toEqual({ done: true });
    expect(bodies).toHaveLength(2);
    for (const body of bodies) expect(body).toMatch(/r1[\s\S]*EMFP/);
  });

  it('that is refused fails with the code and the words of the server, at once', async () => {
    let asked = 0;
    const client = await clientOf((_request, reply) => {
      asked += 1;
      reply.writeHead(422, { 'content-type': 'application/problem+json' });
      reply.end(problem('AUDIO_SILENT', 'nothing audible'));
    });
    const refused = client.ask('GET', '/x');
    await expect(refused).rejects.toMatchObject({ code: 'AUDIO_SILENT', message: 'nothing audible' });
    expect(asked).toBe(1);
  });

  it('that something else answers says so', async () => {
    const client = await clientOf((_request, reply) => {
      reply.writeHead(404);
      reply.end('<html>nginx</html>');
    });
    await expect(client.ask('GET', '/x')).rejects.toMatchObject({ code: 'SERVER_ANSWER_INVALID' });
  });

  it('does not follow a redirect with the key', async () => {
    const keys: unknown[] = [];
    const client = await clientOf((request, reply) => {
      keys.push(request.headers.authorization);
      reply.writeHead(301, { location: '/elsewhere' });
      reply.end();
    }, 'emk_x');
    await expect(client.ask('GET', '/x')).rejects.toMatchObject({ code: 'SERVER_ANSWER_INVALID' });
    expect(keys).toHaveLength(1);
  });

  it('that changes something is sent again only where the server says that it did nothing', async () => {
    const bodies: string[] = [];
    const client = await clientOf(async (request, reply) => {
      bodies.push(Buffer.concat(await collect(request)).toString());
      if (bodies.length === 2) {
        reply.destroy();
        return;
      }
      reply.writeHead(bodies.length === 1 ? 429 : 200, { 'retry-after': '0' });
      reply.end(bodies.length === 1 ? problem('RATE_LIMITED', 'slower') : '{}');
    });
    await expect(client.change('POST', '/v1/policies', { name: 'A' })).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
    });
    expect(bodies).toEqual(['{"name":"A"}', '{"name":"A"}']);
  });

  it('may be answered by nothing', async () => {
    const client = await clientOf((_request, reply) => reply.writeHead(204).end());
    expect(await client.change('DELETE', '/v1/allowlist/1')).toBeNull();
  });

  it('for a stream is read while it comes, and fails where it breaks off or is refused', async () => {
    const client = await clientOf((request, reply) => {
      if (request.url === '/refused') {
        reply.writeHead(400).end(problem('PERIOD_INVALID', 'too long'));
        return;
      }
      reply.write('first\n', () =>
        setImmediate(() => (request.url === '/broken' ? reply.destroy() : reply.end('last'))),
      );
    });
    const read = async (path: string) => Buffer.concat(await collect(client.stream(path))).toString();
    expect(await read('/whole')).toBe('first\nlast');
    await expect(read('/broken')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    await expect(read('/refused')).rejects.toMatchObject({ code: 'PERIOD_INVALID' });
  });
});
