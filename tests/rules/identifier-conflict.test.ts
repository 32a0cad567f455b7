import { describe, expect, it } from 'vitest';
import { type IdentifierAssertion, identifierConflicts } from '../../api/rules/identifier-conflict.ts';
import type { IdentifierScheme } from '../../api/rules/identifiers.ts';

let count = 0;
const said = (
  subjectId: string,
  scheme: IdentifierScheme,
  value: string,
  assertedBy = 'party-a',
  withdrawnAtMs: number | null = null,
): IdentifierAssertion => ({
  assertionId: `assertion-${++count}`,
  subjectId,
  scheme,
  value,
  assertedBy,
  recordedAtMs: 100,
  withdrawnAtMs,
});
const told = (assertions: readonly IdentifierAssertion[], atMs = 200) =>
  identifierConflicts(assertions, atMs).map((c) => `${c.kind} ${c.scheme} ${c.of}: ${c.assertions.length}`);

describe('identifier assertions', () => {
  it('conflict where a recording is said to have two ISRCs, and all of them stay visible', () => {
    const assertions = [
      said('recording-1', 'isrc', 'GBAYE9300106'),
      said('recording-1', 'isrc', 'GBAYE9300106', 'party-b'),
      said('recording-1', 'isrc', 'US1234567890', 'party-c'),
    ];
    expect(told(assertions)).toEqual(['several_values isrc recording-1: 3']);
  });

  it('conflict where two recordings are said to have one ISRC', () => {
    const assertions = [
      said('recording-1', 'isrc', 'GBAYE9300106'),
      said('recording-2', 'isrc', 'GBAYE9300106', 'party-b'),
    ];
    expect(told(assertions)).toEqual(['several_subjects isrc GBAYE9300106: 2']);
  });

  it('do not conflict where several parties say the same, or where several are as it should be', () => {
    const assertions = [
      said('recording-1', 'isrc', 'GBAYE9300106'),
      said('recording-1', 'isrc', 'GBAYE9300106', 'party-b'),
      said('recording-1', 'upc_ean', '05901234123457'),
      said('recording-2', 'upc_ean', '05901234123457'),
      said('recording-1', 'iswc', 'T0345246801'),
      said('recording-1', 'iswc', 'T0000000010'),
      said('party-a', 'dpid', 'PADPIDA3897722461G'),
      said('party-a', 'dpid', 'PADPIDA2014122301Q'),
    ];
    expect(told(assertions)).toEqual([]);
  });

  it('conflict where two parties are said to be one', () => {
    const assertions = [
      said('party-a', 'dpid', 'PADPIDA3897722461G'),
      said('party-b', 'dpid', 'PADPIDA3897722461G'),
    ];
    expect(told(assertions)).toEqual(['several_subjects dpid PADPIDA3897722461G: 2']);
  });

  it('conflict as long as they are believed', () => {
    const assertions = [
      said('recording-1', 'isrc', 'GBAYE9300106'),
      said('recording-1', 'isrc', 'US1234567890', 'party-b', 300),
    ];
    expect([99, 100, 299, 300].map((atMs) => told(assertions, atMs).length)).toEqual([0, 1, 1, 0]);
  });
});
