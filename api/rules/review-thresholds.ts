/** When a person looks before anything is enforced. */
import type { MatchFacts } from './match-facts.ts';

export const reviewReasons = ['short', 'low_confidence', 'routed', 'conflict'] as const;
/** Short and uncertain: the match. Routed: a rule of an owner's policy. Conflict: of ownership. */
export type ReviewReason = (typeof reviewReasons)[number];

export type ReviewThresholds = {
  /** A match below this many seconds of the upload goes to review. */
  readonly minMatchSeconds: number;
  /** A match less certain than this goes to review. */
  readonly maxFalseMatchProbability: number;
};

/**
 * Under 10 s a match may be a quotation, a jingle or a loop that two recordings share. Matches are reported from a
 * false-match probability of 10⁻⁶ on (`workers/match/parameters.ts`): one in a million is good enough to look at, and
 * with millions of uploads not good enough to act on unseen.
 */
export const reviewThresholds: ReviewThresholds = { minMatchSeconds: 10, maxFalseMatchProbability: 1e-9 };

/** What is doubtful about the match itself, whoever owns the recording. */
export function doubtsOf(
  facts: MatchFacts,
  { minMatchSeconds, maxFalseMatchProbability }: ReviewThresholds,
): ReviewReason[] {
  const doubts: ReviewReason[] = [];
  if (facts.matchSeconds < minMatchSeconds) doubts.push('short');
  if (facts.falseMatchProbability > maxFalseMatchProbability) doubts.push('low_confidence');
  return doubts;
}
