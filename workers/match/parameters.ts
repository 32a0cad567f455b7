/** Every tuned number of matching, with its unit. None of them is part of a fingerprint. */

/** A window of the upload whose landmarks vote together: 10 s, every 5 s. */
export const windowFrames = 500;
export const windowHopFrames = 250;

/** Frames of one voting bin: 160 ms. Neighbouring bins count together. */
export const voteBinShift = 3;
/**
 * One look at a window. Its landmarks are made of peaks of ranks below `ranks`; they are looked for in their own cells
 * and up to `strays` cells beside, those that are likelier to be in a reference first, and none that takes more than
 * `effort`. Of what they meet, the likeliest `maxHits` postings of all segments are read, and as many as `maxSliceHits`
 * more on the lines of the plane. Lines of fewer than `minVotes` are not looked at, or `lineVotes` where there are few
 * of their kind; of a line's votes no more count than one, and one for each `voteFrames` over which they are spread,
 * because chance comes in clusters. The best `maxCandidates` are verified.
 */
export type Look = {
  readonly ranks: number;
  readonly strays: number;
  readonly effort: number;
  readonly minVotes: number;
  readonly lineVotes: number;
  readonly voteFrames: number;
  readonly maxHits: number;
  readonly maxSliceHits: number;
  readonly maxCandidates: number;
};

/**
 * The effort of a probe: the sum of its three peaks' ranks, and so much for each place that its partners stand behind the
 * two most salient ones of the anchor's zone, and for each cell that it strays. A reference keeps each anchor's two most
 * salient partners, so of 32 true hits in 10 s of altered uploads 71 % are made by those two, 9 % of the probes; up to
 * an effort of 43 there are 95 % of the hits and 22 % of the probes.
 */
export const placeEffort = 8;
export const strayEffort = 8;
/** … and for each doubling of the postings that share its place. */
export const sharedEffort = 4;

/**
 * The most salient peaks first: they find nearly everything. Of 907 excerpts among 100,000 synthetic recordings that this look
 * finds and 18 that the second does, the right candidate was the 61st of the one and the 171st of the other at the last.
 * Of 141 unaltered, noisy, mixed and altered excerpts among a million 75 are found so where 2^17, 2^16 or 2^15 postings are
 * read, in 1, .55 and .4 of the time.
 */
export const firstLook: Look = {
  ranks: 15,
  strays: 1,
  effort: 40,
  minVotes: 3,
  lineVotes: 3,
  voteFrames: 5,
  maxHits: 2 ** 16,
  maxSliceHits: 0,
  maxCandidates: 150,
};
export const secondLook: Look = {
  ...firstLook,
  ranks: 30,
  strays: 2,
  effort: 60,
  maxHits: 2 ** 15,
  maxCandidates: 300,
};
/**
 * All peaks, weak ones too, for what lies buried under speech: of 40 excerpts under it, 37 are found. Weak peaks have no
 * ranks of their own, so none of their landmarks is likelier than another: at an effort of 220, 30 of the 40 are found. Among
 * a million recordings 8 of 24 are found (15 among ten thousand), 10 where 2^23 postings are read and 14 where 2^24 are, for .3 s
 * and .9 s more.
 */
export const buriedLook: Look = {
  ...firstLook,
  ranks: 64,
  effort: Number.POSITIVE_INFINITY,
  maxHits: 2 ** 22,
  maxCandidates: 600,
};
/** … where all looks have found nothing in a window, among `manyPostings` or more; of fewer the look above reads nearly all. */
export const deepLook: Look = { ...buriedLook, maxHits: 2 ** 24 };
/**
 * … among this many postings or more (2,500 h) without strays: of 40 excerpts under speech among 100,000 synthetic
 * recordings 25 were found without and 23 with them when 2^20 postings were read; 32 with 2^22 and with 2^24.
 */
