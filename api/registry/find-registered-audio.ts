/** Which audio a party registered under an external id, so that a client need not fingerprint it again. */
import type { Scoped } from '../context.ts';

export type RegisteredAudio = { readonly recordingId: string; readonly audioSha256: Uint8Array };

export async function findRegisteredAudio(
  context: Scoped,
  ask: { readonly partyId: string; readonly externalId: string },
): Promise<RegisteredAudio | undefined> {
  const found = await context.store.findRegisteredAudio(ask);
  return found && { recordingId: found.recordingId, audioSha256: found.audioSha256 };
}
