/** Fingerprint bytes from outside, checked before anything is done with them. */
import { decodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import type { Config } from '../config.ts';
import { RegistryError } from '../errors.ts';

/** The limit on duration holds for a fingerprint as for audio: the work of matching grows with it. */
export function readFingerprint(config: Config, bytes: Uint8Array): Fingerprint {
  const fingerprint = decodeFingerprint(bytes);
  const { maxDurationMs } = config.audioLimits;
  if (fingerprint.durationMs > maxDurationMs) {
    throw new RegistryError(
      'AUDIO_TOO_LONG',
      `Expected at most ${maxDurationMs} ms of audio; received a fingerprint of ${fingerprint.durationMs} ms.`,
    );
  }
  return fingerprint;
}
