/** The conditions that events of claims and disputes share. */
import type { Actor, DeadlineDays, Guard, MachineEvent, Subject } from './state-machine.ts';
import { disputeReasons } from './state-machine.ts';

/** Domain defaults, in days; a registry may configure others. */
export const deadlineDays: DeadlineDays<'potential' | 'disputed' | 'appealed'> = {
  potential: 30,
  disputed: 30,
  appealed: 7,
};

export const maxStatementCharacters = 5000;

/** Those who act for a rights-holder; the others act for themselves or for the registry. */
const claimantRoles: readonly string[] = ['rightsholder', 'administrator'];

export function speaksFor({ role, partyId, onBehalfOf }: Actor, claimantPartyId: string): boolean {
  if (!claimantRoles.includes(role)) return true;
  return role === 'administrator' ? (onBehalfOf ?? partyId) === claimantPartyId : partyId === claimantPartyId;
}

type AnyMemory = { readonly claimantPartyId: string };
type AnySubject = Subject<string, AnyMemory> | null;

const hasPassed = ({ atMs }: MachineEvent<string>, subject: AnySubject): boolean =>
  subject?.deadlineAtMs != null && atMs >= subject.deadlineAtMs;

export const sharedGuards = {
  claimTermsAreGiven: {
    code: 'EVENT_INVALID',
    expected: 'claimantPartyId and action',
    holds: ({ detail }) => Boolean(detail?.claimantPartyId && detail.action),
  },
  actorSpeaksForClaimant: {
    code: 'EVENT_ROLE_FORBIDDEN',
    expected: 'the claimant, or its administrator, as the actor',
    holds: ({ actor }, subject) => subject !== null && speaksFor(actor, subject.memory.claimantPartyId),
  },
  deadlineHasPassed: {
    code: 'EVENT_TOO_EARLY',
    expected: 'a deadline that has passed',
    holds: hasPassed,
  },
  // Or a timer that is late would give more time to one side.
  deadlineHasNotPassed: {
    code: 'EVENT_NOT_ALLOWED',
    expected: 'a deadline that has not passed: it can only expire or be released now',
    holds: (event, subject) => !hasPassed(event, subject),
  },
  disputeReasonIsNamed: {
    code: 'EVENT_INVALID',
    expected: `a disputeReason of ${disputeReasons.join(', ')}`,
    holds: ({ detail }) =>
      detail?.disputeReason !== undefined && disputeReasons.includes(detail.disputeReason),
  },
  noticeIsNamed: {
    code: 'EVENT_INVALID',
    expected: 'the noticeId it rests on',
    holds: ({ detail }) => Boolean(detail?.noticeId),
  },
  intervalIsNamed: {
    code: 'EVENT_INVALID',
    expected: 'an excludedInterval that begins before it ends',
    holds: ({ detail }) => {
      const interval = detail?.excludedInterval;
      return interval !== undefined && interval.startMs >= 0 && interval.startMs < interval.endMs;
    },
  },
  statementIsGiven: {
    code: 'EVENT_INVALID',
    expected: `a statement of 1 to ${maxStatementCharacters} characters`,
    holds: ({ detail }) => {
      const statement = detail?.statement ?? '';
      return statement.trim() !== '' && statement.length <= maxStatementCharacters;
    },
  },
} as const satisfies Record<string, Guard<string, AnyMemory>>;
