import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { run } from './earmark-process.ts';

it('finds everything that was planted, says so, and leaves nothing behind', { timeout: 60_000 }, async () => {
  const before = await readdir(tmpdir());
  const { status, stdout } = await run(['demo']);
  expect(stdout).toContain('4 of 4 uploads were recognised as they were made.');
  expect(stdout).not.toContain('✗');
  expect(stdout).toContain('claim of Meridian Music: potential (conflict)');
  expect(stdout).toMatch(/whallon-intro, claim of Harbour Records: confirm → active/);
  expect(stdout).toContain('The dispute is upheld.');
  expect(stdout).toContain('claim on low-rate, block, active.');
  expect(status).toBe(0);
  const left = (await readdir(tmpdir())).filter(
    (name) => name.startsWith('earmark-demo-') && !before.includes(name),
  );
  expect(left).toEqual([]);
});
