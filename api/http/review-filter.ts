/** Which claims of the review queue are meant: the same in the query of its list and in the body that takes from it. */
import { type Static, Type } from 'typebox';
import type { ReviewFilter } from '../registry/review-queue.ts';
import { actions } from '../rules/policy-document.ts';
import { reviewReasons } from '../rules/review-thresholds.ts';

export const ReviewFilterFields = {
  review: Type.Optional(Type.Enum([...reviewReasons], { description: 'Because of this.' })),
  action: Type.Optional(Type.Enum([...actions])),
  recording_id: Type.Optional(Type.String({ format: 'uuid' })),
  platform: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
};

const Asked = Type.Object(ReviewFilterFields);

export function reviewFilterOf(asked: Static<typeof Asked>): ReviewFilter {
  const { review, action, recording_id: recordingId, platform } = asked;
  return { review, action, recordingId, platform };
}
