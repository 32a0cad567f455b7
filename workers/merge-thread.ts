/** What runs in a thread that merges segments: whatever else wants a processor has it first. */
import { constants, getPriority, setPriority } from 'node:os';
import { mergeSegments, mergeSegmentsToFile } from './index/merge-segments.ts';
import type { SegmentBytes } from './index/segment.ts';
import type { MergeTask } from './protocol.ts';

/** Nicer than the others by so much: where all compete it gets a tenth of what a search gets, enough to end. */
const niceness = 10;

// On Linux a thread has a priority of its own; elsewhere it would be that of the whole process.
if (process.platform === 'linux')
  setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + niceness));

export default async function merge({
  segments,
  path,
}: MergeTask): Promise<SegmentBytes | SharedArrayBuffer> {
  return path === undefined ? mergeSegments(segments) : await mergeSegmentsToFile(segments, path);
}
