/** What runs in a thread of the pool: one task in, one reply out. The index has threads of its own. */
import { WorkerError } from './errors.ts';
import { fingerprintAudio } from './fingerprint/fingerprint-audio.ts';
import { fingerprintBatch } from './fingerprint/fingerprint-batch.ts';
import { type OpenedPostings, openPostings, openSegment } from './index/segment.ts';
import { explainMatch } from './match/explain.ts';
import { findPastUploads } from './match/find-past-uploads.ts';
import { matchUpload } from './match/match-upload.ts';
import { framesOfAll, type SearchedSegment } from './match/searched-segment.ts';
import type { Reply, SharedSegment, Task, TaskResult } from './protocol.ts';

export default async function perform(task: Task): Promise<Reply> {
  try {
    return { ok: true, result: await resultOf(task) };
  } catch (error) {
    if (error instanceof WorkerError) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
}

async function resultOf(task: Task): Promise<TaskResult> {
  switch (task.kind) {
    case 'fingerprint':
      return await fingerprintAudio(task.path, task);
    case 'fingerprint-batch':
      return await fingerprintBatch(task.paths, task);
    case 'match':
      return matchUpload(
        task.fingerprint,
        task.indexFrames === undefined ? openAll(task.segments) : openOnce(task.segments),
        task,
      );
    case 'replay':
      return findPastUploads(task.reference, openOnce(task.segments));
    case 'explain':
      return explainMatch(task.fingerprint, task.reference, {
        transforms: task.transforms,
        indexFrames: framesOfAll(openAll(task.segments)),
      });
  }
}

/** Views of the segments of the newest search: they are the same from one search to the next, but for a few. */
let opened = new Map<string, OpenedPostings>();

function openAll(segments: readonly SharedSegment[]): SearchedSegment[] {
  opened = new Map(
    segments.map(({ segmentId, bytes }) => [segmentId, opened.get(segmentId) ?? openPostings(bytes)]),
  );
  // Constellations move from memory to a file meanwhile: where they are now is what the task says.
  return segments.map(({ segmentId, constellations, tombstones }) => ({
    segment: { ...(opened.get(segmentId) as OpenedPostings), constellations },
    tombstones: new Uint8Array(tombstones),
  }));
}

/** Without letting go of those of the newest search. */
function openOnce(segments: readonly SharedSegment[]): SearchedSegment[] {
  return segments.map((shared) => ({
    segment: openSegment(shared),
    tombstones: new Uint8Array(shared.tombstones),
  }));
}
