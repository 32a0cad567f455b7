import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { noRecording } from './get-recording.ts';

/**
 * Removes a recording, and its reference with its fingerprint unless another recording has it too.
 * `partyId` undefined: of any party. Throws RECORDING_NOT_FOUND.
 */
export async function removeRecording(
  context: Scoped,
  { partyId, recordingId }: { readonly partyId: string | undefined; readonly recordingId: string },
): Promise<{ readonly position: number }> {
  const removed = isUuid(recordingId)
    ? await context.store.removeRecording({ recordingId, partyId })
    : undefined;
  if (!removed) throw noRecording(recordingId);
  return { position: removed.position };
}
