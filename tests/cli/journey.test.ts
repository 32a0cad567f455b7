/** The command line from the first registration to the last removal, as real processes on one data directory. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScanAnswer } from '../../api/registry/scan-answer.ts';
import { bundle, parseLines, run } from './earmark-process.ts';

let folder: string;
let here: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-cli-'));
  here = ['--data-dir', join(folder, 'data')];
  await writeFile(join(folder, 'broken.ogg'), 'this is not audio');
  await writeFile(join(folder, 'silent.wav'), silentWav(10));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const uploads = join(bundle, 'uploads', 'uploads.csv');
const processTimeoutMs = 60_000;

/** Mono, 16 bit, 8 kHz. */
function silentWav(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * 16_000);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0).valueOf();
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

async function manifest(name: string, rows: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `external_id,path,title\n${rows.join('\n')}\n`);
  return path;
}

const catalogRow = (id: string, extension = 'ogg') =>
  `${id},${join(bundle, 'catalog', `${id}.${extension}`)},"Title, ${id}"`;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacter = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

describe('the command line', { timeout: processTimeoutMs }, () => {
  it('refuses to search where nothing was registered, because "no match" would be wrong', async () => {
    const { status, stderr } = await run(['scan', join(bundle, 'uploads', 'excerpt.ogg'), ...here]);
    expect(status).toBe(2);
    expect(stderr).toContain('There is no registry in');
  });

  it('registers what it can, names what it cannot with its code, and says so by its status', async () => {
    const rows = [
      catalogRow('ufo-main-theme'),
      'broken,broken.ogg,',
      'silent,silent.wav,',
      'gone,gone.ogg,',
      catalogRow('whallon-automat'),
    ];
    const { status, stdout, stderr } = await run([
      'register',
      '--manifest',
      await manifest('first.csv', rows),
      ...here,
    ]);
    expect(stdout).toContain('2 recordings registered, 3 failed');
    expect(stderr).toMatch(/✗ broken: AUDIO_UNREADABLE: .*broken\.ogg\)/);
    expect(stderr).toMatch(/✗ silent: AUDIO_SILENT: /);
    expect(stderr).toMatch(/✗ gone: AUDIO_UNREADABLE: /);
    expect(status).toBe(1);
  });

  it('skips what it registered before when it is run again, and registers the rest', async () => {
    const { status, stdout } = await run([
      'register',
      '--manifest',
      join(bundle, 'catalog', 'catalog.csv'),
      ...here,
    ]);
    expect(stdout).toMatch(/8 recordings registered, 2 updated:/);
    expect(status).toBe(0);
    const again = await run(['register', '--manifest', join(bundle, 'catalog', 'catalog.csv'), ...here]);
    expect(again.stdout).toMatch(/0 recordings registered, 10 unchanged:/);
    expect(again.status).toBe(0);
  });

  it('finds nothing wrong when asked how it is', async () => {
    const { status, stdout } = await run(['doctor', '--json', ...here]);
    const findings = parseLines<{ name: string; state: string }>(stdout);
    expect(findings.map((finding) => finding.name)).toEqual(
      expect.arrayContaining(['ffmpeg', 'Postgres', 'index']),
    );
    expect(findings.filter((finding) => finding.state === 'broken')).toEqual([]);
    expect(status).toBe(0);
  });

  it('does not take other audio under an id that is taken', async () => {
    const rows = [`ufo-main-theme,${join(bundle, 'catalog', 'whallon-intro.ogg')},`];
    const { status, stderr } = await run([
      'register',
      '--manifest',
      await manifest('other.csv', rows),
      ...here,
    ]);
    expect(stderr).toContain('✗ ufo-main-theme: RECORDING_HAS_OTHER_AUDIO');
    expect(status).toBe(1);
  });

  it('says how much there is, for programs', async () => {
    const { status, stdout } = await run(['status', '--json', ...here]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      index: { bytes: expect.any(Number), recordings: 10, position: 10, seconds: expect.any(Number) },
      constellation: { bytes: expect.any(Number), bytes_per_second: expect.any(Number) },
      recordings: 10,
    });
  });

  it('scans into a file that holds whole answers in the order of the manifest, and keeps those that still hold', async () => {
    const output = join(folder, 'answers.ndjson');
    const first = await run(['scan', '--manifest', uploads, '--output', output, ...here]);
    expect(first.status).toBe(0);
    expect(first.stdout).toBe('');
    const text = await readFile(output, 'utf8');
    const answers = parseLines<ScanAnswer>(text);
    expect(answers.map((answer) => answer.external_id)).toEqual([
      'excerpt',
      'low-rate',
      'under-noise',
      'compilation',
    ]);
    expect(answers.map((answer) => answer.matches[0]?.external_id)).toEqual(
      expect.arrayContaining(['ufo-main-theme', 'brandenburg-2', 'whallon-automat']),
    );
    const again = await run(['scan', '--manifest', uploads, '--output', output, ...here]);
    expect(again.stderr).toContain('4 answered before');
    expect(again.status).toBe(0);
    expect(await readFile(output, 'utf8')).toBe(text);
  });

  it('draws timelines without control characters into a pipe', async () => {
    const { status, stdout, stderr } = await run([
      'scan',
      join(bundle, 'uploads', 'compilation.opus'),
      ...here,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/A.*\n.*█+/);
    expect(stdout).toContain('not registered');
    expect(stdout + stderr).not.toMatch(controlCharacter);
  });

  it('answers silence with no match, and a broken file with its code among the answers', async () => {
    const rows = ['silent,silent.wav,', 'broken,broken.ogg,'];
    const path = await manifest('scan.csv', rows);
    const { status, stdout } = await run(['scan', '--manifest', path, '--format', 'ndjson', ...here]);
    expect(parseLines(stdout)).toEqual([
      expect.objectContaining({ external_id: 'silent', matches: [], duration_ms: 10_000 }),
      { external_id: 'broken', error: { code: 'AUDIO_UNREADABLE', message: expect.any(String) } },
    ]);
    expect(status).toBe(1);
    const silentOnly = await run(['scan', join(folder, 'silent.wav'), ...here]);
    expect(silentOnly.status).toBe(0);
  });

  it('makes fingerprint files that scan like the audio, and leaves those that are made', async () => {
    const made = ['fingerprint', join(bundle, 'uploads'), '--output-dir', join(folder, 'prints')];
    expect((await run(made)).stdout).toMatch(/4 fingerprint files made/);
    expect((await run(made)).stdout).toMatch(/0 fingerprint files made \(0 B\), 4 there already/);
    const { stdout } = await run(['scan', join(folder, 'prints'), '--format', 'ndjson', ...here]);
    const ofAudio = await run(['scan', join(bundle, 'uploads'), '--format', 'ndjson', ...here]);
    const withoutIds = (ndjson: string) =>
      parseLines<ScanAnswer>(ndjson).map(({ scan_id: _, ...answer }) => answer);
    expect(withoutIds(stdout)).toEqual(withoutIds(ofAudio.stdout));
  });

  it('makes smaller ones for a catalog, and makes them again to be looked for', async () => {
    const upload = join(bundle, 'uploads', 'excerpt.ogg');
    const target = join(folder, 'small', 'excerpt.ogg.earmark');
    const made = ['fingerprint', upload, '--output-dir', join(folder, 'small')];
    expect((await run([...made, '--catalog'])).stdout).toMatch(/1 fingerprint file made/);
    const { size } = await stat(target);
    expect((await run(made)).stdout).toMatch(/1 fingerprint file made/);
    expect((await stat(target)).size).toBeGreaterThan(2 * size);
    expect((await run([...made, '--catalog'])).stdout).toMatch(/1 there already/);
  });

  it('lists, shows and removes; what was removed is no longer found, and the index can be built anew', async () => {
    const list = await run(['list', '--title', 'main theme', '--json', ...here]);
    expect(parseLines(list.stdout)).toEqual([expect.objectContaining({ external_id: 'ufo-main-theme' })]);
    expect((await run(['show', 'ufo-main-theme', ...here])).stdout).toMatch(/title +Ufo: AI Main Theme/);
    expect((await run(['remove', 'ufo-main-theme', ...here])).status).toBe(0);
    expect((await run(['show', 'ufo-main-theme', ...here])).stderr).toMatch(/^RECORDING_NOT_FOUND: /);
    const scan = () => run(['scan', join(bundle, 'uploads', 'excerpt.ogg'), '--format', 'ndjson', ...here]);
    expect(parseLines<ScanAnswer>((await scan()).stdout)[0]?.matches).toEqual([]);
    expect((await run(['reindex', ...here])).stdout).toContain('9 references');
    expect(parseLines<ScanAnswer>((await scan()).stdout)[0]).toMatchObject({
      matches: [],
      index_position: 11,
    });
  });
});
