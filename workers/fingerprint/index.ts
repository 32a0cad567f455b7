/**
 * `import { fingerprint } from 'earmark/fingerprint'`: the same fingerprinting that the registry does, to run
 * where the audio is, so that only the fingerprint has to leave.
 */

export { fingerprintAudio as fingerprint } from './fingerprint-audio.ts';
export {
  decodeFingerprint,
  encodeFingerprint,
  type Fingerprint,
  thinToReference,
} from './fingerprint-file.ts';
