/** Requests with an Idempotency-Key: the second is answered as the first was, and changes nothing. */
import { createHash } from 'node:crypto';
import { RegistryError } from '../errors.ts';
import type { TransactionStore } from '../store/store.ts';

export type OnceAsked = {
  /** Whose key it is: the party of whoever asks. */
  readonly partyId: string;
  readonly key: string | undefined;
  /** What makes two requests the same; JSON. */
  readonly request: readonly unknown[];
};

/** Within the transaction that does what is asked. Throws IDEMPOTENCY_KEY_REUSED. */
export async function answerOnce<T>(
  on: TransactionStore,
  { partyId, key, request }: OnceAsked,
  work: () => Promise<T>,
): Promise<T> {
  if (key === undefined) return work();
  const requestDigest = createHash('sha256').update(JSON.stringify(request)).digest();
  const answered = await on.findAnsweredRequest({ partyId, key, requestDigest });
  if (answered?.isSameRequest === false) {
    throw new RegistryError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key came before, with another request; use a new one.',
    );
  }
  if (answered) return answered.response as T;
  const response = await work();
  await on.keepAnswer({ partyId, key, response });
  return response;
}
