/** Fingerprints of the audio that comes with the repository, by our own decoders: the same on every machine. */

import { fingerprintAudio } from '../../workers/fingerprint/fingerprint-audio.ts';
import {
  decodeFingerprint,
  type Fingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { bundledCatalog, bundledUploads, stranger } from '../support/bundled-audio.ts';

export type FingerprintedFile = {
  readonly externalId: string;
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fingerprint: Fingerprint;
};

export async function fingerprintFile(externalId: string, path: string): Promise<FingerprintedFile> {
  const { fingerprint: bytes } = await fingerprintAudio(path, { decoder: 'wasm' });
  return { externalId, path, bytes, fingerprint: decodeFingerprint(bytes) };
}

async function fingerprintAll(
  files: readonly { readonly externalId: string; readonly path: string }[],
): Promise<FingerprintedFile[]> {
  const all = [];
  for (const { externalId, path } of files) all.push(await fingerprintFile(externalId, path));
  return all;
}

export const fingerprintCatalog = () => fingerprintAll(bundledCatalog());
export const fingerprintUploads = () => fingerprintAll(bundledUploads());
export const fingerprintStranger = () => fingerprintFile('stranger', stranger().path);

/** What Postgres keeps of it: the salient peaks, and no descriptor track. */
export function asReference(fingerprint: Fingerprint): Fingerprint {
  return { ...thinToReference(fingerprint), descriptors: new Uint8Array(0) };
}
