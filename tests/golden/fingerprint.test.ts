/**
 * The fingerprint of one bundled recording, byte for byte, for each version of the parameters. After a change that
 * is meant, and before the first release of a version, write the file again:
 *
 *   node node_modules/vitest/vitest.mjs run --project unit tests/golden -u
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { parameterVersion } from '../../workers/fingerprint/parameters.ts';
import { asReference, fingerprintFile } from '../fingerprint/bundled-fingerprints.ts';
import { bundledCatalog } from '../support/bundled-audio.ts';

const externalId = 'whallon-intro';

test(`parameter version ${parameterVersion} makes the bytes it always made`, async () => {
  const recording = bundledCatalog().find((one) => one.externalId === externalId);
  if (recording === undefined) throw new Error(`the bundle has no ${externalId}`);
  const { bytes, fingerprint } = await fingerprintFile(externalId, recording.path);
  const { frames, steps, ranks } = fingerprint.constellation;
  const text = [
    `recording ${externalId}`,
    `parameter version ${parameterVersion}`,
    `duration ${fingerprint.durationMs} ms`,
    `peaks ${frames.length}`,
    `first peaks ${[0, 1, 2, 3].map((i) => `${frames[i]}/${steps[i]}/${ranks[i]}`).join(' ')} (frame/step/rank)`,
    `upload ${digest(bytes)}`,
    `reference ${digest(encodeFingerprint(asReference(fingerprint)))}`,
    '',
  ].join('\n');
  await expect(
    text,
    'Stored fingerprints no longer meet new ones: a change of the fingerprint needs a new parameterVersion',
  ).toMatchFileSnapshot(`parameter-version-${parameterVersion}.txt`);
});

function digest(bytes: Uint8Array): string {
  return `sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
}
