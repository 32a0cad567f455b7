/**
 * What is excluded from the references of a recording, and putting it back. A span is excluded by the release of a claim
 * (`exclude-interval.ts`); put back, it matches again, in past uploads too.
 */
import { type Static, Type } from 'typebox';
import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { ExclusionRow } from '../store/excluded-interval.ts';
import { nullable } from './claim-view.ts';
import { getRecording } from './get-recording.ts';
import { type Page, pageOf, readCursor } from './page.ts';

export const ExclusionView = Type.Object({
  excluded_interval_id: Type.String({ format: 'uuid' }),
  reference_id: Type.String({ format: 'uuid' }),
  start_ms: Type.Integer({ description: 'Where in the reference the span begins.', examples: [12_000] }),
  end_ms: Type.Integer({ description: 'Where it ends.', examples: [24_000] }),
  claim_id: Type.String({ format: 'uuid', description: 'The claim by whose release it was excluded.' }),
  reason: Type.String(),
  excluded_by: Type.String({ description: 'The party.', examples: ['Harbour Records'] }),
  excluded_at: Type.String({ format: 'date-time' }),
  lifted_by: nullable(Type.String(), 'Who put it back; null while it is excluded.'),
  lifted_at: nullable(Type.String({ format: 'date-time' })),
  lift_reason: nullable(Type.String()),
});
export type ExclusionView = Static<typeof ExclusionView>;

type OfRecording = { readonly partyId: string | undefined; readonly recordingId: string };

/** Those that were put back too, in the order of their exclusion. Throws RECORDING_NOT_FOUND, CURSOR_INVALID. */
export async function listExclusions(
  context: Scoped,
  { limit, cursor, ...which }: OfRecording & { readonly limit: number; readonly cursor?: string },
): Promise<Page<ExclusionView>> {
  const { recording_id: recordingId } = await getRecording(context, which);
  const rows = await context.store.listRecordingExclusions({
    recordingId,
    afterExcludedIntervalId: readCursor(cursor),
    limit: limit + 1,
  });
  return pageOf(rows, limit, describe, (row) => row.excludedIntervalId);
}

/** Doing it again changes nothing. Throws RECORDING_NOT_FOUND, EXCLUDED_INTERVAL_NOT_FOUND. */
export async function liftExclusion(
  context: Scoped,
  {
    excludedIntervalId,
    liftedBy,
    reason,
    ...which
  }: OfRecording & {
    readonly excludedIntervalId: string;
    readonly liftedBy: string;
    readonly reason: string;
  },
): Promise<ExclusionView> {
  const { recording_id: recordingId } = await getRecording(context, which);
  const lift = { recordingId, excludedIntervalId, liftedBy, liftReason: reason };
  const row = isUuid(excludedIntervalId)
    ? await context.store.liftExclusion({ ...lift, liftedAt: context.clock.now() })
    : undefined;
  if (row) return describe(row);
  throw new RegistryError(
    'EXCLUDED_INTERVAL_NOT_FOUND',
    `No span ${JSON.stringify(excludedIntervalId.slice(0, 60))} is excluded from this recording.`,
  );
}

function describe(row: ExclusionRow): ExclusionView {
  return {
    excluded_interval_id: row.excludedIntervalId,
    reference_id: row.referenceId,
    start_ms: row.startMs,
    end_ms: row.endMs,
    claim_id: row.claimId,
    reason: row.reason,
    excluded_by: row.excludedByName,
    excluded_at: row.createdAt.toISOString(),
    lifted_by: row.liftedByName ?? null,
    lifted_at: row.liftedAt?.toISOString() ?? null,
    lift_reason: row.liftReason ?? null,
  };
}
