/** What was planted in the bundled uploads, and whether an answer says the same. */
import { readFile } from 'node:fs/promises';
import type { ScanAnswer, SegmentView } from '../../registry/scan-answer.ts';
import { clock } from '../output/quantities.ts';

export type Planted = {
  readonly query_start_ms: number;
  readonly query_end_ms: number;
  /** `null`: music that nobody registered. */
  readonly external_id: string | null;
  readonly reference_start_ms: number | null;
};

/** Share of a planted stretch that must be recognised; its ends lack the peaks of the seconds beyond them. */
const leastRecognised = 0.8;
/** Where in the reference: a fifth of a second is nothing to the eye and far more than the matcher is off. */
const largestOffsetErrorMs = 200;
/** How far a segment may reach over what was planted: two recordings that touch blend for a moment. */
const largestOverhangMs = 1500;

export async function readPlanted(path: string): Promise<ReadonlyMap<string, readonly Planted[]>> {
  return new Map(Object.entries(JSON.parse(await readFile(path, 'utf8'))));
}

/** What the answer says otherwise than was planted; empty where it says the same. */
export function differences(planted: readonly Planted[], answer: ScanAnswer): string[] {
  const said = answer.matches.flatMap(({ external_id: externalId, segments }) =>
    segments.map((segment) => ({ externalId, segment })),
  );
  const missed = planted
    .filter(({ external_id: externalId }) => externalId !== null)
    .filter((stretch) => {
      const right = said.filter(
        ({ externalId, segment }) => externalId === stretch.external_id && isAligned(stretch, segment),
      );
      const foundMs = right.reduce((sum, { segment }) => sum + overlapMs(stretch, segment), 0);
      return foundMs < leastRecognised * (stretch.query_end_ms - stretch.query_start_ms);
    })
    .map((stretch) => `missed ${stretch.external_id} at ${clock(stretch.query_start_ms)}`);
  const invented = said
    .filter(({ externalId, segment }) => {
      const own = planted.filter((stretch) => stretch.external_id === externalId);
      const plantedMs = own.reduce((sum, stretch) => sum + overlapMs(stretch, segment), 0);
      return segment.query_end_ms - segment.query_start_ms - plantedMs > largestOverhangMs;
    })
    .map(
      ({ externalId, segment }) => `found ${externalId} at ${clock(segment.query_start_ms)}, where it is not`,
    );
  return [...missed, ...invented];
}

function isAligned(stretch: Planted, segment: SegmentView): boolean {
  const plantedOffsetMs = (stretch.reference_start_ms ?? 0) - stretch.query_start_ms;
  const saidOffsetMs = segment.reference_start_ms - segment.query_start_ms;
  return Math.abs(saidOffsetMs - plantedOffsetMs) <= largestOffsetErrorMs;
}

function overlapMs(stretch: Planted, segment: SegmentView): number {
  const start = Math.max(stretch.query_start_ms, segment.query_start_ms);
  return Math.max(0, Math.min(stretch.query_end_ms, segment.query_end_ms) - start);
}
