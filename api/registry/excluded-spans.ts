/**
 * Spans of references that must not match. They are taken out of what a search found before anybody hears of it, and
 * not out of the index: its segments are immutable bytes shared by all threads, and a span has no postings of its own
 * there. What that costs is that a search may prefer an excluded chorus to another one that sounds the same.
 */
import { maxFalseMatchProbability } from '../../workers/match/parameters.ts';
import type { MatchSegment, ReferenceMatch } from '../../workers/protocol.ts';
import type { ExcludedIntervalRow } from '../store/excluded-interval.ts';

type Span = { readonly startMs: number; readonly endMs: number };

/** By reference; never changed in place, so that a search keeps what it began with. */
export type ExcludedSpans = ReadonlyMap<string, readonly Span[]>;

/** What is left of a segment when a span is cut out of it, where that is shorter, says nothing. */
const minPieceMs = 1000;

export function spansOf(rows: readonly ExcludedIntervalRow[]): Map<string, readonly Span[]> {
  return Map.groupBy(rows, ({ referenceId }) => referenceId);
}

/** Matches of which nothing is left are left out. */
export function withoutExcluded(
  matches: readonly ReferenceMatch[],
  excluded: ExcludedSpans,
): readonly ReferenceMatch[] {
  if (excluded.size === 0) return matches;
  return matches.flatMap((match) => {
    const spans = excluded.get(match.referenceId);
    if (!spans) return [match];
    const segments = match.segments.flatMap((segment) => cut(segment, spans));
    return segments.length > 0 ? [{ ...match, segments }] : [];
  });
}

function cut(segment: MatchSegment, spans: readonly Span[]): MatchSegment[] {
  let left: Span[] = [{ startMs: segment.referenceStartMs, endMs: segment.referenceEndMs }];
  for (const span of spans) left = left.flatMap((piece) => without(piece, span));
  const alternatives = segment.alternatives?.filter(
    ({ referenceStartMs: startMs, referenceEndMs: endMs }) =>
      !spans.some((span) => overlap({ startMs, endMs }, span)),
  );
  const kept = alternatives ? { ...segment, alternatives } : segment;
  return left.flatMap((piece) => pieceOf(kept, piece) ?? []);
}

function without(piece: Span, { startMs, endMs }: Span): Span[] {
  if (!overlap(piece, { startMs, endMs })) return [piece];
  return [
    { startMs: piece.startMs, endMs: startMs },
    { startMs: endMs, endMs: piece.endMs },
  ].filter((rest) => rest.endMs > rest.startMs);
}

const overlap = (a: Span, b: Span): boolean => a.startMs < b.endMs && b.startMs < a.endMs;

/**
 * The part of a segment that lies in a piece of its reference. Peaks are taken to lie evenly, so it has its share of
 * them, and is as much less certain: chance aligns half of them with the square root of the probability.
 */
function pieceOf(segment: MatchSegment, { startMs, endMs }: Span): MatchSegment | undefined {
  const { referenceStartMs, referenceEndMs, queryStartMs, queryEndMs } = segment;
  if (startMs === referenceStartMs && endMs === referenceEndMs) return segment;
  if (endMs - startMs < minPieceMs) return undefined;
  const referenceMs = referenceEndMs - referenceStartMs;
  const share = (endMs - startMs) / referenceMs;
  const falseMatchProbability = segment.falseMatchProbability ** share;
  if (falseMatchProbability > maxFalseMatchProbability) return undefined;
  const queryAt = (atMs: number) =>
    Math.round(queryStartMs + ((atMs - referenceStartMs) * (queryEndMs - queryStartMs)) / referenceMs);
  return {
    ...segment,
    queryStartMs: queryAt(startMs),
    queryEndMs: queryAt(endMs),
    referenceStartMs: startMs,
    referenceEndMs: endMs,
    alignedPeaks: Math.round(segment.alignedPeaks * share),
    falseMatchProbability,
  };
}
