/**
 * Whether a decision resolves what it is about. A decision is recorded like an assertion and can be withdrawn or
 * overruled by a later one that names the same assertions; before it is recorded, it is tried on the record.
 */
import { endOf, startOf } from './calendar-day.ts';
import { effectiveOver } from './effective-rights.ts';
import { concerns, isBelieved, type OwnershipDecision, type RightsRecord, rights } from './rights-record.ts';
import { RuleError } from './rule-error.ts';
import { formatShare } from './share.ts';
import { describeTerritories, nowhere } from './territory.ts';

/**
 * Throws `DECISION_INVALID` where the decision sets nothing aside, names an assertion twice or one that is not
 * believed when it is recorded, has an empty territory or period, or leaves more than the whole of a right within
 * its own territories and period.
 */
export function checkDecision(decision: OwnershipDecision, record: RightsRecord): void {
  const { upheld, setAside, period, territories, recordedAtMs } = decision;
  const named = [...upheld, ...setAside];
  if (setAside.length === 0) throw invalid('at least one assertion that is set aside', 'none');
  const repeated = named.find((assertionId, index) => named.indexOf(assertionId) !== index);
  if (repeated !== undefined) throw invalid('each assertion once', repeated);
  const known = new Set(
    record.assertions.filter((a) => isBelieved(a, recordedAtMs)).map((a) => a.assertionId),
  );
  const unknown = named.find((assertionId) => !known.has(assertionId));
  if (unknown !== undefined) throw invalid('assertions that are recorded and not withdrawn', unknown);
  if (territories === nowhere) throw invalid('a territory', 'none');
  if (startOf(period) >= endOf(period)) {
    throw invalid('a period that begins before it ends', `${period.from} to ${period.to}`);
  }

  const decided = { ...record, decisions: [...record.decisions, decision] };
  for (const right of rights) {
    if (!concerns(decision, right)) continue;
    for (const ownership of effectiveOver(decided, right, recordedAtMs)) {
      const within = ownership.territories & territories;
      const overlaps = startOf(ownership.period) < endOf(period) && startOf(period) < endOf(ownership.period);
      if (ownership.status !== 'conflicted' || within === nowhere || !overlaps) continue;
      throw invalid(
        'at most 100 % to be left',
        `${formatShare(ownership.sumPpm)} % of ${right} in ${describeTerritories(within)}`,
      );
    }
  }
}

function invalid(expected: string, received: string): RuleError {
  return new RuleError('DECISION_INVALID', `decision: expected ${expected}; received ${received}`);
}
