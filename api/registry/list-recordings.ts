import { validate as isUuid } from 'uuid';
import type { StoreContext } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { normaliseIsrc } from './isrc.ts';
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
export async function listRecordings(context: StoreContext, filter: RecordingFilter): Promise<RecordingPage> {
  const { partyId, limit, cursor, isrc, externalId, title } = filter;
  const rows = await context.store.listRecordings({
    partyId,
    externalId,
    title: title?.normalize('NFC'),
    isrc: isrc === undefined ? undefined : normaliseIsrc(isrc),
    afterRecordingId: cursor === undefined ? undefined : readCursor(cursor),
    // One more than asked, to know whether there is a next page.
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const recordings = page.map(describeRecording);
  return rows.length > limit && last
    ? { recordings, nextCursor: writeCursor(last.recordingId) }
    : { recordings };
}

/** Encoded so that nobody builds one: what it holds may change. */
function writeCursor(recordingId: string): string {
  return Buffer.from(recordingId).toString('base64url');
}

function readCursor(cursor: string): string {
  const recordingId = Buffer.from(cursor, 'base64url').toString();
  if (isUuid(recordingId)) return recordingId;
  throw new RegistryError(
    'CURSOR_INVALID',
    `cursor: expected next_cursor of a page before; received ${JSON.stringify(cursor.slice(0, 60))}`,
  );
}
