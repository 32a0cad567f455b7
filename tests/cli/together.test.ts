/** Several commands at once on one data directory, and the same commands against a server. */
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ScanAnswer } from '../../api/registry/scan-answer.ts';
import { bundle, parseLines, type Running, run, start } from './earmark-process.ts';

let folder: string;
let here: string[];
let server: Running | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-together-'));
  here = ['--data-dir', join(folder, 'data')];
});
afterEach(async () => {
  server?.child.kill('SIGTERM');
  await server?.ended;
  server = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const catalog = join(bundle, 'catalog', 'catalog.csv');
const uploads = join(bundle, 'uploads', 'uploads.csv');

async function serve(): Promise<{ url: string; key: string }> {
  server = start(['serve', '--port', '0', ...here], { env: { EARMARK_LOG_LEVEL: 'warn' } });
  const [, key = ''] = await server.said(/(emk_\S+)/);
  const [, url = ''] = await server.said(/listens on (http:\S+?),/);
  return { url, key };
}

const namesFound = (ndjson: string) =>
  parseLines<ScanAnswer>(ndjson).map((answer) => answer.matches.map((match) => match.external_id).sort());

describe('one data directory', { timeout: 60_000 }, () => {
  it('is shared by a server, a registration and two scans at once; the server takes all of it up', async () => {
    const { url, key } = await serve();
    const remote = { env: { EARMARK_URL: url, EARMARK_API_KEY: key } };
    const [registered, ...scans] = await Promise.all([
      run(['register', '--manifest', catalog, ...here]),
      run(['scan', '--manifest', uploads, '--format', 'ndjson', ...here]),
      run(['scan', '--manifest', uploads, '--format', 'ndjson', ...here]),
    ]);
    expect(registered).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('10 recordings registered'),
    });
    for (const scan of scans) {
      expect(scan.status).toBe(0);
      expect(parseLines(scan.stdout)).toHaveLength(4);
    }
    const ofServer = await run(['scan', '--manifest', uploads, '--format', 'ndjson'], remote);
    const ofFolder = await run(['scan', '--manifest', uploads, '--format', 'ndjson', ...here]);
    expect(ofServer.status).toBe(0);
    expect(namesFound(ofServer.stdout)).toEqual(namesFound(ofFolder.stdout));
    expect(namesFound(ofServer.stdout)[0]).toEqual(['ufo-main-theme']);

    const status = await run(['status', '--json'], remote);
    expect(JSON.parse(status.stdout)).toMatchObject({ index: { recordings: 10, position: 10 } });
    const stranger = join(bundle, 'stranger', 'geoscape-theme-1.ogg');
    const added = await run(['register', stranger], remote);
    expect(added).toMatchObject({ status: 0, stdout: expect.stringContaining('1 recording registered') });
    const again = await run(['register', stranger], remote);
    expect(again.stdout).toContain('1 unchanged');
    expect((await run(['list', '--external-id', 'geoscape-theme-1.ogg'], remote)).stdout).toContain(
      'geoscape',
    );
    expect((await run(['remove', 'geoscape-theme-1.ogg'], remote)).status).toBe(0);
    expect(await run(['show', 'geoscape-theme-1.ogg'], remote)).toMatchObject({ status: 1 });
    const refused = await run(['list'], { env: { ...remote.env, EARMARK_API_KEY: 'emk_wrong' } });
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('KEY_INVALID') });
  });

  it('is left in order by Ctrl-C: what was in flight is kept, and the next run goes on', async () => {
    const excerpt = join(bundle, 'uploads', 'compilation.opus');
    const rows = Array.from({ length: 200 }, (_, n) => `u${n},${excerpt}`);
    const manifest = join(folder, 'many.csv');
    await writeFile(manifest, `external_id,path\n${rows.join('\n')}\n`);
    const output = join(folder, 'many.ndjson');
    const scan = ['scan', '--manifest', manifest, '--output', output, ...here];

    const first = start(scan);
    await untilLines(`${output}.part`, 3);
    first.child.kill('SIGINT');
    const interrupted = await first.ended;
    expect(interrupted.stderr).toMatch(/Interrupted with \d+ of 200 items to go. Run the same command again/);
    expect(interrupted.status).toBe(130);
    await expect(access(output)).rejects.toThrow();

    const second = start(scan);
    await untilLines(`${output}.part`, 8);
    second.child.kill('SIGKILL');
    await second.ended;

    await writeFile(manifest, `external_id,path\n${rows.slice(0, 12).join('\n')}\n`);
    const third = await run(scan);
    expect(third.stderr).toMatch(/12 uploads scanned, 12 with matches, \d+ answered before/);
    expect(third.status).toBe(0);
    const answers = parseLines<ScanAnswer>(await readFile(output, 'utf8'));
    expect(answers.map((answer) => answer.external_id)).toEqual(
      Array.from({ length: 12 }, (_, n) => `u${n}`),
    );
  });
});

async function untilLines(path: string, count: number): Promise<void> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.split('\n').length > count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