export const manyPostings = 2 ** 26;
/** For each tempo, where tempo and pitch are open. */
export const alteredLook: Look = {
  ...firstLook,
  ranks: 24,
  strays: 2,
  effort: 44,
  lineVotes: 2,
  voteFrames: 12,
  maxHits: 2 ** 14,
  maxSliceHits: 2 ** 18,
  maxCandidates: 60,
};
/**
 * At the tempo itself every pitch is on a line: pitch alone. Those of 3.75 semitones up and down are read ten times as deep as
 * the others: of 168 altered excerpts of 5 and 10 s among a million recordings 157 are found so, 154 where 2^20 postings are
 * read of all pitches.
 */
export const pitchLook: Look = { ...alteredLook, maxHits: 2 ** 19, maxSliceHits: 2 ** 20 };
/**
 * An eighth as deep: among `manyPostings` or more every tempo is looked at so first, and deeper only where this finds nothing.
 * Of 376 excerpts of the kit among a million recordings 354 are found with and without it, in .5 of the time (median).
 */
export const quickLook: Look = { ...alteredLook, maxHits: 2 ** 12, maxSliceHits: 2 ** 15, maxCandidates: 20 };
export const quickPitchLook: Look = { ...pitchLook, maxHits: 2 ** 17, maxSliceHits: 2 ** 17 };
/**
 * Who asks for all transforms asks for what can be found: of these 168 excerpts 160, and 163 among ten thousand recordings,
 * nearly all of whose postings are read.
 */
export const thoroughLook: Look = { ...alteredLook, maxSliceHits: 3 * alteredLook.maxSliceHits };
export const thoroughPitchLook: Look = { ...pitchLook, maxSliceHits: 2 * pitchLook.maxSliceHits };
/**
 * A candidate of this weight is verified before the other tempos have voted: three quarters of altered excerpts of 10 s
 * have one at the right tempo among 100,000 synthetic recordings.
 */
export const sureWeight = 20;
/**
 * Below and above these tempos the landmarks of the long and of the short window vote too. Of 620 excerpts of the tempo ×
 * pitch plane 573 are found without their votes, 588 with, 589 where all three vote at every tempo, at twice the cost.
 */
export const longWindowTempo = 0.8;
export const shortWindowTempo = 1.2;
/** Candidates verified in a window, of all tempos; of quick looks. */
export const maxCandidates = 600;
export const maxQuickCandidates = 60;

/**
 * A new reference looked for in past uploads: the reference asks, and the uploads are what is indexed. Both are at
 * reference density, whose ranks are two of an upload's taken together, so the reference's are counted double. What the
 * looks below cost and find: `npm run bench:retroscan`. Wider ones (all peaks, 2^21 postings and more) found one or two
 * in a hundred altered uploads more at three times the work; what lies under speech is not among them.
 */
export const referenceRankScale = 2;
export const replayLook: Look = { ...firstLook, maxHits: 2 ** 17, maxCandidates: 200 };
/** At each tempo. Of 207 excerpts in a bank 196 are named at an effort of 24 as of 30, with 40 % fewer probes; 195 at 22. */
export const replayAlteredLook: Look = {
  ...alteredLook,
  ranks: 12,
  effort: 24,
  maxHits: 2 ** 12,
  maxSliceHits: 2 ** 14,
  maxCandidates: 20,
};
export const replayPitchLook: Look = { ...replayAlteredLook, maxHits: 2 ** 17 };
/** Candidates that are laid over the reference, of all windows and tempos. */
export const maxReplayCandidates = 2000;
/**
 * log10 of the probability, of one alignment and not of all that were tried, above which a past upload is not scanned
 * again. Of 4,000 strangers none comes below it; nearly all that hold the reference have less than 1e-12.
 */
export const logReplayThreshold = -5;
/** Past uploads that one look names at the most, the likeliest first. */
export const maxPastUploads = 10_000;

/** The lines of the plane at one tempo are slices of a bucket: anchors within this many steps of where the line puts them. */
export const sliceSteps = 9;
/** At the tempo itself the slice has the pitches of 3.75 semitones up and down, in steps: a fifth of a bucket. */
export const nearPitchSteps = 45;
/** Cells of a bucket that most anchors lie in. */
export const anchorCells = 45;

