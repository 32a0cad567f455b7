/**
 * Probes: where the landmarks of a window of the upload may have been registered, when a supposed alteration is
 * undone. Neighbouring cells are probed where a value lies near the edge of its own, so that a small error in a peak
 * does not lose the landmark.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { stepCount } from '../fingerprint/parameters.ts';
import {
  anchorCell,
  frameCell,
  keyOfShares,
  maxPartners,
  partnersOf,
  secondShare,
  stepCell,
  thirdShare,
  zoneFrames,
  zoneSteps,
} from '../index/landmark.ts';
import { grow, growBytes, growShort } from './growing-arrays.ts';
import { anchorEdgeSteps, edgeSteps, type Look, placeEffort, strayEffort } from './parameters.ts';

/** What is supposed to have been done to the recording. */
export type Hypothesis = {
  /** Reference frames that pass in one upload frame. */
  readonly tempo: number;
  /** Frequency steps the upload may lie above the reference; equal ends mean: at this pitch and no other. */
  readonly lowestPitch: number;
  readonly highestPitch: number;
};

export const unaltered: Hypothesis = { tempo: 1, lowestPitch: 0, highestPitch: 0 };

/** Landmarks of a window, as cells to probe. Valid until the next call of `probeWindow`. */
export type Probes = {
  readonly hypothesis: Hypothesis;
  readonly count: number;
  /** Of each probe: the whole key where the pitch is known; else the bucket, in which all anchors are read. */
  readonly keys: Uint32Array;
  /** Of each probe: the upload's peak that is its anchor, counted from the window's first. */
  readonly anchors: Uint32Array;
  /** Of each probe: the effort it takes. */
  readonly efforts: Uint8Array;
  /** Of each peak: its time × tempo, in reference frames. */
  readonly frames: Uint32Array;
  /** Of each peak. */
  readonly steps: Uint16Array;
};

const lastStepCell = Math.floor(288 / stepCell);
const lastFrameCell = zoneFrames / frameCell;
const lastAnchorCell = 63;

/** Kept between calls: one set of buffers a thread. */
let probeKeys = new Uint32Array(2 ** 17);
let probeAnchors = new Uint32Array(2 ** 17);
let probeEfforts = new Uint8Array(2 ** 17);
let anchorFrames = new Uint32Array(2 ** 11);
let anchorSteps = new Uint16Array(2 ** 11);
const partners = new Int32Array(maxPartners);
/**
 * Four places for each partner: what its own cells, then those with one neighbour, then both neighbours add to the
 * bucket; and how many of them stray by 0, by up to 1, by up to 2 cells.
 */
const secondShares = new Int32Array(4 * maxPartners);
const thirdShares = new Int32Array(4 * maxPartners);
const shareCounts = new Uint8Array(4 * maxPartners);
/** No window has more: one that was made up to be dear is looked at in part. Music's has up to 4 million. */
const maxProbes = 2 ** 23;
/** Efforts are told apart up to this. */
const maxEffort = 255;
/** Two anchors with 4 × 4 shares. */
const maxProbesPerTriplet = 32;

