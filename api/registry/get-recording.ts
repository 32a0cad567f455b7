import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { describeRecording, type RecordingView } from './recording-view.ts';

/** `partyId` undefined: of any party. Throws RECORDING_NOT_FOUND. */
export async function getRecording(
  context: Scoped,
  { partyId, recordingId }: { readonly partyId: string | undefined; readonly recordingId: string },
): Promise<RecordingView> {
  const recording = isUuid(recordingId)
    ? await context.store.findRecording({ recordingId, partyId })
    : undefined;
  if (!recording) throw noRecording(recordingId);
  return describeRecording(recording);
}

/** The same whether it does not exist or is another party's. */
export function noRecording(recordingId: string): RegistryError {
  return new RegistryError(
    'RECORDING_NOT_FOUND',
    `There is no recording ${JSON.stringify(recordingId)} of yours.`,
  );
}
