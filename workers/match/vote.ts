/**
 * Votes: the probes of one window of the upload are looked up in all segments, and every posting votes for the line it
 * lies on: timeline position − tempo × upload time, and for the pitch that moves one anchor onto the other.
 */
import { referenceAt, type Segment } from '../index/segment.ts';
import type { Guess } from './align.ts';
import type { BinTable } from './bins.ts';
import { countHits } from './count-hits.ts';
import { affordableEffort, findRuns, type Runs } from './find-runs.ts';
import { bias, firstPitchWindow, Hits, pitchOf, readHits, sliceShareOf, windowCount } from './hits.ts';
import { fitSteps, type Look } from './parameters.ts';
import { type Hypothesis, isPitchKnown, type Probes } from './probes.ts';
import type { SearchedSegment } from './searched-segment.ts';

export type Candidate = {
  readonly segment: Segment;
  readonly referenceIndex: number;
  readonly hypothesis: Hypothesis;
  /** Reference frame − tempo × upload frame, to within a voting bin. */
  readonly diagonal: number;
  /** Upload frequency − reference frequency in steps, to within a voting window where it was open. */
  readonly pitch: number;
  /** Those that count: see `Look`. */
  readonly votes: number;
  /**
   * Votes, and what the line of the plane is worth on which they lie. Of 70 altered uploads among 100,000 synthetic
   * recordings it puts the right candidate first in 66 and among the first ten in all.
   */
  readonly weight: number;
  readonly isOnLine: boolean;
};

/** A vote for an open pitch knows it to within this many steps. */
const openPitchReach = 16;
/** Kept between calls. */
const hits = new Hits();
/** What a line is worth above its votes, by pitch window. Kept between calls. */
const extra = new Uint8Array(windowCount);

export function guessOf({ diagonal, pitch, hypothesis }: Candidate): Guess {
  const pitchReach = isPitchKnown(hypothesis) ? fitSteps : openPitchReach;
  return { diagonal, tempo: hypothesis.tempo, pitch, pitchReach };
}

/** The best voted lines of all segments, best first. */
export function vote(searched: readonly SearchedSegment[], probes: Probes, look: Look): Candidate[] {
  const mostSliced = look.maxSliceHits / sliceShareOf(probes.hypothesis);
  const found = findRuns(
    searched.map(({ segment }) => segment),
    probes,
    Math.max(look.maxHits, mostSliced),
  );
  const whole = affordableEffort(probes, look.maxHits);
  const slices = affordableEffort(probes, mostSliced);
  markLines(probes.hypothesis, look);
  const candidates = searched.flatMap(({ segment, tombstones }, i) => {
    const choose = (most: number): Candidate[] => {
      const hitCount = readHits(segment, probes, found, found.ofSegments[i] as Runs, whole, slices, hits);
      const { table, isComplete } = countHits(hits, hitCount, extra, look.minVotes, most);
      const chosen = chooseCandidates(segment, tombstones, probes.hypothesis, table, look);
      return chosen.length < look.maxCandidates && !isComplete ? choose(Number.POSITIVE_INFINITY) : chosen;
    };
    return choose(look.maxCandidates);
  });
  return bestOf(candidates, look.maxCandidates);
}

/**
 * Most who alter a recording change its speed, its tempo alone or its pitch alone. On these lines of the plane there
 * are few hypotheses, and so fewer votes mean as much.
 */
function markLines(hypothesis: Hypothesis, { minVotes, lineVotes }: Look): void {
  const ofLine = minVotes - lineVotes;
  extra.fill(isPitchKnown(hypothesis) || hypothesis.tempo === 1 ? ofLine : 0);
  extra.fill(ofLine, 0, firstPitchWindow);
}

/** The best `most` lines of one segment. Of neighbouring bins the larger speaks for all; the lower one where they are equal. */
function chooseCandidates(
  segment: Segment,
  tombstones: Uint8Array,
  hypothesis: Hypothesis,
  table: BinTable,
  { minVotes, voteFrames, maxCandidates: most }: Look,
): Candidate[] {
  const { count, bins, windows, votes: votesOf, sums, firsts, positions } = table;
  let candidates: Candidate[] = [];
  let least = minVotes;
  for (let i = 0; i < count; i++) {
    const window = windows[i] as number;
    const ofLine = extra[window] as number;
    const isOpen = window >= firstPitchWindow;
    const own = votesOf[i] as number;
    // Neighbours have no more votes than it has itself.
    const atMost = own * (isOpen ? 3 : 2);
    if (atMost + ofLine < least) continue;
    const bin = bins[i] as number;
    const before = table.find(bin - 1, window);
    const votesBefore = before < 0 ? 0 : (votesOf[before] as number);
    if (votesBefore >= own) continue;
    const after = table.find(bin + 1, window);
    const votesAfter = after < 0 ? 0 : (votesOf[after] as number);
    if (votesAfter > own) continue;
    const inTime = votesBefore >= votesAfter ? before : after;
    let inPitch = -1;
    if (isOpen) {
      const below = table.find(bin, window - 1);
      const votesBelow = below < 0 ? 0 : (votesOf[below] as number);
      if (votesBelow >= own) continue;
      const above = table.find(bin, window + 1);
      const votesAbove = above < 0 ? 0 : (votesOf[above] as number);
      if (votesAbove > own) continue;
      inPitch = votesBelow >= votesAbove ? below : above;
    }
    let votes = own;
    let sum = sums[i] as number;
    let first = firsts[i] as number;
    let last = positions[i] as number;
    if (inTime >= 0) {
      votes += votesOf[inTime] as number;
      sum += sums[inTime] as number;
      first = Math.min(first, firsts[inTime] as number);
      last = Math.max(last, positions[inTime] as number);
    }
    if (inPitch >= 0) {
      votes += votesOf[inPitch] as number;
      sum += sums[inPitch] as number;
      first = Math.min(first, firsts[inPitch] as number);
      last = Math.max(last, positions[inPitch] as number);
    }
    const counted = Math.min(votes, 1 + (last - first) / voteFrames);
    const weight = counted + ofLine;
    if (weight < least) continue;
    const referenceIndex = referenceAt(segment, positions[i] as number);
    if (tombstones[referenceIndex]) continue;
    candidates.push({
      segment,
      referenceIndex,
      hypothesis,
      diagonal: Math.round(sum / votes - bias) - (segment.firstFrames[referenceIndex] as number),
      pitch: pitchOf(hypothesis, window),
      votes: Math.floor(counted),
      weight,
      isOnLine: ofLine > 0,
    });
    if (candidates.length < 2 * most) continue;
    candidates = bestOf(candidates, most);
    least = (candidates[most - 1] as Candidate).weight;
  }
  return bestOf(candidates, most);
}

function bestOf(candidates: Candidate[], most: number): Candidate[] {
  return candidates.sort((a, b) => b.weight - a.weight).slice(0, most);
}
