/**
 * Votes: the probes of one window of the upload are looked up in all segments, and every posting votes for the line it
 * lies on: timeline position − tempo × upload time, and for the pitch that moves one anchor onto the other.
 */
import { referenceAt, type Segment } from '../index/segment.ts';
import type { Guess } from './align.ts';
import { affordableEffort, findRuns, type Runs } from './find-runs.ts';
import { type Bin, bias, countHits, firstPitchWindow, pitchOf, readHits, windowCount } from './hits.ts';
import type { SearchedSegment } from './match-upload.ts';
import { fitSteps, type Look, sliceShare } from './parameters.ts';
import { type Hypothesis, isPitchKnown, type Probes } from './probes.ts';

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
/** Votes that a line needs, by pitch window. Kept between calls. */
const leastVotes = new Uint8Array(windowCount);

export function guessOf({ diagonal, pitch, hypothesis }: Candidate): Guess {
  const pitchReach = isPitchKnown(hypothesis) ? fitSteps : openPitchReach;
  return { diagonal, tempo: hypothesis.tempo, pitch, pitchReach };
}

/** The best voted lines of all segments, best first. */
export function vote(searched: readonly SearchedSegment[], probes: Probes, look: Look): Candidate[] {
  const found = findRuns(
    searched.map(({ segment }) => segment),
    probes,
    Math.max(look.maxHits, look.maxSliceHits / sliceShare),
  );
  const whole = affordableEffort(probes, look.maxHits);
  const slices = affordableEffort(probes, look.maxSliceHits / sliceShare);
  markLines(probes.hypothesis, look.minVotes, look.lineVotes);
  const candidates = searched.flatMap(({ segment, tombstones }, i) => {
    const hitCount = readHits(segment, probes, found, found.ofSegments[i] as Runs, whole, slices);
    return chooseCandidates(segment, tombstones, probes.hypothesis, countHits(hitCount, leastVotes), look);
  });
  return bestOf(candidates, look.maxCandidates);
}

/**
 * Most who alter a recording change its speed, its tempo alone or its pitch alone. On these lines of the plane there
 * are few hypotheses, and so fewer votes mean as much.
 */
function markLines(hypothesis: Hypothesis, minVotes: number, lineVotes: number): void {
  leastVotes.fill(isPitchKnown(hypothesis) || hypothesis.tempo === 1 ? lineVotes : minVotes);
  leastVotes.fill(lineVotes, 0, firstPitchWindow);
}

/** The best `most` lines of one segment. */
function chooseCandidates(
  segment: Segment,
  tombstones: Uint8Array,
  hypothesis: Hypothesis,
  bins: ReadonlyMap<number, Readonly<Bin>>,
  { minVotes, voteFrames, maxCandidates: most }: Look,
): Candidate[] {
  let candidates: Candidate[] = [];
  let least = 0;
  for (const [key, own] of bins) {
    const before = bins.get(key - windowCount);
    const after = bins.get(key + windowCount);
    const isOpen = key % windowCount >= firstPitchWindow;
    const below = isOpen ? bins.get(key - 1) : undefined;
    const above = isOpen ? bins.get(key + 1) : undefined;
    // Of neighbouring bins the larger speaks for all; the lower one where they are equal.
    if ((before?.votes ?? 0) >= own.votes || (below?.votes ?? 0) >= own.votes) continue;
    if ((after?.votes ?? 0) > own.votes || (above?.votes ?? 0) > own.votes) continue;
    const inTime = larger(before, after);
    const inPitch = larger(below, above);
    const votes = own.votes + (inTime?.votes ?? 0) + (inPitch?.votes ?? 0);
    const needed = leastVotes[key % windowCount] as number;
    const first = Math.min(own.first, inTime?.first ?? own.first, inPitch?.first ?? own.first);
    const last = Math.max(own.position, inTime?.position ?? 0, inPitch?.position ?? 0);
    const counted = Math.min(votes, 1 + (last - first) / voteFrames);
    const weight = counted + minVotes - needed;
    if (counted < needed || weight < least) continue;
    const referenceIndex = referenceAt(segment, own.position);
    if (tombstones[referenceIndex]) continue;
    const line = (own.sum + (inTime?.sum ?? 0) + (inPitch?.sum ?? 0)) / votes - bias;
    candidates.push({
      segment,
      referenceIndex,
      hypothesis,
      diagonal: Math.round(line) - (segment.firstFrames[referenceIndex] as number),
      pitch: pitchOf(hypothesis, key % windowCount),
      votes: Math.floor(counted),
      weight,
      isOnLine: needed < minVotes,
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

function larger(a: Readonly<Bin> | undefined, b: Readonly<Bin> | undefined): Readonly<Bin> | undefined {
  return (a?.votes ?? 0) >= (b?.votes ?? 0) ? a : b;
}
