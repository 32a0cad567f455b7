/** What is said with an act on a claim: the same for its claimant and for a reviewer. */
import { type Static, type TEnum, Type } from 'typebox';
import type { ErrorCode } from '../errors.ts';
import type { ClaimantAct, ClaimantEvent } from '../registry/claims.ts';
import { maxReasonCharacters } from '../rules/state-machine.ts';
import { jsonCodes } from './json-body.ts';
import { onBehalfCodes } from './on-behalf-of.ts';

/** A day of audio. */
const maxMs = 86_400_000;

export const Reason = Type.String({
  minLength: 1,
  maxLength: maxReasonCharacters,
  description: 'Why; it stays in the history.',
  examples: ['The loop is from a sample pack that anybody may use.'],
});

export const ExpectedVersion = Type.Optional(
  Type.Integer({ minimum: 1, description: 'Refused where the claim has another version by now.' }),
);

const fields = {
  reason: Reason,
  notice_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'With `take_down`: the notice it rests on.' }),
  ),
  excluded_interval: Type.Optional(
    Type.Object(
      {
        start_ms: Type.Integer({ minimum: 0, maximum: maxMs }),
        end_ms: Type.Integer({ minimum: 1, maximum: maxMs }),
      },
      {
        additionalProperties: false,
        description:
          'With `release_and_exclude`: the span of the reference that must not match any more. That of the match, where it is not said and the match has one segment.',
      },
    ),
  ),
  expected_version: ExpectedVersion,
};

export const ClaimActBody = <const T extends readonly ClaimantEvent[]>(types: T) =>
  Type.Object(
    { type: Type.Enum([...types]) as TEnum<T[number][]>, ...fields },
    { additionalProperties: false },
  );

const Said = Type.Object(fields);

export function claimActOf(
  claimId: string,
  body: Static<typeof Said> & { readonly type: ClaimantEvent },
  idempotencyKey: string | undefined,
): ClaimantAct {
  return {
    claimId,
    type: body.type,
    reason: body.reason,
    noticeId: body.notice_id,
    excludedInterval: body.excluded_interval,
    expectedVersion: body.expected_version,
    idempotencyKey,
  };
}

export const changeCodes = [
  ...jsonCodes,
  ...onBehalfCodes,
  'CLAIM_NOT_FOUND',
  'VERSION_CONFLICT',
  'IDEMPOTENCY_KEY_REUSED',
  'EVENT_INVALID',
  'EVENT_NOT_ALLOWED',
  'EVENT_ROLE_FORBIDDEN',
] as const satisfies readonly ErrorCode[];
