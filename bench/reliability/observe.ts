/**
 * What the stated probabilities are worth. For every scan the wrong answer that was stated to be the most certain is
 * taken; of the scans of a set, no greater share may have one stated at p or below than p.
 */
import type { Claim } from '../quality/answers.ts';
import type { Query } from '../quality/truth.ts';
import { type Interval, wilsonInterval } from '../report/statistics.ts';

/** Below 1, where every answer lies, down to what is reported and further. */
const statedProbabilities = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4, 1e-5, 1e-6] as const;

type WrongAnswer = {
  readonly query: string;
  readonly attack: string;
  /** What the query was cut from. */
  readonly source: string;
  readonly reference: string;
  readonly stated: number;
  /** Seconds of the upload. */
  readonly queryStart: number;
  readonly queryEnd: number;
  readonly referenceStart: number;
  readonly tempo: number;
  readonly pitchCents: number | undefined;
};

export type Point = {
  readonly stated: number;
  /** Scans with a wrong answer stated at this or below. */
  readonly count: number;
  readonly observed: number;
  /** 95 %, Wilson. */
  readonly interval: Interval;
  /** What was observed does not contradict what was stated: the interval begins no higher. */
  readonly isBound: boolean;
};

export type Kind = {
  readonly attack: string;
  readonly scans: number;
  /** The most certain wrong answer; undefined where there is none. */
  readonly least: number | undefined;
};

export type Observation = {
  readonly scans: number;
  readonly points: readonly Point[];
  readonly kinds: readonly Kind[];
  /** One of each scan that has any, most certain first. */
  readonly wrong: readonly WrongAnswer[];
  /** Which recordings were taken for which, by the most certain answer: excerpts of one pair err alike. */
  readonly pairs: readonly Pair[];
};

type Pair = {
  readonly source: string;
  readonly reference: string;
  readonly scans: number;
  readonly least: number;
};

type Claims = ReadonlyMap<string, readonly Claim[]>;

/** Of the queries that were asked; of an absent one every answer is wrong. */
export function observe(queries: readonly Query[], claims: Claims): Observation {
  const asked = queries.filter(({ name }) => claims.has(name));
  const wrong = asked
    .flatMap((query) => mostCertainWrong(query, claims.get(query.name) ?? []))
    .sort((a, b) => a.stated - b.stated);
  const points = statedProbabilities.map((stated): Point => {
    const count = wrong.filter((answer) => answer.stated <= stated).length;
    const interval = wilsonInterval(count, asked.length);
    return {
      stated,
      count,
      observed: asked.length === 0 ? 0 : count / asked.length,
      interval,
      isBound: asked.length === 0 || interval.low <= stated,
    };
  });
  const kinds = [...Map.groupBy(asked, ({ attack }) => attack)].map(
    ([attack, members]): Kind => ({
      attack,
      scans: members.length,
      least: wrong.find((answer) => answer.attack === attack)?.stated,
    }),
  );
  const pairs = [...Map.groupBy(wrong, ({ source, reference }) => `${source}/${reference}`).values()].map(
    (members): Pair => {
      const [{ source, reference, stated }] = members as [WrongAnswer];
      return { source, reference, scans: members.length, least: stated };
    },
  );
  return { scans: asked.length, points, kinds, wrong, pairs };
}

/** Claims come surest first. */
function mostCertainWrong(query: Query, claims: readonly Claim[]): WrongAnswer[] {
  const right = [query.expected, query.also].filter((id) => id !== '');
  const claim = claims.find(({ reference }) => !right.includes(reference));
  // What is stated at 1 claims nothing.
  if (claim === undefined || claim.score <= 0) return [];
  const { reference, queryStart, queryEnd, referenceStart, tempo, pitchCents } = claim;
  return [
    {
      query: query.name,
      attack: query.attack,
      source: query.source,
      reference,
      stated: 10 ** -claim.score,
      queryStart,
      queryEnd,
      referenceStart,
      tempo,
      pitchCents,
    },
  ];
}
