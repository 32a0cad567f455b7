import type { Scoped } from '../context.ts';
import { pageOf, readCursor } from './page.ts';
import { readIdentifier } from './read-identifier.ts';
import { describeRecording, type RecordingView } from './recording-view.ts';

export type RecordingFilter = {
  /** `undefined`: of all parties. */
  readonly partyId: string | undefined;
  readonly limit: number;
  readonly cursor?: string;
  readonly isrc?: string;
  readonly externalId?: string;
  /** Part of the title, in any case. */
  readonly title?: string;
};

export type RecordingPage = { readonly recordings: readonly RecordingView[]; readonly nextCursor?: string };

/** In the order they were registered in. Throws CURSOR_INVALID, ISRC_INVALID. */
export async function listRecordings(context: Scoped, filter: RecordingFilter): Promise<RecordingPage> {
  const { partyId, limit, cursor, isrc, externalId, title } = filter;
  const rows = await context.store.listRecordings({
    partyId,
    externalId,
    title: title?.normalize('NFC'),
    isrc: isrc === undefined ? undefined : readIdentifier('isrc', isrc),
    afterRecordingId: readCursor(cursor),
    // One more than asked, to know whether there is a next page.
    limit: limit + 1,
  });
  const { items: recordings, ...rest } = pageOf(rows, limit, describeRecording, (row) => row.recordingId);
  return { recordings, ...rest };
}
