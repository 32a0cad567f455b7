/**
 * One segment of several, less what is removed. Same input, same bytes, and the bytes that building all at once gives.
 * Postings go through a share of the key space at a time, so that a merge needs little more memory than its result.
 */
import type { SharedSegment } from '../protocol.ts';
import { type ConstellationSource, readPacked } from './constellation-source.ts';
import { keyBits } from './landmark.ts';
import { type SegmentBytes, type SegmentViews, timelineGapFrames, viewSegment } from './segment.ts';
import { type ConstellationRun, writeSegmentFile } from './segment-file.ts';
import { firstOfSlot, frameMaskOf, readPostings } from './slot-directory.ts';
import { PostingSorter } from './sort-postings.ts';
import { type Part, SegmentWriter } from './write-segment.ts';

/** So many postings go through at once, about: 28 MB. */
const postingsAtOnce = 2 ** 20;

type Source = {
  readonly segment: SegmentViews;
  readonly constellations: ConstellationSource;
  /** What is added to a frame of each reference to move it to its new place; NaN where it is removed. */
  readonly moves: Float64Array;
  /** The same of all of them, where it is the same. */
  readonly move: number | undefined;
  /** By frame: `ownersByFrame`. */
  readonly owner: (frame: number) => number;
};

type Merged = Pick<SharedSegment, 'bytes' | 'constellations' | 'tombstones'>;

/** In memory. */
export function mergeSegments(segments: readonly Merged[], atOnce = postingsAtOnce): SegmentBytes {
  const { bytes, sources } = merge(segments, atOnce);
  return { bytes, constellations: gathered(sources) };
}

/** The same into a file, so that constellations go from file to file; what comes back is the first run of bytes. */
export async function mergeSegmentsToFile(
  segments: readonly Merged[],
  path: string,
): Promise<SharedArrayBuffer> {
  const { bytes, sources } = merge(segments, postingsAtOnce);
  await writeSegmentFile(path, bytes, keptRuns(sources));
  return bytes;
}

/** @throws where it would be more than one segment holds (`segment-limits.ts`) */
function merge(
  segments: readonly Merged[],
  atOnce: number,
): { readonly bytes: SharedArrayBuffer; readonly sources: readonly Source[] } {
  const parts: Part[] = [];
  const sources = placeSources(segments, parts);
  const total = sources.reduce((sum, source) => sum + countKept(source), 0);
  const writer = new SegmentWriter(parts, total);
  mergePostings(sources, Math.ceil(Math.log2(Math.max(1, total / atOnce))), writer);
  return { bytes: writer.finish(), sources };
}

/** Lays all references that stay one behind the other. What is removed from here on is still in the result. */
function placeSources(segments: readonly Merged[], parts: Part[]): Source[] {
  let first = timelineGapFrames;
  return segments.map(({ bytes, constellations, tombstones }) => {
    const segment = viewSegment(bytes);
    const removed = new Uint8Array(tombstones);
    const moves = new Float64Array(segment.referenceCount).fill(Number.NaN);
    for (let i = 0; i < segment.referenceCount; i++) {
      if (removed[i]) continue;
      moves[i] = first - (segment.firstFrames[i] as number);
      const part = partOf(segment, i);
      parts.push(part);
      first += part.frameCount + timelineGapFrames;
    }
    const move = moves.every((one) => one === moves[0]) ? moves[0] : undefined;
    return {
      segment,
      constellations,
      moves,
      move,
      owner: move === undefined ? ownersByFrame(segment) : () => 0,
    };
  });
}

function partOf(segment: SegmentViews, index: number): Part {
  const begin = segment.constellationBegins[index] as number;
  return {
    id: segment.ids.subarray(index * 16, index * 16 + 16),
    position: segment.feedPositions[index] as number,
    frameCount: segment.frameCounts[index] as number,
    peakCount: segment.peakCounts[index] as number,
    constellationBytes: (segment.constellationBegins[index + 1] as number) - begin,
    constellationChecksum: segment.constellationChecksums[index] as number,
  };
}

/** Postings whose reference stays. */
function countKept({ segment: { postings, frameBits }, moves, move, owner }: Source): number {
  if (move !== undefined) return postings.length;
  const mask = frameMaskOf(frameBits);
  let count = 0;
  for (const posting of postings) if (!Number.isNaN(moves[owner(posting & mask)] as number)) count++;
  return count;
}

