/**
 * Builds the modules from `assembly/`: one for each window, one for each decoder; with `--check` compares instead, so
 * that what is committed is what the source says.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = fileURLToPath(new URL('.', import.meta.url));
const modules = [
  { name: 'fingerprint.wasm', entry: 'index.ts', windowSamples: 1024 },
  { name: 'short-window.wasm', entry: 'other-window.ts', windowSamples: 512 },
  { name: 'long-window.wasm', entry: 'other-window.ts', windowSamples: 2048 },
  { name: 'flac-decoder.wasm', entry: 'flac/index.ts' },
  { name: 'opus-decoder.wasm', entry: 'opus/index.ts' },
  { name: 'vorbis-decoder.wasm', entry: 'vorbis/index.ts' },
  { name: 'mp3-decoder.wasm', entry: 'mp3/index.ts' },
  { name: 'aac-decoder.wasm', entry: 'aac/index.ts' },
];

for (const { name, entry, windowSamples } of modules) {
  const bytes = await build(
    name,
    entry,
    windowSamples === undefined ? [] : [`WINDOW_SAMPLES=${windowSamples}`],
  );
  if (!process.argv.includes('--check')) {
    await writeFile(`${here}${name}`, bytes);
  } else if (!bytes.equals(await readFile(`${here}${name}`))) {
    process.stderr.write(`${name} is not what assembly/ builds: run \`npm run build:kernel\`\n`);
    process.exitCode = 1;
  }
}

async function build(name, entry, constants) {
  const built = new Map();
  const { error, stderr } = await asc.main(
    [
      `${here}assembly/${entry}`,
      '-o',
      name,
      ...constants.flatMap((constant) => ['--use', constant]),
      '--runtime',
      'minimal',
      '-O3',
      '--noAssert',
      '--enable',
      'simd',
    ],
    {
      readFile: (path, base) =>
        readFile(base && !path.startsWith('/') ? `${base}/${path}` : path, 'utf8').catch(() => null),
      writeFile: (path, contents) => void built.set(path, contents),
      listFiles: () => [],
    },
  );
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
  return Buffer.from(built.get(name));
}
