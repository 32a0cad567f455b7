import { bytea, jsonb, nullable, text, uuid } from './columns.ts';
import { statement } from './statement.ts';

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
export const deleteExpiredIdempotencyKeys = statement('delete-expired-idempotency-keys', { parameters: {} });