/** In 2^stepBits steps, each of as many keys. */
function mergePostings(sources: readonly Source[], stepBits: number, writer: SegmentWriter): void {
  const sorter = new PostingSorter();
  const steps = 2 ** stepBits;
  const restBits = keyBits - stepBits;
  let read = { keys: new Uint32Array(0), frames: new Uint32Array(0) };
  for (let step = 0; step < steps; step++) {
    const ranges = sources.map(({ segment }) => slotsOfStep(segment, step, steps));
    const most = ranges.reduce((sum, { postings }) => sum + postings, 0);
    if (read.keys.length < most) read = { keys: new Uint32Array(most), frames: new Uint32Array(most) };
    let count = 0;
    for (const [i, source] of sources.entries()) {
      const { first, end } = ranges[i] as SlotRange;
      const last = readPostings(source.segment, first, end, read, count);
      // A small segment has fewer slots than there are steps: what it read is of several.
      const own =
        source.segment.remainderBits > restBits ? keepKeys(read, count, last, restBits, step) : last;
      count = movePostings(source, read, count, own);
    }
    writer.append(sorter.sort(read, count, restBits), count);
  }
}

type SlotRange = { readonly first: number; readonly end: number; readonly postings: number };

function slotsOfStep({ groups, slots, remainderBits }: SegmentViews, step: number, steps: number): SlotRange {
  const each = 2 ** (keyBits - remainderBits) / steps;
  const [first, end] = [Math.floor(step * each), Math.ceil((step + 1) * each)];
  return { first, end, postings: firstOfSlot(groups, slots, end) - firstOfSlot(groups, slots, first) };
}

type ReadPostings = { readonly keys: Uint32Array; readonly frames: Uint32Array };

/** Closes up those whose high bits are `high`; says where they end. */
function keepKeys({ keys, frames }: ReadPostings, from: number, end: number, shift: number, high: number) {
  let kept = from;
  for (let i = from; i < end; i++) {
    if ((keys[i] as number) >>> shift !== high) continue;
    keys[kept] = keys[i] as number;
    frames[kept++] = frames[i] as number;
  }
  return kept;
}

/** Moves what was read to the new timeline, and closes the gaps that removed references leave; says where it ends. */
function movePostings(
  { move, moves, owner }: Source,
  { keys, frames }: ReadPostings,
  from: number,
  end: number,
): number {
  if (move !== undefined) {
    for (let i = from; i < end; i++) frames[i] = (frames[i] as number) + move;
    return end;
  }
  let kept = from;
  for (let i = from; i < end; i++) {
    const frame = frames[i] as number;
    const own = moves[owner(frame)] as number;
    if (Number.isNaN(own)) continue;
    keys[kept] = keys[i] as number;
    frames[kept++] = frame + own;
  }
  return kept;
}

/** Finds the reference of a frame through a table of one entry per 2^8 frames. */
function ownersByFrame(segment: SegmentViews): (frame: number) => number {
  const table = new Uint32Array((segment.timelineFrames >>> 8) + 2);
  let reference = 0;
  for (let block = 0; block < table.length; block++) {
    while (
      reference + 1 < segment.referenceCount &&
      (segment.firstFrames[reference + 1] as number) <= block << 8
    ) {
      reference++;
    }
    table[block] = reference;
  }
  return (frame) => {
    let found = table[frame >>> 8] as number;
    while (found + 1 < segment.referenceCount && (segment.firstFrames[found + 1] as number) <= frame) found++;
    return found;
  };
}

/** Constellations of the references that stay, neighbours in one run. */
function keptRuns(sources: readonly Source[]): ConstellationRun[] {
  return sources.flatMap(({ segment, constellations: source, moves }) => {
    const runs: ConstellationRun[] = [];
    let first = 0;
    for (let i = 0; i <= moves.length; i++) {
      if (i < moves.length && !Number.isNaN(moves[i] as number)) continue;
      const begin = segment.constellationBegins[first] as number;
      const end = segment.constellationBegins[i] as number;
      if (first < i) runs.push({ source, begin, end });
      first = i + 1;
    }
    return runs;
  });
}

function gathered(sources: readonly Source[]): SharedArrayBuffer {
  const runs = keptRuns(sources);
  const bytes = new SharedArrayBuffer(runs.reduce((sum, { begin, end }) => sum + end - begin, 0));
  const target = new Uint8Array(bytes);
  let at = 0;
  for (const { source, begin, end } of runs) {
    target.set(readPacked(source, begin, end), at);
    at += end - begin;
  }
  return bytes;
}
