import { bytea, jsonb, nullable, text, uuid } from './columns.ts';
import { type Queryable, statement } from './statement.ts';

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
