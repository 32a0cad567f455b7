import { expect, test } from 'vitest';
import type { Claim } from '../../bench/quality/answers.ts';
import type { Query } from '../../bench/quality/truth.ts';
import { type Evidence, observe } from '../../bench/reliability/observe.ts';

const absent = (name: string): Query => ({
  name,
  attack: 'absent_identity',
  length: '10',
  expected: '',
  referenceStart: 0,
  referenceEnd: 10,
  tempo: 1,
  pitchCents: 0,
  also: '',
  alsoStart: 0,
  source: 'never-registered',
});
const claim = (reference: string, score: number): Claim => ({
  reference,
  score,
  queryStart: 0,
  queryEnd: 10,
  referenceStart: 0,
  tempo: 1,
  pitchCents: 0,
});
const evidence = (shared: number): Evidence => ({
  is_shared: shared >= 5,
  seconds: 10,
  shared_seconds: shared,
  correlation: 0.6,
  elsewhere: 0.1,
  why: shared >= 5 ? '' : 'less than half',
});

const [surest, next] = [claim('sibling', 7), claim('look-alike', 3)];
const claims = new Map([
  ['a', [surest, next]],
  ['b', []],
]);
const queries = [absent('a'), absent('b')];
const countAt = (p: number, points: ReturnType<typeof observe>['points']) =>
  points.find(({ stated }) => stated === p);

test('without evidence the most certain answer to an absent query is wrong', () => {
  const { wrong, shared, points } = observe(queries, claims);
  expect(wrong.map(({ reference }) => reference)).toEqual(['sibling']);
  expect(shared).toEqual([]);
  expect(countAt(1e-6, points)?.count).toBe(1);
});

test('an answer of shared audio is not wrong, and the next one of its scan still is', () => {
  const { wrong, shared, points, pairs, sharedPairs } = observe(queries, claims, (asked) =>
    evidence(asked === surest ? 8 : 0),
  );
  expect(shared.map(({ reference }) => reference)).toEqual(['sibling']);
  expect(wrong.map(({ reference }) => reference)).toEqual(['look-alike']);
  expect(countAt(1e-6, points)).toMatchObject({ count: 0, countWithShared: 1, isBound: true });
  expect(countAt(0.001, points)).toMatchObject({ count: 1, countWithShared: 1 });
  expect(sharedPairs).toMatchObject([{ reference: 'sibling', scans: 1, seconds: 10, sharedSeconds: 8 }]);
  expect(pairs).toMatchObject([{ reference: 'look-alike', sharedSeconds: 0, correlation: 0.6 }]);
});

test('an answer that shares less than it claims is wrong', () => {
  const { wrong, shared, points, byPart } = observe(queries, claims, () => evidence(3.5));
  expect(wrong.map(({ reference }) => reference)).toEqual(['sibling']);
  expect(shared).toEqual([]);
  const at = points.findIndex(({ stated }) => stated === 1e-6);
  expect(byPart.map(({ counts }) => counts[at])).toEqual([0, 1, 1, 1]);
});
