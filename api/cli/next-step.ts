import type { Failure } from './failure.ts';

/** What somebody at a terminal can do about a refusal, where the refusal alone does not say it. */
const nextSteps: Readonly<Record<string, string>> = {
  KEY_MISSING: 'Give --api-key or set EARMARK_API_KEY; "earmark key create" makes a key.',
  KEY_INVALID: '"earmark key create" makes a key, "earmark key list" shows those that there are.',
  SCOPE_FORBIDDEN:
    'A key may what the roles of its party give: see "earmark party list" and "earmark party roles".',
  EVENT_ROLE_FORBIDDEN:
    'Act as the party whose turn it is: with its key, or on the data directory with --as PARTY.',
  EVENT_NOT_ALLOWED:
    '"earmark claim history CLAIM" and "earmark dispute show DISPUTE" show what has happened.',
  ACCOUNT_NOT_THE_UPLOADER:
    '"earmark claim show CLAIM" names the account; without --account the platform itself speaks.',
  CLAIM_NOT_FOUND: '"earmark claim list" shows the claims of your party.',
  CLAIM_TAKEN: '"earmark review list --free" shows what nobody has taken.',
  DISPUTE_NOT_FOUND: '"earmark dispute list" shows the disputes of your party.',
  POLICY_NOT_FOUND: '"earmark policy list" shows the policies of your party.',
  POLICY_NOT_ACTIVE: '"earmark policy activate POLICY" puts its latest version in force.',
  RETROSCAN_NOT_FOUND: '"earmark retroscan list" shows those for the recordings of your party.',
  REVIEWER_INVALID:
    '"earmark party list" shows which parties have the role reviewer; "earmark party roles" gives it.',
  RIGHTS_NOT_YOURS: '"earmark rights show RECORDING --view mine" shows the assertions of your party.',
  RIGHTS_NOT_FOUND: '"earmark rights show RECORDING --view asserted" shows the assertions.',
  EXCLUDED_INTERVAL_NOT_FOUND: '"earmark exclusion list RECORDING" shows what is excluded.',
  IDENTIFIER_NOT_FOUND: '"earmark identifier list RECORDING" shows the assertions.',
  CONFLICT_NOT_FOUND: '"earmark conflict list" shows the conflicts of your party.',
  SUBMISSION_NOT_FOUND: '"earmark submission list" shows the uploads that your party reported.',
  ALLOWLIST_ENTRY_NOT_FOUND: '"earmark allowlist list" shows the accounts that are allowed.',
  PARTY_NOT_FOUND: '"earmark party list" shows the parties.',
  MANDATE_MISSING: 'The party gives one with "earmark mandate create" or POST /v1/mandates.',
  VERSION_CONFLICT: 'Look at it again, and decide anew.',
};

/** Each side of a claim has its own commands: who took the other's is told of them. */
const scopeSteps: Readonly<Record<string, string>> = {
  'dispute:claims':
    'That is for the platform that reported the upload. A claimant answers with "earmark dispute counter-state" and "earmark claim".',
  'manage:claims':
    'That is for the claimant. The platform that reported the upload speaks for the uploader, with "earmark dispute".',
  'operate:registry':
    "That is for operators: on the data directory without --as, at a server with an operator's key.",
};

export function nextStepAfter({ code, message }: Failure): string | undefined {
  const scope = code === 'SCOPE_FORBIDDEN' ? /the scope ([a-z:]+)/.exec(message)?.[1] : undefined;
  return scopeSteps[scope ?? ''] ?? nextSteps[code];
}
