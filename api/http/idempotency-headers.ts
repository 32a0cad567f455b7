/** `Idempotency-Key`, for routes where a request that is repeated must not do its work twice. */
import { Type } from 'typebox';

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      description: 'Any text of your own, such as a UUID. Kept for 24 hours.',
      examples: ['7f0c8e2a-6f0e-4b57-9a43-5a8a3c6d1f10'],
    }),
  ),
});