/** Probe the neighbouring cell too where a value lies this near to an edge, in frequency steps: of a cell, of an anchor's. */
export const edgeSteps = 2;
export const anchorEdgeSteps = 3;

/**
 * A peak is found again within this many frames and frequency steps of where the alignment puts it: of those within
 * 2.5 frames and 4 steps, nine in ten true ones and a third of the chance ones.
 */
export const foundFrames = 1.5;
export const foundSteps = 2;
/**
 * … times this in a slowed upload, whose frames are shorter than the reference's. At half the tempo a peak of the reference
 * says .17 digits when it is looked for within 1.5 frames, .28 within 2.5 and .31 within 3.5; at 0.75 as much within 1.5 as
 * within 2.5; at 1.5 times the tempo most within 1.5.
 */
export function slowedWidening(tempo: number): number {
  return tempo >= 1 ? 1 : 1 + (4 / 3) * (1 / tempo - 1);
}
/** Until the alignment is exact, pairs of peaks this far apart help to find it. */
export const fitFrames = 2;
export const fitSteps = 4;

/** Tempo ratios tried around 1 when a candidate is aligned, and their step. */
export const maxTempoDeviation = 0.024;
export const tempoStep = 0.004;
/** How far from the voted diagonal the alignment may lie, frames. */
export const alignReach = 14;

/** An alignment is followed in blocks of this many reference frames: 1 s. */
export const blockFrames = 50;
/**
 * Inliers of this many frames say where the alignment runs next, and at which pitch: 8 s. Of uploads whose speed moves
 * by 3 % within 30 s 99 % is covered, by 12 s 97 %.
 */
export const memoryFrames = 400;
/** Time without evidence that an alignment crosses, frames: 6 s of silence or voice-over. */
export const maxGapFrames = 300;

/**
 * What the false-match model grants to recordings that merely sound alike: peaks agree this much more often
 * than at shifted offsets.
 */
export const lookAlikeShare = 0.016;
/** Peaks of one note come together: this many count as one independent observation. */
export const peaksPerObservation = 1.3;
/** Peaks that are counted at the most, 8 s: what sounds alike goes on doing so, and proves no more for it. */
export const maxPeaksCounted = 160;
/** Of the best agreement at a wrong offset, this much is granted to chance: loops and drum patterns repeat. */
export const repeatedShare = 0.53;
/** … and less where the whole upload agrees: who shares a loop with a recording shares a part. */
export const repeatedShareOfWhole = 0.43;
/**
 * Loops, beats and instruments are shared with the recordings of some albums, not with all of a catalog: no more than
 * this many frames of them (11.6 h, 200 recordings) could have agreed by repetition.
 */
export const maxLookAlikeFrames = 2 ** 21;
/**
 * Who re-encodes a recording leaves its clock alone: half of the certainty for what is unaltered is spent on tempos
 * this near to 1, a fortieth on all the others that are tried. Other takes of a piece stand there: one was the most
 * certain wrong answer of 4,340 scans when they had half. What runs 0.3 % fast has 14 decades to spare at 5 s.
 */
export const exactTempoDeviation = 0.002;
export const otherTempoShare = 1 / 40;
/**
 * Of the certainty this much is spent on the second question, the points of three windows, and the rest on the first. What
 * recordings truly share, the sound of the same notes on the same instruments, is as plain in three windows as a match:
 * among 3,100 absent queries 10 were stated at 1e-4 or below where half was spent, 7 with a hundredth, 4 by the one window
 * alone. Of 620 excerpts of the plane 586 are found so, 591 where half is spent and 565 without the points.
 */
export const spentOnPoints = 0.01;
/** Peaks that are compared at a wrong offset at the most. */
export const maxPeaksCompared = 256;
/** Matches less certain than this are not reported. */
export const maxFalseMatchProbability = 1e-6;
