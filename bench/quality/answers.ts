/** What was answered to every query: NDJSON as `earmark scan --output` writes it, or as the kit's `run.py` does. */
import { existsSync, readFileSync } from 'node:fs';

/** One segment of one match. Times in seconds. */
export type Claim = {
  readonly reference: string;
  /** −log10 of the false-match probability. */
  readonly score: number;
  readonly queryStart: number;
  readonly queryEnd: number;
  readonly referenceStart: number;
  readonly tempo: number;
  /** Unknown in the kit's own format. */
  readonly pitchCents: number | undefined;
};

export type Answers = {
  /** By query, surest claim first. */
  readonly claims: ReadonlyMap<string, readonly Claim[]>;
  /** Queries that were refused, by the error's code. */
  readonly errors: Readonly<Record<string, number>>;
};

type ScanLine = {
  readonly external_id: string;
  readonly error?: { readonly code: string };
  readonly matches?: readonly {
    readonly external_id: string;
    readonly segments: readonly {
      readonly query_start_ms: number;
      readonly query_end_ms: number;
      readonly reference_start_ms: number;
      readonly tempo_ratio: number;
      readonly pitch_cents: number;
      readonly false_match_probability: number;
    }[];
  }[];
};

type KitLine = {
  readonly query: string;
  readonly matches: readonly {
    readonly reference: string;
    readonly score: number;
    readonly query_start?: number;
    readonly query_end?: number;
    readonly reference_start?: number;
    readonly speed?: number;
    readonly pitch_cents?: number;
  }[];
};

export function readAnswers(path: string): Answers {
  const claims = new Map<string, Claim[]>();
  const errors: Record<string, number> = {};
  for (const text of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    if (text === '') continue;
    const line: ScanLine | KitLine = JSON.parse(text);
    if ('external_id' in line && line.error) errors[line.error.code] = (errors[line.error.code] ?? 0) + 1;
    const [name, found] = 'query' in line ? [line.query, ofKit(line)] : [line.external_id, ofScan(line)];
    claims.set(
      name,
      found.sort((a, b) => b.score - a.score),
    );
  }
  return { claims, errors };
}

function ofScan({ matches = [] }: ScanLine): Claim[] {
  return matches.flatMap(({ external_id, segments }) =>
    segments.map((segment) => ({
      reference: external_id,
      score: -Math.log10(Math.max(segment.false_match_probability, 1e-300)),
      queryStart: segment.query_start_ms / 1000,
      queryEnd: segment.query_end_ms / 1000,
      referenceStart: segment.reference_start_ms / 1000,
      tempo: segment.tempo_ratio,
      pitchCents: segment.pitch_cents,
    })),
  );
}

function ofKit({ matches }: KitLine): Claim[] {
  return matches.map((match) => ({
    reference: match.reference,
    score: match.score,
    queryStart: match.query_start ?? 0,
    queryEnd: match.query_end ?? 0,
    referenceStart: match.reference_start ?? Number.NaN,
    tempo: match.speed ?? 1,
    pitchCents: match.pitch_cents,
  }));
}
