import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundle, run } from './earmark-process.ts';

const upload = join(bundle, 'uploads', 'excerpt.ogg');
const nowhere = join(tmpdir(), 'earmark-nothing-here');

describe('the exit status', { timeout: 60_000 }, () => {
  it.each([
    ['no command', [], /Usage: earmark/],
    ['an unknown command', ['scna'], /Did you mean scan/],
    ['an unknown option', ['scan', upload, '--fast'], /unknown option/],
    ['nothing to scan', ['scan'], /Nothing to do/],
    ['paths and a manifest', ['scan', upload, '--manifest', 'm.csv'], /not both/],
    [
      'a setting outside its range',
      ['scan', upload, '--threads', '0'],
      /EARMARK_THREADS: expected a whole number/,
    ],
    ['a decoder there is none of', ['scan', upload, '--decoder', 'sox'], /EARMARK_DECODER: expected one of/],
    ['a server and a data directory', ['status', '--url', 'http://x', '--data-dir', 'y'], /not both/],
    ['a server without a key', ['status', '--url', 'http://127.0.0.1:9'], /needs an API key/],
    ['a file that is not there', ['register', '/no/such/file.ogg', '--data-dir', nowhere], /cannot be read/],
  ])('is 2 for %s', async (_what, args, message) => {
    const { status, stderr } = await run(args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it.each([
    ['Postgres does not answer', ['status', '--database-url', 'postgres://earmark@127.0.0.1:9/earmark']],
    ['the server does not answer', ['status', '--url', 'http://127.0.0.1:9', '--api-key', 'emk_x']],
  ])('is 3 when %s', async (_what, args) => {
    const { status, stderr } = await run(args);
    expect(stderr).toMatch(/could not be opened|cannot be used/);
    expect(status).toBe(3);
  });

  it('is 0 for help and version', async () => {
    const help = await run(['--help']);
    expect(help.stdout).toContain('Exit status:');
    expect(help.status).toBe(0);
    expect((await run(['help', 'scan'])).stdout).toContain('Usage: earmark scan');
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  const { PATH = '' } = process.env;
  const olderNode = PATH.split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find(
      (node) =>
        existsSync(node) &&
        Number(/^v(\d+)/.exec(spawnSync(node, ['-v'], { encoding: 'utf8' }).stdout)?.[1]) < 24,
    );

  it.skipIf(olderNode === undefined)('comes through the launcher of an older Node', async () => {
    const options = { node: olderNode as string };
    expect((await run(['--version'], options)).status).toBe(0);
    expect((await run(['scan'], options)).status).toBe(2);
  });

  it.skipIf(olderNode === undefined)(
    'is 3 where an older Node finds no newer one, and says what to do',
    () => {
      const folder = mkdtempSync(join(placeBelowNoPackages(), 'earmark-launcher-'));
      try {
        const alone = join(folder, 'earmark.mjs');
        copyFileSync(join(bundle, '..', '..', 'api', 'cli', 'earmark.mjs'), alone);
        const { status, stderr } = spawnSync(olderNode as string, [alone, '--version'], { encoding: 'utf8' });
        expect(stderr).toMatch(/needs Node 24 or newer[\s\S]*npm ci/);
        expect(status).toBe(3);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

/** The launcher looks for packages from its folder outwards: whatever else the machine holds, none may be on that way. */
function placeBelowNoPackages(): string {
  const isBelowPackages = (folder: string): boolean =>
    existsSync(join(folder, 'node_modules')) ||
    (folder !== dirname(folder) && isBelowPackages(dirname(folder)));
  const place = [tmpdir(), '/var/tmp', '/dev/shm'].find((folder) => !isBelowPackages(folder));
  if (place === undefined) throw new Error('no temporary folder without a node_modules above it');
  return place;
}
