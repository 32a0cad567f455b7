import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bundledCatalog } from '../support/bundled-audio.ts';
import { fingerprintFile } from './bundled-fingerprints.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');

test("import { fingerprint } from 'earmark/fingerprint' gives the bytes that the registry makes", async () => {
  const [recording] = bundledCatalog();
  if (recording === undefined) throw new Error('the bundle is empty');
  const script = `
    import { decodeFingerprint, encodeFingerprint, fingerprint, thinToReference } from 'earmark/fingerprint';
    const { fingerprint: bytes, durationMs } = await fingerprint(${JSON.stringify(recording.path)}, { decoder: 'wasm' });
    const reference = encodeFingerprint(thinToReference(decodeFingerprint(bytes)));
    console.log(JSON.stringify({ durationMs, hex: Buffer.from(bytes).toString('hex'), referenceBytes: reference.length }));`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { cwd: projectRoot },
  );
  const said = JSON.parse(stdout) as { durationMs: number; hex: string; referenceBytes: number };
  const { bytes, fingerprint } = await fingerprintFile(recording.externalId, recording.path);
  expect(said.hex).toBe(Buffer.from(bytes).toString('hex'));
  expect(said.durationMs).toBe(fingerprint.durationMs);
  expect(said.referenceBytes).toBeLessThan(bytes.length);
  expect(stderr).toBe('');
});
