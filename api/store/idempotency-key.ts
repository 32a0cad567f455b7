import { bytea, jsonb, nullable, text, uuid } from './columns.ts';
import { type Queryable, statement } from './statement.ts';
import { TransactionCollided } from './store-unavailable.ts';

export const claimIdempotencyKey = statement('claim-idempotency-key', {
  parameters: { party_id: uuid, key: text, request_digest: bytea },
  columns: { key: text },
});
export const findIdempotencyKey = statement('find-idempotency-key', {
  parameters: { party_id: uuid, key: text },
  columns: { request_digest: bytea, response: nullable(jsonb) },
});
export const answerIdempotencyKey = statement('answer-idempotency-key', {
  parameters: { party_id: uuid, key: text, response: jsonb },
});

const deleteExpiredStatement = statement('delete-expired-idempotency-keys', { parameters: {} });
/** Takes some keys away that are over their time, of whichever party: for the service. */
export const forgetIdempotencyKeys = async (on: Queryable): Promise<void> => {
  await deleteExpiredStatement.all(on, {});
};

/**
 * What a request with this key was answered, within the transaction that makes the answer; `undefined` where it is the
 * first, which then has to `keepAnswer`. Who comes while the first is being answered waits for it.
 */
export async function findAnsweredRequest(
  on: Queryable,
  request: { readonly partyId: string; readonly key: string; readonly requestDigest: Uint8Array },
): Promise<{ readonly isSameRequest: boolean; readonly response: unknown } | undefined> {
  if ((await claimIdempotencyKey.find(on, request)) !== undefined) return undefined;
  const answered = await findIdempotencyKey.find(on, request);
  if (answered === undefined) throw new TransactionCollided('an idempotency key expired while it was read');
  const isSameRequest = Buffer.compare(answered.requestDigest, request.requestDigest) === 0;
  return { isSameRequest, response: answered.response };
}

export const keepAnswer = async (
  on: Queryable,
  answer: { readonly partyId: string; readonly key: string; readonly response: unknown },
): Promise<void> => {
  await answerIdempotencyKey.all(on, answer);
};
