/**
 * What happened in a period, for whoever may see it: claims and disputes of either side, matches in uploads that the
 * party reported. What was found in other parties' uploads a rights-holder hears of by its claims: anybody can register
 * a recording, and must not learn by that who uploads it. Rows tell how things are now; only what belongs to the period
 * is fixed.
 */
import type { Scoped } from '../context.ts';
import { undecided, wonByUploader } from '../rules/dispute-machine.ts';
import type { ReportPage } from '../store/report.ts';
import { type Caller, isOperator, partyInView } from './caller.ts';
import { getParty, noParty } from './parties.ts';
import type { ReportPeriod } from './report-period.ts';
import {
  type ChallengedPrecision,
  describePrecision,
  describeReportedClaim,
  describeReportedDispute,
  describeReportedMatch,
  ReportedClaim,
  ReportedDispute,
  ReportedMatch,
} from './report-rows.ts';
import type { ReportRow } from './report-text.ts';

/** Some 400 kB of text: what one reader makes the process hold. */
const rowsPerPage = 500;
/** Parties that claim; a registry with more asks for one after the other. */
const maxClaimants = 10_000;

export const reportRows = { claims: ReportedClaim, matches: ReportedMatch, disputes: ReportedDispute };
export type ReportName = keyof typeof reportRows;

export type ReportAsk = {
  /** Whose; `undefined`: everybody's. */
  readonly partyId: string | undefined;
  readonly period: ReportPeriod;
};

export function columnsOfReport(name: ReportName): string[] {
  return Object.keys(reportRows[name].properties);
}

/** An operator may name a party, anybody else only itself. Throws PARTY_NOT_FOUND. */
export async function partyOfReport(
  context: Scoped,
  caller: Caller,
  named: string | undefined,
): Promise<string | undefined> {
  const inView = partyInView(caller);
  if (named === undefined || named === inView) return inView;
  if (!isOperator(caller) || inView !== undefined) throw noParty(named);
  return (await getParty(context, named)).party_id;
}

/** Pages in the order of time, each read when it is asked for. */
export function reportPages(context: Scoped, name: ReportName, ask: ReportAsk): AsyncGenerator<ReportRow[]> {
  const { store } = context;
  if (name === 'claims')
    return pagesOf(ask, store.reportClaims, describeReportedClaim, ({ claimId }) => claimId);
  if (name === 'disputes')
    return pagesOf(ask, store.reportDisputes, describeReportedDispute, ({ disputeId }) => disputeId);
  return pagesOf(ask, store.reportMatches, describeReportedMatch, (row) => row.submissionMatchId);
}

/** Per claimant, those with most claims first. */
export async function reportChallengedPrecision(
  { store }: Scoped,
  { partyId, period }: ReportAsk,
): Promise<ChallengedPrecision[]> {
  const asked = { partyId, ...period, wonByUploader, undecided, limit: maxClaimants };
  return (await store.reportChallengedPrecision(asked)).map(describePrecision);
}

async function* pagesOf<Row extends { readonly place: string }>(
  { partyId, period }: ReportAsk,
  read: (page: ReportPage) => Promise<readonly Row[]>,
  describe: (row: Row) => ReportRow,
  idOf: (row: Row) => string,
): AsyncGenerator<ReportRow[]> {
  let last: Row | undefined;
  do {
    const after = { afterPlace: last?.place, afterId: last === undefined ? undefined : idOf(last) };
    const rows = await read({ partyId, ...period, ...after, limit: rowsPerPage });
    yield rows.map(describe);
    last = rows.length === rowsPerPage ? rows.at(-1) : undefined;
  } while (last !== undefined);
}
