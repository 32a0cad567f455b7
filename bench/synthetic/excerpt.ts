import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { cut } from '../in-process/cut.ts';

/** A stretch of a recording, from anywhere in it, as a fingerprint file's bytes. */
export function excerptOf(
  fingerprint: Fingerprint,
  durationMs: number,
  random: () => number,
): Uint8Array<ArrayBuffer> {
  const wanted = durationMs / frameMs;
  const room = (fingerprint.constellation.frames.at(-1) ?? 0) - wanted;
  return encodeFingerprint(cut(fingerprint, Math.floor(random() * Math.max(1, room)), wanted));
}
