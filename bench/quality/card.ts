/** The robustness card as data: everything that is on it, scored from a folder of answers. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Circumstances } from '../report/results.ts';
import { type Interval, wilsonInterval } from '../report/statistics.ts';
import { readAnswers } from './answers.ts';
import { type PeerName, readPeers } from './peers.ts';
import type { Costs, IndexSize } from './run-earmark.ts';
import { type AbsentRow, type Row, scoreAbsent, scoreRow, scoreRows } from './score.ts';
import { type CompilationScore, scoreCompilations } from './score-compilations.ts';
import { type Query, readCompilations, readTruth } from './truth.ts';

/** What a run keeps beside its answers, in `run.json`. */
export type RunFacts = {
  readonly circumstances: Circumstances;
  readonly costs: Costs;
  readonly index: IndexSize;
  /** The scans' `--transforms`; undefined where it was left at its default. */
  readonly transforms?: string;
  /** Recordings registered beside the kit's that are cut together from real constellations. */
  readonly syntheticRecordings: number;
};

export type PlaneCell = Row & { readonly tempo: number; readonly pitchCents: number };

export type Card = {
  readonly facts: RunFacts | undefined;
  readonly rows: readonly Row[];
  readonly absent: readonly AbsentRow[];
  readonly absentCount: number;
  readonly falseMatchCount: number;
  readonly falseMatchInterval: Interval;
  readonly compilations: CompilationScore | undefined;
  readonly plane: readonly PlaneCell[];
  /** Tempo and pitch moved together, as resampling does. */
  readonly planeSpeeds: readonly PlaneCell[];
  readonly errors: Readonly<Record<string, number>>;
  readonly peers: Readonly<Record<string, Readonly<Record<PeerName, string>>>>;
};

/** Names of the answers; the second is the kit's own. */
const answerFiles = {
  queries: ['queries.ndjson', 'results.jsonl'],
  compilations: ['compilations.ndjson', 'comps.jsonl'],
  excerpts: ['excerpts.ndjson', 'excerpts.jsonl'],
} as const;

/**
 * @param results a folder with the answers
 * @param truths folders looked through for `truth.csv`, `comps.json` and `excerpts.csv`, the first that has one wins
 */
export function makeCard(results: string, truths: readonly string[]): Card {
  const find = (name: string) => truths.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const answersOf = (names: readonly string[]) =>
    readAnswers(names.map((name) => join(results, name)).find((path) => existsSync(path)) ?? '');
  const [queries, compilations, excerpts] = [
    answersOf(answerFiles.queries),
    answersOf(answerFiles.compilations),
    answersOf(answerFiles.excerpts),
  ];
  const truthOf = (path: string | undefined) => (path === undefined ? [] : readTruth(path));
  // Queries that were not asked are no misses: a run may be of a part.
  const asked = truthOf(find('truth.csv')).filter(({ name }) => queries.claims.has(name));
  const cut = truthOf(find('excerpts.csv')).filter(({ name }) => excerpts.claims.has(name));
  if (asked.length + cut.length === 0) throw new Error(`no answers with a known truth in ${results}`);
  const isPlane = (query: Query) => query.attack.startsWith('plane');
  const absent = scoreAbsent(asked, queries.claims);
  const absentCount = absent.reduce((sum, { count }) => sum + count, 0);
  const falseMatchCount = absent.reduce((sum, { falseMatches }) => sum + falseMatches.length, 0);
  const compilationTruth = find('comps.json');
  const heard = (compilationTruth === undefined ? [] : readCompilations(join(compilationTruth, '..'))).filter(
    ({ query }) => compilations.claims.has(query),
  );
  const facts = join(results, 'run.json');
  return {
    facts: existsSync(facts) ? JSON.parse(readFileSync(facts, 'utf8')) : undefined,
    rows: [
      ...scoreRows(asked, queries.claims),
      ...scoreRows(
        cut.filter((query) => !isPlane(query)),
        excerpts.claims,
      ),
    ],
    absent,
    absentCount,
    falseMatchCount,
    falseMatchInterval: wilsonInterval(falseMatchCount, absentCount),
    compilations: heard.length === 0 ? undefined : scoreCompilations(heard, compilations.claims),
    plane: cellsOf(cut, 'plane', excerpts.claims),
    planeSpeeds: cellsOf(cut, 'plane_speed', excerpts.claims),
    errors: { ...queries.errors, ...compilations.errors, ...excerpts.errors },
    peers: Object.fromEntries(readPeers()),
  };
}

function cellsOf(
  queries: readonly Query[],
  attack: string,
  claims: Parameters<typeof scoreRow>[1],
): PlaneCell[] {
  const members = queries.filter((query) => query.attack === attack);
  return [...Map.groupBy(members, ({ tempo, pitchCents }) => `${tempo}/${pitchCents}`).values()].map(
    (cell) => ({
      ...scoreRow(cell, claims),
      tempo: cell[0]?.tempo ?? 1,
      pitchCents: cell[0]?.pitchCents ?? 0,
    }),
  );
}
