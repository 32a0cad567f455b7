import { expect, it } from 'vitest';
import { run } from './earmark-process.ts';

/** Says, before anything else runs, which process this is and what glibc was told. */
const saying = 'data:text/javascript,console.error(process.pid,process.env.GLIBC_TUNABLES)';
const options = { env: { NODE_OPTIONS: `--import=${saying}` } };
const said = (stderr: string) =>
  stderr
    .trim()
    .split('\n')
    .map((line) => line.split(' '));

it.skipIf(process.platform !== 'linux')(
  'a server begins once more, under the same process id, with huge pages',
  async () => {
    const { status, stderr, stdout } = await run(['serve', '--help'], options);
    const [[before, none], [after, tunables], ...more] = said(stderr) as [string[], string[]];
    expect([none, tunables]).toEqual(['undefined', 'glibc.malloc.hugetlb=1']);
    expect(after).toBe(before);
    expect(more).toEqual([]);
    expect(stdout).toContain('Usage: earmark serve');
    expect(status).toBe(0);
  },
  60_000,
);

it('what was set is left alone, and other commands begin once', async () => {
  const own = { env: { ...options.env, GLIBC_TUNABLES: 'glibc.malloc.check=0' } };
  expect(said((await run(['serve', '--help'], own)).stderr)).toEqual([
    [expect.any(String), 'glibc.malloc.check=0'],
  ]);
  expect(said((await run(['scan', '--help'], options)).stderr)).toEqual([[expect.any(String), 'undefined']]);
}, 60_000);
