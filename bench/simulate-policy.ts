/**
 * What it takes to simulate a draft policy over past matches, by the number of its rules.
 *
 *   npm run bench:simulate -- [--matches 100000] [--rules 5,20,100] [--seed 1]
 *
 * Three parties own fifty recordings in many territories, alone and together; each has a policy of as many rules as
 * the draft, a third of them for some territories only. The draft is one party's, every match is decided twice in
 * full, and matches are made while they are consumed, as they would come from the database. Prints a table and writes
 * no results: there is nothing to plot.
 */
import { parseArgs } from 'node:util';
import { effectiveOn } from '../api/rules/effective-rights.ts';
import { territoryCodes } from '../api/rules/iso-3166.ts';
import { actions, readPolicy } from '../api/rules/policy-document.ts';
import { type PastMatch, simulatePolicy } from '../api/rules/simulate-policy.ts';
import { resolveTerritories } from '../api/rules/territory.ts';
import { circumstancesOf, table } from './report/results.ts';

const { values: options } = parseArgs({
  options: {
    matches: { type: 'string', default: '100000' },
    rules: { type: 'string', default: '5,20,100' },
    seed: { type: 'string', default: '1' },
  },
});
const matchCount = Number(options.matches);
const parties = ['party-a', 'party-b', 'party-c'];
const circumstances = circumstancesOf('bench:simulate');

let state = Number(options.seed);
/** Numbers in [0, 1) that are the same on every machine (the constants of C's rand). */
function random(): number {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return state / 2 ** 31;
}
const below = (limit: number): number => Math.floor(random() * limit);
const someTerritories = (count: number): string[] => [
  ...new Set(Array.from({ length: count }, () => territoryCodes[below(territoryCodes.length)] as string)),
];

const recordings = Array.from({ length: 50 }, () =>
  effectiveOn(
    {
      assertions: parties.map((partyId) => ({
        assertionId: `assertion-of-${partyId}`,
        partyId,
        assertedBy: partyId,
        right: 'AllRights',
        sharePpm: 500_000,
        territories: resolveTerritories({ include: random() < 0.3 ? ['Worldwide'] : someTerritories(60) }),
        period: { from: null, to: null },
        basis: 'OriginalOwner',
        evidence: null,
        recordedAtMs: 0,
        withdrawnAtMs: null,
      })),
      decisions: [],
    },
    'MakeAvailableRight',
    { day: '2026-01-01', recordedAtMs: 1 },
  ),
);

function madePolicy(partyId: string, version: number, ruleCount: number) {
  const rules = Array.from({ length: ruleCount }, (_, index) => ({
    action: actions[index % actions.length],
    conditions: {
      match_seconds: { min: random() * 60 },
      ...(index % 2 === 0 && { percent_of_upload: { min: random() * 50 } }),
      ...(index % 3 === 0 && { territories: { include: someTerritories(5 + below(40)) } }),
    },
    // An allowing rule has nothing to review.
    route_to_review: index % 7 === 1 && index % actions.length > 0,
  }));
  const identity = { policyId: `policy-of-${partyId}`, version, partyId };
  return { policy: readPolicy(identity, { name: partyId, rules }), isOverride: false };
}

function* pastMatches(): Generator<PastMatch> {
  for (let index = 0; index < matchCount; index++) {
    const recording = below(recordings.length);
    yield {
      matchId: `match-${index}`,
      recordingId: `recording-${recording}`,
      ownerships: recordings[recording] ?? [],
      allowlistedBy: new Set(),
      eligibility: 'claim_eligible',
      facts: {
        matchSeconds: random() * 120,
        percentOfUpload: random() * 100,
        percentOfReference: random() * 100,
        falseMatchProbability: 10 ** -(6 + random() * 20),
        transforms: ['none'],
        contentType: 'video',
      },
    };
  }
}

const rows = options.rules.split(',').map((count) => {
  const inForce = new Map(parties.map((partyId) => [partyId, madePolicy(partyId, 1, Number(count))]));
  const draft = madePolicy('party-a', 2, Number(count));
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const result = simulatePolicy(
    (partyId) => inForce.get(partyId),
    (partyId) => (partyId === 'party-a' ? draft : inForce.get(partyId)),
    pastMatches(),
  );
  const { user, system } = process.cpuUsage(before);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  return [count, seconds((user + system) / 1e6), seconds(wallSeconds), String(result.changedMatchCount)];
});

const head = ['rules a policy', 'processor', 'wall', `changed of ${matchCount} matches`];
process.stdout.write(`${table(head, rows)}\n\n`);
process.stdout.write(`${circumstances.machine}; ${circumstances.node}; load ${circumstances.loadAtStart}\n`);
