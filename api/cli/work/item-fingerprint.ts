/** An item's fingerprint: read where the file is one already, made from the audio otherwise. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import {
  decodeFingerprint,
  looksLikeFingerprint,
  maxFingerprintBytes,
} from '../../../workers/fingerprint/fingerprint-file.ts';
import { RegistryError } from '../../errors.ts';
import type { FingerprintUse, Registry } from '../registry.ts';

export type ItemFingerprint = {
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  readonly durationMs: number;
  /** The audio ended or broke before its own end; what it held is in the fingerprint. */
  readonly truncated: boolean;
};

/** @throws WorkerError, or the file system's own error */
export async function fingerprintItem(
  registry: Pick<Registry, 'fingerprint'>,
  path: string,
  use: FingerprintUse,
): Promise<ItemFingerprint> {
  const stored = await findStoredFingerprint(path);
  if (stored === undefined) return registry.fingerprint(path, use);
  return { fingerprint: stored, durationMs: decodeFingerprint(stored).durationMs, truncated: false };
}

/** SHA-256 of the audio: read from a fingerprint file, computed from anything else. */
export async function audioSha256(path: string): Promise<Uint8Array> {
  const stored = await findStoredFingerprint(path);
  if (stored !== undefined) return decodeFingerprint(stored).audioSha256;
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) digest.update(chunk);
  return digest.digest();
}

/** The bytes of a fingerprint file, told by how it begins and not by its name; `undefined` for anything else. */
export async function findStoredFingerprint(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await open(path);
  try {
    const start = new Uint8Array(4);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return looksLikeFingerprint(start.subarray(0, bytesRead)) ? await readWhole(file) : undefined;
  } finally {
    await file.close();
  }
}

async function readWhole(file: FileHandle): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await file.stat();
  if (size > maxFingerprintBytes) {
    const limit = `Expected at most ${maxFingerprintBytes} bytes of fingerprint; the file has ${size}.`;
    throw new RegistryError('FINGERPRINT_MALFORMED', limit);
  }
  return new Uint8Array(await file.readFile());
}
