/**
 * What the rules refuse: the closed list of codes. The rules are pure, so they do not import `api/errors.ts`, which
 * knows the store; it lists these codes among its own. A code is stable; a message says what was expected and what
 * was received, and may change. Anything else thrown under `api/rules/` is our own bug.
 */
export const ruleErrorCodes = [
  'DECISION_INVALID',
  'EVENT_INVALID',
  'EVENT_NOT_ALLOWED',
  'EVENT_OUT_OF_ORDER',
  'EVENT_ROLE_FORBIDDEN',
  'EVENT_TOO_EARLY',
  'IDENTIFIER_INVALID',
  'POLICY_INVALID',
  'RIGHTS_ASSERTION_INVALID',
  'SHARE_INVALID',
  'TERRITORY_INVALID',
  'TOO_MANY_ASSERTIONS',
] as const;

export type RuleErrorCode = (typeof ruleErrorCodes)[number];

/** A refusal with a stable code. */
export class RuleError extends Error {
  readonly code: RuleErrorCode;
  constructor(code: RuleErrorCode, message: string) {
    super(message);
    this.name = 'RuleError';
    this.code = code;
  }
}

const maxShownCharacters = 60;

/** Whatever was received, short enough for a message. */
export function shown(received: unknown): string {
  return JSON.stringify(String(received).slice(0, maxShownCharacters));
}
