/**
 * Precision and recall over time, on a grid of a tenth of a second, as the kit's score.py has it. A claim is right
 * where it names the recording and puts it within a second of where it is. In the 2 s of a crossfade a claim for
 * either side is right, a claim that reaches in from outside is not held against it, and nothing is missed.
 */
import type { Claim } from './answers.ts';
import type { Compilation, Piece } from './truth.ts';

export type CompilationScore = {
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  /** Recall by what was done to the pieces. */
  readonly recallByAttack: Readonly<Record<string, number>>;
  /** Share of the time of never-registered pieces that something was claimed for. */
  readonly absentTimeClaimed: number | undefined;
  readonly pieces: number;
  readonly compilations: number;
};

const stepSeconds = 0.1;
const maxOffsetSeconds = 1;

type Tally = { claimed: number; right: number; absent: number; absentClaimed: number };

export function scoreCompilations(
  compilations: readonly Compilation[],
  claims: ReadonlyMap<string, readonly Claim[]>,
): CompilationScore {
  const tally: Tally = { claimed: 0, right: 0, absent: 0, absentClaimed: 0 };
  const byAttack = new Map<string, { truth: number; found: number }>();
  for (const compilation of compilations) {
    const found = claims.get(compilation.query) ?? [];
    const stepCount = Math.floor(compilation.duration / stepSeconds);
    for (let i = 0; i < stepCount; i++)
      scoreMoment(i * stepSeconds, compilation.segments, found, tally, byAttack);
  }
  const truth = [...byAttack.values()].reduce((sum, row) => sum + row.truth, 0);
  const found = [...byAttack.values()].reduce((sum, row) => sum + row.found, 0);
  return {
    precision: share(tally.right, tally.claimed),
    recall: share(found, truth),
    recallByAttack: Object.fromEntries(
      [...byAttack].sort().map(([attack, row]) => [attack, row.found / row.truth]),
    ),
    absentTimeClaimed: share(tally.absentClaimed, tally.absent),
    pieces: compilations.flatMap(({ segments }) => segments).filter(({ ref }) => ref !== '').length,
    compilations: compilations.length,
  };
}

function scoreMoment(
  time: number,
  pieces: readonly Piece[],
  claims: readonly Claim[],
  tally: Tally,
  byAttack: Map<string, { truth: number; found: number }>,
): void {
  const on = pieces.filter((piece) => piece.query_start <= time && time < piece.query_end);
  const isFade = on.length !== 1;
  const here = claims.filter((claim) => claim.queryStart <= time && time < claim.queryEnd);
  let isFound = false;
  for (const claim of here) {
    const named = on.filter(({ ref }) => ref !== '' && ref === claim.reference);
    const at = claim.referenceStart + (time - claim.queryStart) * claim.tempo;
    const isRight = named.some(
      (piece) =>
        Math.abs(at - piece.ref_start - (time - piece.query_start) * piece.speed) <= maxOffsetSeconds,
    );
    if (!isFade || named.length > 0) {
      tally.claimed++;
      if (isRight) tally.right++;
    }
    isFound ||= isRight;
  }
  const [piece] = on;
  if (isFade || piece === undefined) return;
  if (piece.ref === '') {
    tally.absent++;
    if (here.length > 0) tally.absentClaimed++;
    return;
  }
  const row = byAttack.get(piece.attack) ?? { truth: 0, found: 0 };
  row.truth++;
  if (isFound) row.found++;
  byAttack.set(piece.attack, row);
}

function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
