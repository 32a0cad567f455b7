/** What is said in a dispute, the same in all requests. */
import { Type } from 'typebox';
import { maxStatementCharacters } from '../rules/claim-guards.ts';

export const Statement = Type.String({
  minLength: 1,
  maxLength: maxStatementCharacters,
  description: 'What is said to the other side.',
  examples: ['We have a licence for this: number 4711.'],
});

export const Account = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 200,
    description:
      'The account that speaks: the one that uploaded it. Without it the platform speaks for itself.',
  }),
);