/** Where the landmarks of the peaks `begin`…`end` may have been registered. */
export function probeWindow(
  constellation: Constellation,
  begin: number,
  end: number,
  { ranks, strays, effort }: Look,
  hypothesis: Hypothesis,
): Probes {
  const { frames, steps } = constellation;
  const { tempo } = hypothesis;
  const isKnown = isPitchKnown(hypothesis);
  while (anchorFrames.length < end - begin) {
    anchorFrames = grow(anchorFrames);
    anchorSteps = growShort(anchorSteps);
  }
  let count = 0;
  for (let i = begin; i < end && count < maxProbes; i++) {
    if ((constellation.ranks[i] as number) >= ranks) continue;
    const anchor = i - begin;
    const step = steps[i] as number;
    anchorFrames[anchor] = Math.round((frames[i] as number) * tempo);
    anchorSteps[anchor] = step;
    let ownAnchor = 0;
    let otherAnchor = -1;
    if (isKnown) {
      const unshifted = step - hypothesis.lowestPitch;
      if (unshifted < 0 || unshifted >= stepCount) continue;
      ownAnchor = Math.min(lastAnchorCell, (unshifted / anchorCell) | 0);
      otherAnchor = neighbour(unshifted, ownAnchor, anchorCell, anchorEdgeSteps, lastAnchorCell);
    }
    const rank = constellation.ranks[i] as number;
    const partnerCount = sortByRank(
      constellation,
      partnersOf(constellation, i, zoneFrames / tempo, ranks, partners),
    );
    let placed = 0;
    for (let p = 0; p + 1 < partnerCount; p++) {
      const base = rank + (constellation.ranks[partners[p] as number] as number) - placeEffort;
      for (let r = p + 1; r < partnerCount; r++) {
        const taken = base + (constellation.ranks[partners[r] as number] as number) + (p + r) * placeEffort;
        if (taken > effort) break;
        for (; placed <= r; placed++) {
          const partner = partners[placed] as number;
          placePartner(
            placed,
            (steps[partner] as number) - step,
            ((frames[partner] as number) - (frames[i] as number)) * tempo,
          );
        }
        if (count + maxProbesPerTriplet > probeKeys.length) {
          probeKeys = grow(probeKeys);
          probeAnchors = grow(probeAnchors);
          probeEfforts = growBytes(probeEfforts);
        }
        // A landmark's partners are in the order of the constellation.
        const [b, c] = (partners[p] as number) < (partners[r] as number) ? [p, r] : [r, p];
        const most = Math.min(strays, Math.floor((effort - taken) / strayEffort));
        for (let s = 0; s < (shareCounts[4 * b + Math.min(2, most)] as number); s++) {
          const still = most - straysOf(b, s);
          const second = secondShares[4 * b + s] as number;
          const thirds = shareCounts[4 * c + Math.min(2, still)] as number;
          for (let t = 0; t < thirds; t++) {
            const key = keyOfShares(second, thirdShares[4 * c + t] as number);
            const own = Math.min(maxEffort, taken + strayEffort * (straysOf(b, s) + straysOf(c, t)));
            probeAnchors[count] = anchor;
            probeEfforts[count] = own;
            probeKeys[count++] = key | ownAnchor;
            if (otherAnchor < 0 || still <= straysOf(c, t)) continue;
            probeAnchors[count] = anchor;
            probeEfforts[count] = Math.min(maxEffort, own + strayEffort);
            probeKeys[count++] = key | otherAnchor;
          }
        }
      }
    }
  }
  return {
    hypothesis,
    count,
    keys: probeKeys,
    anchors: probeAnchors,
    efforts: probeEfforts,
    frames: anchorFrames,
    steps: anchorSteps,
  };
}

/** Puts the first `partnerCount` partners in the order of their ranks, the earlier first where they are equal. */
function sortByRank({ ranks }: Constellation, partnerCount: number): number {
  for (let p = 1; p < partnerCount; p++) {
    const own = partners[p] as number;
    const rank = ranks[own] as number;
    let to = p;
    for (; to > 0 && (ranks[partners[to - 1] as number] as number) > rank; to--)
      partners[to] = partners[to - 1] as number;
    partners[to] = own;
  }
  return partnerCount;
}

/** Sets down what partner `p`, this far from its anchor in steps and reference frames, adds to a bucket. */
function placePartner(p: number, apart: number, later: number): void {
  const step = Math.min(lastStepCell, ((apart + zoneSteps) / stepCell) | 0);
  const otherStep = neighbour(apart + zoneSteps, step, stepCell, edgeSteps, lastStepCell);
  const frame = Math.min(lastFrameCell, (later / frameCell) | 0);
  const otherFrame = neighbour(later, frame, frameCell, 1, lastFrameCell);
  let at = 4 * p;
  shareCounts[at] = 1;
  secondShares[at] = secondShare(step, frame);
  thirdShares[at++] = thirdShare(step, frame);
  if (otherFrame >= 0) {
    secondShares[at] = secondShare(step, otherFrame);
    thirdShares[at++] = thirdShare(step, otherFrame);
  }
  if (otherStep >= 0) {
    secondShares[at] = secondShare(otherStep, frame);
    thirdShares[at++] = thirdShare(otherStep, frame);
  }
  shareCounts[4 * p + 1] = at - 4 * p;
  if (otherFrame >= 0 && otherStep >= 0) {
    secondShares[at] = secondShare(otherStep, otherFrame);
    thirdShares[at++] = thirdShare(otherStep, otherFrame);
  }
  shareCounts[4 * p + 2] = at - 4 * p;
}

/** By how many cells the `s`-th share of partner `p` strays. */
function straysOf(p: number, s: number): number {
  return s === 0 ? 0 : s < (shareCounts[4 * p + 1] as number) ? 1 : 2;
}

/** The neighbour of a value's cell where the value lies within `edge` of it; -1 where it does not. */
function neighbour(value: number, cell: number, size: number, edge: number, last: number): number {
  const inside = value - cell * size;
  if (inside < edge && inside < size - inside && cell > 0) return cell - 1;
  return size - 1 - inside < edge && cell < last ? cell + 1 : -1;
}

export function isPitchKnown(hypothesis: Hypothesis): boolean {
  return hypothesis.lowestPitch === hypothesis.highestPitch;
}
