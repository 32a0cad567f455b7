/** Rows of metadata from the command line, on a data directory and through a server, as real processes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { parseLines, run, start } from './earmark-process.ts';

type Told = { type: string; line: number; error?: { code: string }; kind?: string };

describe('metadata', { timeout: 120_000 }, () => {
  let dataDir: string;
  let postgres: Awaited<ReturnType<typeof openEmbeddedPostgres>>;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'earmark-metadata-test-'));
    postgres = await openEmbeddedPostgres({ dataDir, isDurable: false });
  });
  afterAll(async () => {
    await postgres?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const earmark = (...args: string[]) => run([...args, '--data-dir', dataDir]);
  const file = async (name: string, ...lines: string[]) => {
    const path = join(dataDir, name);
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  };

  it('is loaded, told by line where it is refused or at odds, looked up and searched', async () => {
    await earmark('party', 'create', 'Harbour Records', '--role', 'rightsholder');
    const rows = await file(
      'rows.csv',
      'external_id,isrc,title,artist,shelf',
      'A-1,DE-A12-24-00001,Lanterns at sea,Ada,1',
      'A-2,nonsense,Lost,Ada,1',
      'A-1,DEA122400002,,,1',
    );
    const loaded = await earmark('metadata', 'load', rows, '--as', 'Harbour Records');
    expect([loaded.status, loaded.stderr]).toEqual([1, expect.stringContaining('1 recording new')]);
    expect(loaded.stderr).toContain('columns that are not used: shelf');
    expect(parseLines<Told>(loaded.stdout).map(({ type, line, error }) => [type, line, error?.code])).toEqual(
      [
        ['refused', 3, 'ISRC_INVALID'],
        ['conflict', 2, undefined],
        ['conflict', 4, undefined],
      ],
    );
    const as = ['--as', 'Harbour Records'];
    const found = await earmark('identifier', 'find', 'DEA1224-00002', ...as);
    expect([found.status, found.stdout]).toEqual([
      0,
      expect.stringMatching(/Harbour Records +A-1 +Lanterns/),
    ]);
    expect((await earmark('identifier', 'find', 'DEA122499999', ...as)).stdout).toContain('no recording');
    expect((await earmark('search', 'LANTERNS', 'sea', ...as)).stdout).toMatch(/A-1 +Lanterns at sea · Ada/);
    const misspelt = await earmark('search', 'lantrens', ...as);
    expect(misspelt.stdout).toMatch(/words that look like them:[\s\S]*Lanterns at sea/);
    expect((await earmark('search', 'nowhere', ...as)).stdout).toContain('nothing has these words');
  });

  it('goes to a server in pieces, and lines keep their numbers', async () => {
    const server = start(['serve', '--port', '0', '--data-dir', dataDir]);
    const [, url = ''] = await server.said(/listens on (http:\S+?),/);
    const key = (await earmark('key', 'create', '--party', 'Harbour Records')).stdout.trim();
    const at = ['--url', url, '--api-key', key];
    const lines = Array.from({ length: 20_100 }, (_, i) =>
      i === 20_050
        ? 'not json'
        : JSON.stringify({ external_id: `N-${i}`, title: i === 20_060 ? 'Far' : 'Near' }),
    );
    lines[20_070] = JSON.stringify({ external_id: 'N-x', isrc: 'wrong' });
    const loaded = await run(['metadata', 'load', await file('rows.ndjson', ...lines), ...at]);
    expect([loaded.status, loaded.stderr]).toEqual([
      1,
      expect.stringMatching(/20,100 rows.*20,098 recordings new.*2 refused/),
    ]);
    expect(parseLines<Told>(loaded.stdout).map(({ line, error }) => [line, error?.code])).toEqual([
      [20_051, 'METADATA_INVALID'],
      [20_071, 'ISRC_INVALID'],
    ]);
    expect((await run(['search', 'far', ...at])).stdout).toContain('N-20060');
    server.child.kill('SIGTERM');
    expect((await server.ended).status).toBe(0);
  });

  it('without a header, or of a file that is not there, is a mistake of the command', async () => {
    const headless = await earmark('metadata', 'load', await file('headless.csv', 'A-1,Title'));
    expect([headless.status, headless.stderr]).toEqual([2, expect.stringContaining('external_id')]);
    expect((await earmark('metadata', 'load', join(dataDir, 'missing.csv'))).status).toBe(2);
    expect((await earmark('metadata', 'load', await file('rows.txt', 'x'))).status).toBe(2);
  });
});
