/** `earmark explain`, as real processes: on a data directory, and against a server. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplanationAnswer } from '../../api/registry/explanation-answer.ts';
import { nodesOf } from '../support/xml.ts';
import { bundle, type Running, run, start } from './earmark-process.ts';

let folder: string;
let here: string[];
let server: Running | undefined;
const upload = join(bundle, 'uploads', 'excerpt.ogg');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-explain-'));
  here = ['--data-dir', join(folder, 'data')];
  const rows = [
    `found,${join(bundle, 'catalog', 'ufo-main-theme.ogg')},"<Main & ""Theme"">"`,
    `absent,${join(bundle, 'catalog', 'whallon-intro.ogg')},Intro`,
  ];
  const manifest = join(folder, 'catalog.csv');
  await writeFile(manifest, `external_id,path,title\n${rows.join('\n')}\n`);
  expect((await run(['register', '--manifest', manifest, ...here])).status).toBe(0);
}, 60_000);
afterAll(async () => {
  server?.child.kill('SIGTERM');
  await server?.ended;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('explaining', { timeout: 60_000 }, () => {
  it('says what was found, draws it, and replaces its own picture', async () => {
    const picture = join(folder, 'found.svg');
    const explain = () => run(['explain', upload, 'found', '--output', picture, ...here]);
    const { status, stdout } = await explain();
    expect(status).toBe(0);
    expect(stdout).toMatch(/^MATCH {2}<Main & "Theme"> \(found\)/);
    expect(stdout).toMatch(/agreement +\d+ of \d+ peaks \(\d+ %\); chance gives \d+ %/);
    expect(stdout).toMatch(/votes +\d+ for this line; needed: 3/);
    expect(stdout).toContain(`picture: ${picture}`);
    const words = nodesOf(await readFile(picture, 'utf8')).map(({ text }) => text);
    expect(words).toContain('<Main & "Theme">');
    const before = await stat(picture, { bigint: true });
    expect((await explain()).status).toBe(0);
    expect((await stat(picture, { bigint: true })).mtimeNs).toBeGreaterThan(before.mtimeNs);
  });

  it('says why a recording is missing, by its id and for programs too', async () => {
    const picture = join(folder, 'absent.svg');
    const explain = (name: string, ...more: string[]) =>
      run(['explain', upload, name, '--output', picture, ...more, ...here]);
    const { status, stdout, stderr } = await explain('absent', '--format', 'json');
    expect(status).toBe(0);
    const answer = JSON.parse(stdout) as ExplanationAnswer;
    expect(answer).toMatchObject({ in_scan: false, verdict: { is_match: false, missing: 'few_votes' } });
    expect(stderr).toContain(`picture: ${picture}`);
    const byId = await explain(answer.recording.recording_id);
    expect(byId.stdout).toMatch(/^NO MATCH \(few votes\) {2}Intro \(absent\)/);
    expect(await readFile(picture, 'utf8')).toContain('NO MATCH: few votes');
  });

  it('leaves alone what is no picture of its own, and says what it was not given', async () => {
    const other = join(folder, 'notes.svg');
    await writeFile(other, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const refused = await run(['explain', upload, 'found', '--output', other, ...here]);
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(await readFile(other, 'utf8')).toBe('<svg xmlns="http://www.w3.org/2000/svg"/>');
    const nowhere = await run(['explain', join(folder, 'gone.ogg'), 'found', ...here]);
    expect(nowhere).toMatchObject({ status: 2, stderr: expect.stringContaining('cannot be read') });
    const unknown = await run(['explain', upload, 'nobody', '--output', join(folder, 'no.svg'), ...here]);
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringMatching(/^RECORDING_NOT_FOUND: /) });
  });

  it('says the same through a server', async () => {
    server = start(['serve', '--port', '0', ...here], { env: { EARMARK_LOG_LEVEL: 'warn' } });
    const [, key = ''] = await server.said(/(emk_\S+)/);
    const [, url = ''] = await server.said(/listens on (http:\S+?),/);
    const remote = { env: { EARMARK_URL: url, EARMARK_API_KEY: key } };
    const args = ['explain', upload, 'found', '--format', 'json', '--output', join(folder, 'remote.svg')];
    const [ofServer, ofFolder] = [await run(args, remote), await run([...args, ...here])];
    expect(ofServer.status).toBe(0);
    const said = ({ stdout }: typeof ofServer) => {
      const { scan_id: _, ...answer } = JSON.parse(stdout) as ExplanationAnswer;
      return answer;
    };
    expect(said(ofServer)).toEqual(said(ofFolder));
    expect(said(ofServer).verdict.is_match).toBe(true);
  });
});
