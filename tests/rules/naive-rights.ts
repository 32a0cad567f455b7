/**
 * The oracle of the effective rights: one territory, one day, one instant, everything looked at again. It reads
 * scopes as they were written and knows neither sets nor sweeps.
 */
import type { Right } from '../../api/rules/rights-record.ts';
import type { TerritoryScope } from '../../api/rules/territory.ts';
import type { WrittenAssertion, WrittenDecision, WrittenRecord } from './arbitrary-rights.ts';

export type NaiveOwnership = {
  readonly status: string;
  readonly sumPpm: number;
  /** party → millionths */
  readonly shares: Readonly<Record<string, number>>;
};

export type Point = {
  readonly territory: string;
  readonly day: string;
  readonly atMs: number;
  readonly right: Right;
};

function covers(scope: TerritoryScope, territory: string): boolean {
  if (scope.exclude?.includes(territory)) return false;
  const include = scope.include ?? ['Worldwide'];
  return include.includes('Worldwide') || include.includes(territory);
}

function holds(item: WrittenAssertion | WrittenDecision, { territory, day, atMs, right }: Point): boolean {
  if (item.right !== 'AllRights' && item.right !== right) return false;
  if (atMs < item.recordedAtMs) return false;
  if (item.withdrawnAtMs !== null && atMs >= item.withdrawnAtMs) return false;
  if (item.period.from !== null && day < item.period.from) return false;
  if (item.period.to !== null && day >= item.period.to) return false;
  return covers(item.scope, territory);
}

function isSetAside(assertionId: string, record: WrittenRecord, point: Point): boolean {
  let last: WrittenDecision | undefined;
  for (const decision of record.decisions) {
    if (!holds(decision, point)) continue;
    if (!decision.upheld.includes(assertionId) && !decision.setAside.includes(assertionId)) continue;
    const isLater =
      last === undefined ||
      decision.recordedAtMs > last.recordedAtMs ||
      (decision.recordedAtMs === last.recordedAtMs && decision.decisionId > last.decisionId);
    if (isLater) last = decision;
  }
  return last?.setAside.includes(assertionId) ?? false;
}

export function naiveOwnership(record: WrittenRecord, point: Point): NaiveOwnership {
  const shares: Record<string, number> = {};
  let sumPpm = 0;
  for (const assertion of record.assertions) {
    if (!holds(assertion, point) || isSetAside(assertion.assertionId, record, point)) continue;
    shares[assertion.partyId] = (shares[assertion.partyId] ?? 0) + assertion.sharePpm;
    sumPpm += assertion.sharePpm;
  }
  let status = 'partly_owned';
  if (sumPpm === 0) status = 'no_owner';
  if (sumPpm === 1_000_000) status = 'owned';
  if (sumPpm > 1_000_000) status = 'conflicted';
  return { status, sumPpm, shares };
}
