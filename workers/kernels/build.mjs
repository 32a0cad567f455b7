/**
 * Builds `fingerprint.wasm` from `assembly/`; with `--check` compares instead, so that what is committed is what
 * the source says.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = `${here}fingerprint.wasm`;
const built = new Map();

const { error, stderr } = await asc.main(
  [
    `${here}assembly/index.ts`,
    '-o',
    'fingerprint.wasm',
    '--runtime',
    'minimal',
    '-O3',
    '--noAssert',
    '--enable',
    'simd',
  ],
  {
    readFile: (name, base) =>
      readFile(base && !name.startsWith('/') ? `${base}/${name}` : name, 'utf8').catch(() => null),
    writeFile: (name, contents) => void built.set(name, contents),
    listFiles: () => [],
  },
);
if (error) {
  process.stderr.write(stderr.toString());
  process.exit(1);
}

const bytes = Buffer.from(built.get('fingerprint.wasm'));
if (!process.argv.includes('--check')) {
  await writeFile(target, bytes);
} else if (!bytes.equals(await readFile(target))) {
  process.stderr.write('fingerprint.wasm is not what assembly/ builds: run `npm run build:kernel`\n');
  process.exit(1);
}
