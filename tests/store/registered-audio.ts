/** Registrations made up for tests: the audio of a number is always the same. */
import { createHash } from 'node:crypto';
import type { Registered, Registration, RegistrationRefused } from '../../api/store/registration.ts';

export const sha256 = (of: string): Uint8Array => createHash('sha256').update(of).digest();

export const registrationOf = (
  partyId: string,
  externalId: string,
  audio: string,
  more: Partial<Registration> = {},
): Registration => ({
  partyId,
  externalId,
  metadata: {},
  now: new Date(),
  eligibility: 'identify_only',
  fingerprint: {
    algorithm: 'constellation',
    parameterVersion: 1,
    audioSha256: sha256(audio),
    durationMs: 10_000,
    peakCount: 140,
    constellation: Buffer.from(`EMFP\0\xff${audio}`, 'latin1'),
    descriptors: Buffer.from([0, 255, 10, 13]),
  },
  ...more,
});

export function accepted(answer: Registered | RegistrationRefused): Registered {
  if ('recordingId' in answer && answer.outcome !== 'other_audio') return answer;
  throw new Error(`expected a registration, received ${answer.outcome}`);
}
