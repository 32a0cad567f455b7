/** What policies and claims are decided by: a match, summed up. */

export const transforms = ['none', 'speed', 'tempo', 'pitch', 'tempo_and_pitch'] as const;
export type Transform = (typeof transforms)[number];

/** What kind of upload it is, as its platform says. */
export const contentTypes = ['audio', 'video', 'short_video', 'live_stream'] as const;
export type ContentType = (typeof contentTypes)[number];

export type MatchFacts = {
  /** How much of the upload, in its own time, is the recording; what several segments cover counts once. */
  readonly matchSeconds: number;
  /** 0 to 100. */
  readonly percentOfUpload: number;
  /** 0 to 100: how much of the recording is in the upload. */
  readonly percentOfReference: number;
  /** Of the most certain segment: one certain segment makes the match certain. */
  readonly falseMatchProbability: number;
  /** Every transform that a segment has, each once. */
  readonly transforms: readonly Transform[];
  /** Null where the platform did not say. */
  readonly contentType: ContentType | null;
};

export type FactSegment = {
  readonly queryStartMs: number;
  readonly queryEndMs: number;
  readonly referenceStartMs: number;
  readonly referenceEndMs: number;
  readonly transform: Transform;
  readonly falseMatchProbability: number;
};

/** At least one segment. Durations in milliseconds; segments may lie a little outside them and then count up to them. */
export function matchFacts(match: {
  readonly segments: readonly FactSegment[];
  readonly uploadMs: number;
  readonly referenceMs: number;
  readonly contentType: ContentType | null;
}): MatchFacts {
  const { segments, uploadMs, referenceMs, contentType } = match;
  const uploadCoveredMs = coveredMs(
    segments.map(({ queryStartMs, queryEndMs }) => [queryStartMs, queryEndMs]),
    uploadMs,
  );
  const referenceCoveredMs = coveredMs(
    segments.map(({ referenceStartMs, referenceEndMs }) => [referenceStartMs, referenceEndMs]),
    referenceMs,
  );
  return {
    matchSeconds: uploadCoveredMs / 1000,
    percentOfUpload: percent(uploadCoveredMs, uploadMs),
    percentOfReference: percent(referenceCoveredMs, referenceMs),
    falseMatchProbability: segments.reduce((least, s) => Math.min(least, s.falseMatchProbability), 1),
    transforms: transforms.filter((transform) => segments.some((segment) => segment.transform === transform)),
    contentType,
  };
}

function coveredMs(spans: readonly (readonly [number, number])[], durationMs: number): number {
  let [covered, reached] = [0, 0];
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    const until = Math.min(end, durationMs);
    if (until <= reached) continue;
    covered += until - Math.max(start, reached);
    reached = until;
  }
  return covered;
}

const percent = (partMs: number, wholeMs: number): number => (wholeMs > 0 ? (100 * partMs) / wholeMs : 0);
