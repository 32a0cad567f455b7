/**
 * Where identifier assertions contradict each other. Nobody's identifier wins over another's: both stay, and whoever
 * looks sees the conflict, until one is withdrawn.
 *
 * Not every several is a conflict. A recording has one ISRC and an ISRC one recording (ISRC Handbook); a party may own
 * several DPIDs, several ISNIs for several public identities and an IPI name number for each name, but none of these
 * belongs to two parties; releases and works have many recordings, and a recording has many of them.
 */
import type { IdentifierScheme } from './identifiers.ts';
import { type InstantMs, isBelieved, type Recorded } from './rights-record.ts';

export type IdentifierAssertion = Recorded & {
  readonly assertionId: string;
  /** The recording or the party that is said to have it. */
  readonly subjectId: string;
  readonly scheme: IdentifierScheme;
  /** As `normaliseIdentifier` gives it. */
  readonly value: string;
  readonly assertedBy: string;
};

export type IdentifierConflict = {
  readonly kind: 'several_values' | 'several_subjects';
  readonly scheme: IdentifierScheme;
  /** The subject that has several values, or the value that several subjects have. */
  readonly of: string;
  readonly assertions: readonly IdentifierAssertion[];
};

const oneValue: readonly IdentifierScheme[] = ['isrc'];
const oneSubject: readonly IdentifierScheme[] = ['isrc', 'isni', 'ipi', 'dpid'];

/** Among what was believed at an instant, in the order the assertions are given. */
export function identifierConflicts(
  assertions: readonly IdentifierAssertion[],
  atMs: InstantMs,
): IdentifierConflict[] {
  const believed = assertions.filter((assertion) => isBelieved(assertion, atMs));
  const conflicts: IdentifierConflict[] = [];
  const collect = (
    kind: IdentifierConflict['kind'],
    schemes: readonly IdentifierScheme[],
    of: (assertion: IdentifierAssertion) => string,
    differ: (assertion: IdentifierAssertion) => string,
  ) => {
    const counted = believed.filter(({ scheme }) => schemes.includes(scheme));
    const groups = Map.groupBy(counted, (assertion) => `${assertion.scheme} ${of(assertion)}`);
    for (const [first, ...others] of groups.values()) {
      if (!first || others.every((other) => differ(other) === differ(first))) continue;
      conflicts.push({ kind, scheme: first.scheme, of: of(first), assertions: [first, ...others] });
    }
  };
  const subject = ({ subjectId }: IdentifierAssertion) => subjectId;
  const value = ({ value }: IdentifierAssertion) => value;
  collect('several_values', oneValue, subject, value);
  collect('several_subjects', oneSubject, value, subject);
  return conflicts;
}
