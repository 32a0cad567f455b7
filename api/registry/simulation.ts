/**
 * What a version of a policy would change in past matches, before it is activated. Scans are read newest first, a page at
 * a time, and forgotten: what is kept is counts and a bounded list. Whose scans they are is not told to whom they are not.
 */
import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type { Scoped } from '../context.ts';
import { actions, readPolicy } from '../rules/policy-document.ts';
import type { PolicyInForce } from '../rules/policy-in-force.ts';
import { reviewReasons } from '../rules/review-thresholds.ts';
import { maxListedChanges, type SimulationResult, startSimulation } from '../rules/simulate-policy.ts';
import type { PastScanRow } from '../store/policy.ts';
import { factsOf } from './outcome.ts';
import { openOwnedRecordings } from './owned-recordings.ts';
import { getPolicyRow, getPolicyVersion } from './policies.ts';
import { writtenScope } from './recorded-rights.ts';
import { nullable, Territories } from './rights-view.ts';
import type { SegmentView } from './scan-answer.ts';

/** Past matches that are decided again, at most. */
export const maxSimulatedMatches = 100_000;
/** Scans that are looked through for them, at most. */
const maxScansRead = 500_000;
const scansPerPage = 2_000;
/** Below what an answer may take. */
const maxSimulationMs = 25_000;

export { maxListedChanges };

const defaultListed = 100;

const Transition = Type.Object({
  before: Type.Enum([...actions]),
  after: Type.Enum([...actions]),
  count: Type.Integer(),
});
const Side = Type.Object({
  action: Type.Enum([...actions]),
  review: Type.Array(Type.Enum([...reviewReasons])),
});

export const SimulationView = Type.Object({
  policy_id: Type.String({ format: 'uuid' }),
  version: Type.Integer(),
  match_count: Type.Integer({ description: 'Past matches of recordings of the party.' }),
  changed_match_count: Type.Integer({
    description: 'Of these, where the action or whether a person looks first changes in any territory.',
  }),
  is_complete: Type.Boolean({ description: 'False where there are older matches than were decided.' }),
  by_match: Type.Array(Transition, {
    description: 'Matches by the most restrictive action they meet anywhere; unchanged ones too.',
  }),
  by_territory: Type.Array(Transition, { description: 'Pairs of match and territory; unchanged ones too.' }),
  review_before: Type.Integer(),
  review_after: Type.Integer(),
  changed: Type.Array(
    Type.Object({
      match_id: Type.String({ format: 'uuid', description: 'The same for the same match every time.' }),
      scan_id: nullable(Type.String({ format: 'uuid' }), 'Where the scan is yours.'),
      recording_id: Type.String({ format: 'uuid' }),
      changes: Type.Array(Type.Object({ territories: Territories, before: Side, after: Side })),
    }),
    { description: 'Newest first, as many as were asked for.' },
  ),
});
export type SimulationView = Static<typeof SimulationView>;

type PastMatches = readonly { readonly recording_id: string; readonly segments: readonly SegmentView[] }[];

/**
 * Where the policy applies now, the version takes its place; where it applies nowhere, it is tried as the party's
 * default. `version` undefined: the latest. Throws POLICY_NOT_FOUND, TOO_MANY_ASSERTIONS.
 */
export async function simulatePolicy(
  context: Scoped,
  ask: {
    readonly policyId: string;
    readonly version?: number | undefined;
    readonly listed?: number | undefined;
  },
): Promise<SimulationView> {
  const { policyId, listed = defaultListed } = ask;
  const row = await getPolicyRow(context, policyId);
  const { partyId } = row;
  const version = ask.version ?? row.latestVersion;
  const document = await getPolicyVersion(context, { policyId, version });
  const policy = readPolicy({ policyId, version, partyId }, document);
  const draft = { default: { policy, isOverride: false }, override: { policy, isOverride: true } };
  const appliesNowhere = !row.isDefault && row.overrideCount === 0;

  const recordings = openOwnedRecordings(context);
  const before = recordings.policyOf;
  const after = (ownerId: string, recordingId: string): PolicyInForce | undefined => {
    const now = before(ownerId, recordingId);
    if (ownerId !== partyId) return now;
    if (now?.policy.policyId === policyId) return now.isOverride ? draft.override : draft.default;
    return appliesNowhere && !now?.isOverride ? draft.default : now;
  };
  const simulation = startSimulation(before, after, { listed });
  const ownScans = new Map<string, string>();
  const endsAt = performance.now() + maxSimulationMs;
  let [matchCount, scanCount, isComplete, hasMore] = [0, 0, false, false];
  let beforeScanId: string | undefined;
  while (!hasMore && scanCount < maxScansRead && performance.now() < endsAt) {
    const scans: PastScanRow[] = await context.store.listPastScans({
      partyId,
      beforeScanId,
      limit: scansPerPage,
    });
    await recordings.load(scans.flatMap((scan) => matchesOf(scan).map((match) => match.recording_id)));
    for (const scan of scans) {
      for (const { recording_id: recordingId, segments } of matchesOf(scan)) {
        const recording = recordings.find(recordingId);
        if (recording === undefined) continue;
        hasMore ||= matchCount === maxSimulatedMatches;
        if (hasMore) break;
        matchCount++;
        const matchId = matchIdOf(scan.scanId, recordingId);
        if (scan.isOwn) ownScans.set(matchId, scan.scanId);
        simulation.add({
          matchId,
          recordingId,
          facts: factsOf(segments, { uploadMs: scan.durationMs, recording, contentType: null }),
          ownerships: recording.ownerships,
          allowlistedBy: new Set(),
          eligibility: recording.eligibility,
        });
      }
    }
    scanCount += scans.length;
    beforeScanId = scans.at(-1)?.scanId;
    isComplete = !hasMore && scans.length < scansPerPage;
    if (isComplete) break;
  }
  return describe({ policyId, version, isComplete }, simulation.result(), ownScans);
}

const matchesOf = (scan: PastScanRow): PastMatches => (scan.matches ?? []) as PastMatches;

/** Of the scan and the recording, and telling nothing of the scan. */
function matchIdOf(scanId: string, recordingId: string): string {
  const digest = createHash('sha256').update(`match ${scanId} ${recordingId}`).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}

function describe(
  of: { readonly policyId: string; readonly version: number; readonly isComplete: boolean },
  result: SimulationResult,
  ownScans: ReadonlyMap<string, string>,
): SimulationView {
  const side = ({ action, review }: SimulationResult['changed'][number]['changes'][number]['before']) => ({
    action,
    review: [...review],
  });
  return {
    policy_id: of.policyId,
    version: of.version,
    match_count: result.matchCount,
    changed_match_count: result.changedMatchCount,
    is_complete: of.isComplete,
    by_match: [...result.byMatch],
    by_territory: [...result.byTerritory],
    review_before: result.reviewBefore,
    review_after: result.reviewAfter,
    changed: result.changed.map(({ matchId, recordingId, changes }) => ({
      match_id: matchId,
      scan_id: ownScans.get(matchId) ?? null,
      recording_id: recordingId,
      changes: changes.map(({ territories, before, after }) => ({
        territories: writtenScope(territories),
        before: side(before),
        after: side(after),
      })),
    })),
  };
}
