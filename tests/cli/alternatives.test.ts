/** `earmark scan --alternatives`, as real processes: on a data directory, and against a server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScanAnswer } from '../../api/registry/scan-answer.ts';
import { makeRepeatingRecording } from '../support/repeating-recording.ts';
import { parseLines, type Running, run, start } from './earmark-process.ts';

let folder: string;
let here: string[];
let scanning: string[];
let server: Running | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-alternatives-'));
  here = ['--data-dir', join(folder, 'data')];
  const { recording, chorus } = await makeRepeatingRecording();
  await writeFile(join(folder, 'song.wav'), recording);
  await writeFile(join(folder, 'chorus.wav'), chorus);
  scanning = ['scan', join(folder, 'chorus.wav'), '--transforms', 'none'];
  expect((await run(['register', join(folder, 'song.wav'), ...here])).status).toBe(0);
}, 60_000);
afterAll(async () => {
  server?.child.kill('SIGTERM');
  await server?.ended;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('scanning for alternatives', { timeout: 60_000 }, () => {
  it('draws them below their segment, and only where they were asked for', async () => {
    const asked = await run([...scanning, '--alternatives', ...here]);
    expect(asked.status).toBe(0);
    expect(asked.stdout).toMatch(/\n {2}A {2}0:0\d\.\d – .* song\.wav .*\n( {7}0:.* also at .*\n){2}\n$/);
    const plain = await run([...scanning, ...here]);
    expect(plain.stdout).toContain('song.wav');
    expect(plain.stdout).not.toContain('also at');
  });

  it('answers the same from a server, line by line', async () => {
    server = start(['serve', '--port', '0', ...here], { env: { EARMARK_LOG_LEVEL: 'warn' } });
    const [, key = ''] = await server.said(/(emk_\S+)/);
    const [, url = ''] = await server.said(/listens on (http:\S+?),/);
    const remote = { env: { EARMARK_URL: url, EARMARK_API_KEY: key } };
    const answersOf = async (...more: Parameters<typeof run>) =>
      parseLines<ScanAnswer>((await run(...more)).stdout).map(({ scan_id: _, ...answer }) => answer);
    const asked = [...scanning, '--format', 'ndjson', '--alternatives'];
    const ofServer = await answersOf(asked, remote);
    expect(ofServer).toEqual(await answersOf([...asked, ...here]));
    expect(ofServer[0]?.alternatives).toBe(true);
    expect(ofServer[0]?.matches[0]?.segments[0]?.alternatives).toHaveLength(2);
    const plain = await answersOf([...scanning, '--format', 'ndjson'], remote);
    expect(JSON.stringify(plain)).not.toContain('alternatives');
  });

  it('keeps an answer on file only for who asks the same again', async () => {
    const output = ['--output', join(folder, 'answers.ndjson'), ...here];
    const isKept = async (...more: string[]) =>
      (await run([...scanning, ...more, ...output])).stderr.includes('1 answered before');
    expect(await isKept()).toBe(false);
    expect(await isKept('--alternatives')).toBe(false);
    expect(await isKept('--alternatives')).toBe(true);
    expect(await isKept()).toBe(false);
  });
});
