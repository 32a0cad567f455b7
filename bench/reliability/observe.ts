/**
 * What the stated probabilities are worth. For every scan the wrong answer that was stated to be the most certain is
 * taken; of the scans of a set, no greater share may have one stated at p or below than p. An answer is wrong unless its
 * recording is in the query, or waveforms prove that it holds the same audio there.
 */
import type { Claim } from '../quality/answers.ts';
import type { Query } from '../quality/truth.ts';
import { type Interval, mean, wilsonInterval } from '../report/statistics.ts';

/** Below 1, where every answer lies, down to what is reported and further. */
const statedProbabilities = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4, 1e-5, 1e-6] as const;

/** What the waveforms of the query's source and of the named recording say (bench/kit/shared_audio.py). */
export type Evidence = {
  readonly is_shared: boolean;
  /** Compared, and of them those that lie in whole seconds that correlate throughout. */
  readonly seconds: number;
  readonly shared_seconds: number;
  /** Of the one lag, and the best at any other; null where they could not be compared. */
  readonly correlation: number | null;
  readonly elsewhere: number | null;
  /** Why it is not proved; empty where it is. */
  readonly why: string;
};

/** Undefined where nothing was compared. */
export type EvidenceOf = (claim: Claim) => Evidence | undefined;

/** Parts of an answer that could have been asked for. */
const parts = [1 / 3, 1 / 2, 2 / 3, 4 / 5] as const;
/** Evidence that fails for this alone would do if less were asked for. */
const tooLittle = 'less than half';

type Answer = {
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
  readonly evidence: Evidence | undefined;
};

export type Point = {
  readonly stated: number;
  /** Scans with a wrong answer stated at this or below. */
  readonly count: number;
  /** The same if answers of shared audio counted as wrong too. */
  readonly countWithShared: number;
  readonly observed: number;
  /** 95 %, Wilson. */
  readonly interval: Interval;
  /** What was observed does not contradict what was stated: the interval begins no higher. */
  readonly isBound: boolean;
};

/** The same counts if another part of an answer had to be shared than half. */
type Stricter = {
  readonly part: number;
  /** In the order of the points. */
  readonly counts: readonly number[];
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
  readonly wrong: readonly Answer[];
  /** Which recordings were taken for which, by the most certain answer: excerpts of one pair err alike. */
  readonly pairs: readonly Pair[];
  /** Not wrong: the most certain answer of each scan whose audio is truly shared, and their pairs. */
  readonly shared: readonly Answer[];
  readonly sharedPairs: readonly Pair[];
  readonly byPart: readonly Stricter[];
};

export type Pair = {
  readonly source: string;
  readonly reference: string;
  readonly scans: number;
  readonly least: number;
  /** Summed over the scans, as compared. */
  readonly seconds: number;
  readonly sharedSeconds: number;
  /** At the one lag and the best elsewhere, in the mean; undefined where nothing could be compared. */
  readonly correlation: number | undefined;
  readonly elsewhere: number | undefined;
};

export type Claims = ReadonlyMap<string, readonly Claim[]>;

/** Of the queries that were asked; of an absent one every answer is wrong that is not of shared audio. */
export function observe(
  queries: readonly Query[],
  claims: Claims,
  evidenceOf: EvidenceOf = () => undefined,
): Observation {
  const asked = queries.filter(({ name }) => claims.has(name));
  const isShared = (claim: Claim) => evidenceOf(claim)?.is_shared === true;
  /** Of each scan the most certain of the answers that are meant; the most certain first. Claims come surest first. */
  const mostCertain = (isMeant: (claim: Claim) => boolean) =>
    asked
      .flatMap((query) => {
        const claim = claimsOfOthers(query, claims).find(isMeant);
        return claim === undefined ? [] : [answerOf(query, claim, evidenceOf(claim))];
      })
      .sort((a, b) => a.stated - b.stated);
  const wrong = mostCertain((claim) => !isShared(claim));
  const wrongOrShared = mostCertain(() => true);
  const shared = mostCertain(isShared);
  const points = statedProbabilities.map((stated): Point => {
    const countIn = (answers: readonly Answer[]) =>
      answers.filter((answer) => answer.stated <= stated).length;
    const count = countIn(wrong);
    const interval = wilsonInterval(count, asked.length);
    return {
      stated,
      count,
      countWithShared: countIn(wrongOrShared),
      observed: asked.length === 0 ? 0 : count / asked.length,
      interval,
      isBound: asked.length === 0 || interval.low <= stated,
    };
  });
  const byPart = parts.map((part): Stricter => {
    const answers = mostCertain((claim) => !sharesPart(evidenceOf(claim), part));
    return {
      part,
      counts: points.map(({ stated }) => answers.filter((answer) => answer.stated <= stated).length),
    };
  });
  const kinds = [...Map.groupBy(asked, ({ attack }) => attack)].map(
    ([attack, members]): Kind => ({
      attack,
      scans: members.length,
      least: wrong.find((answer) => answer.attack === attack)?.stated,
    }),
  );
  const pairs = pairsOf(wrong);
  return { scans: asked.length, points, kinds, wrong, pairs, shared, sharedPairs: pairsOf(shared), byPart };
}

function sharesPart(evidence: Evidence | undefined, part: number): boolean {
  if (evidence === undefined || !(evidence.is_shared || evidence.why === tooLittle)) return false;
  return evidence.shared_seconds >= part * evidence.seconds;
}

function pairsOf(answers: readonly Answer[]): Pair[] {
  return [...Map.groupBy(answers, ({ source, reference }) => `${source}/${reference}`).values()].map(
    (members) => {
      const [{ source, reference, stated }] = members as [Answer];
      const evidence = members.flatMap((answer) => answer.evidence ?? []);
      const meanOf = (values: (number | null)[]) => {
        const known = values.filter((value) => value !== null);
        return known.length === 0 ? undefined : mean(known);
      };
      return {
        source,
        reference,
        scans: members.length,
        least: stated,
        seconds: sum(evidence.map(({ seconds }) => seconds)),
        sharedSeconds: sum(evidence.map(({ shared_seconds }) => shared_seconds)),
        correlation: meanOf(evidence.map(({ correlation }) => correlation)),
        elsewhere: meanOf(evidence.map(({ elsewhere }) => elsewhere)),
      };
    },
  );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** What was answered to a query but the recordings in it, surest first. What is stated at 1 claims nothing. */
export function claimsOfOthers({ name, expected, also }: Query, claims: Claims): Claim[] {
  const right = [expected, also].filter((id) => id !== '');
  return (claims.get(name) ?? []).filter(({ reference, score }) => score > 0 && !right.includes(reference));
}

function answerOf(query: Query, claim: Claim, evidence: Evidence | undefined): Answer {
  const { reference, queryStart, queryEnd, referenceStart, tempo, pitchCents } = claim;
  return {
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
    evidence,
  };
}
