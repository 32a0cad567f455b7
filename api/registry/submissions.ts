import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { SubmissionRow } from '../store/submission.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { describeSubmission, type SubmissionView } from './submission-view.ts';

/** `partyId` undefined: of any party. Throws SUBMISSION_NOT_FOUND. */
export async function getSubmission(
  context: Scoped,
  { partyId, submissionId }: { readonly partyId: string | undefined; readonly submissionId: string },
): Promise<SubmissionView> {
  const row = isUuid(submissionId)
    ? await context.store.findSubmission({ submissionId, partyId })
    : undefined;
  if (row) return viewSubmission(context, row);
  throw new RegistryError(
    'SUBMISSION_NOT_FOUND',
    `There is no submission ${JSON.stringify(submissionId.slice(0, 60))} of yours.`,
  );
}

/** In the order they were made in. `partyId` undefined: of all parties. Throws CURSOR_INVALID. */
export async function listSubmissions(
  context: Scoped,
  ask: {
    readonly partyId: string | undefined;
    readonly platform?: string | undefined;
    readonly account?: string | undefined;
    readonly limit: number;
    readonly cursor?: string;
  },
): Promise<Page<SubmissionView>> {
  const { partyId, platform, account, limit, cursor } = ask;
  const rows = await context.store.listSubmissions({
    partyId,
    platform,
    account,
    afterSubmissionId: readCursor(cursor),
    limit: limit + 1,
  });
  const views = new Map(
    (await viewAll(context, rows.slice(0, limit))).map((view) => [view.submission_id, view]),
  );
  return pageOf(
    rows,
    limit,
    (row) => views.get(row.submissionId) as SubmissionView,
    (row) => row.submissionId,
  );
}

export async function viewSubmission(context: Scoped, row: SubmissionRow): Promise<SubmissionView> {
  const [view] = await viewAll(context, [row]);
  return view as SubmissionView;
}

async function viewAll({ store }: Scoped, rows: readonly SubmissionRow[]): Promise<SubmissionView[]> {
  const submissionIds = rows.map(({ submissionId }) => submissionId);
  const matches = await store.listSubmissionMatches(submissionIds);
  const claims = matches.length > 0 ? await store.listClaimsOfSubmissions(submissionIds) : [];
  return rows.map((row) => {
    const isOf = (one: { readonly submissionId: string }) => one.submissionId === row.submissionId;
    return describeSubmission(row, matches.filter(isOf), claims.filter(isOf));
  });
}
