/**
 * Answers against the truth, row by row; a row is one attack at one length. The surest claim counts: a hit is the
 * expected recording (of two that are mixed, either). As the kit's score.py has it, with intervals and the errors
 * of what was hit.
 */
import { type Interval, median, wilsonInterval } from '../report/statistics.ts';
import type { Claim } from './answers.ts';
import type { Query } from './truth.ts';

export type Row = {
  readonly attack: string;
  readonly length: string;
  readonly count: number;
  readonly hits: number;
  /** 95 %, Wilson. */
  readonly interval: Interval;
  /** The surest claim was another recording. */
  readonly wrong: number;
  /** Both of two mixed recordings were found; undefined where there is one. */
  readonly both: number | undefined;
  /** Medians over the hits; undefined where there is none. */
  readonly offsetErrorMs: number | undefined;
  /** Of 1, not per cent. */
  readonly tempoError: number | undefined;
  readonly pitchErrorCents: number | undefined;
  /** Hits that name the alteration: tempo within half a per cent and pitch within 20 cents. */
  readonly exact: number;
};

const exactTempo = 0.005;
const exactCents = 20;

export type AbsentRow = {
  readonly attack: string;
  readonly length: string;
  readonly count: number;
  readonly falseMatches: readonly {
    readonly query: string;
    readonly reference: string;
    readonly score: number;
  }[];
};

type Claims = ReadonlyMap<string, readonly Claim[]>;

export function scoreRows(queries: readonly Query[], claims: Claims): Row[] {
  const present = queries.filter((query) => query.expected !== '');
  return [...Map.groupBy(present, rowKey).values()].map((members) => scoreRow(members, claims));
}

export function scoreAbsent(queries: readonly Query[], claims: Claims): AbsentRow[] {
  const absent = queries.filter((query) => query.expected === '');
  return [...Map.groupBy(absent, rowKey).values()].map((members) => ({
    ...nameOf(members),
    count: members.length,
    falseMatches: members.flatMap(({ name }) =>
      (claims.get(name) ?? []).slice(0, 1).map(({ reference, score }) => ({ query: name, reference, score })),
    ),
  }));
}

export function scoreRow(members: readonly Query[], claims: Claims): Row {
  let [hits, wrong, both, exact] = [0, 0, 0, 0];
  const offsetErrors: number[] = [];
  const tempoErrors: number[] = [];
  const pitchErrors: number[] = [];
  for (const query of members) {
    const found = claims.get(query.name) ?? [];
    const wanted = [query.expected, query.also].filter((id) => id !== '');
    if (wanted.length === 2 && wanted.every((id) => found.some((claim) => claim.reference === id))) both++;
    const [surest] = found;
    if (surest === undefined) continue;
    if (!wanted.includes(surest.reference)) {
      wrong++;
      continue;
    }
    hits++;
    const offset = offsetError(query, surest);
    if (Number.isFinite(offset)) offsetErrors.push(offset);
    const tempoError = Math.abs(surest.tempo / query.tempo - 1);
    const pitchError =
      surest.pitchCents === undefined ? undefined : Math.abs(surest.pitchCents - query.pitchCents);
    tempoErrors.push(tempoError);
    if (pitchError !== undefined) pitchErrors.push(pitchError);
    if (tempoError <= exactTempo && (pitchError ?? 0) <= exactCents) exact++;
  }
  const seconds = median(offsetErrors);
  return {
    ...nameOf(members),
    count: members.length,
    hits,
    interval: wilsonInterval(hits, members.length),
    wrong,
    both: members.some(({ also }) => also !== '') ? both : undefined,
    offsetErrorMs: seconds === undefined ? undefined : seconds * 1000,
    tempoError: median(tempoErrors),
    pitchErrorCents: median(pitchErrors),
    exact,
  };
}

/** Seconds of the reference between where a claim puts the middle of the query and where it is. */
function offsetError(query: Query, claim: Claim): number {
  const middle = (query.referenceEnd - query.referenceStart) / query.tempo / 2;
  const claimed = claim.referenceStart + (middle - claim.queryStart) * claim.tempo;
  const start = claim.reference === query.expected ? query.referenceStart : query.alsoStart;
  return Math.abs(claimed - (start + middle * query.tempo));
}

function rowKey({ attack, length }: Query): string {
  return `${attack}/${length}`;
}

function nameOf([first]: readonly Query[]): { attack: string; length: string } {
  return { attack: first?.attack ?? '', length: first?.length ?? '' };
}
