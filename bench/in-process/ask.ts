/**
 * Asks a catalog in this process, one query after the other on this thread. Answers are written line by line, as
 * `earmark scan --output` writes them, so that a broken run goes on where it stopped and the card can read them.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type MatchOptions, matchUpload } from '../../workers/match/match-upload.ts';
import { openProgress } from '../report/progress.ts';
import type { Catalog } from './catalog.ts';
import type { FingerprintedQuery } from './query-folder.ts';

type Line = {
  readonly external_id: string;
  /** Processor time of this process, user and system. */
  readonly cpu_ms: number;
  readonly matches: readonly object[];
};

/** Adds to `file` what it does not hold yet; gives the processor time of each query asked of it, milliseconds. */
export function askAll(
  catalog: Catalog,
  queries: readonly FingerprintedQuery[],
  file: string,
  options: MatchOptions,
): ReadonlyMap<string, number> {
  const asked = new Map(wholeLines(file).map(({ external_id, cpu_ms }) => [external_id, cpu_ms]));
  const left = queries.filter(({ query }) => !asked.has(query.name));
  const progress = openProgress(
    `asking ${catalog.realRecordings + catalog.syntheticRecordings} recordings`,
    left.length,
  );
  for (const { query, path } of left) {
    const line = ask(catalog, query.name, readFileSync(path), options);
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    asked.set(line.external_id, line.cpu_ms);
    progress.step(query.name);
  }
  progress.end();
  return asked;
}

function ask(catalog: Catalog, name: string, fingerprint: Uint8Array, options: MatchOptions): Line {
  const before = process.cpuUsage();
  const { matches } = matchUpload(fingerprint, catalog.segments, options);
  const { user, system } = process.cpuUsage(before);
  return {
    external_id: name,
    cpu_ms: Math.round((user + system) / 100) / 10,
    matches: matches.map(({ referenceId, segments }) => ({
      external_id: catalog.nameOf(referenceId),
      segments: segments.map((segment) => ({
        query_start_ms: segment.queryStartMs,
        query_end_ms: segment.queryEndMs,
        reference_start_ms: segment.referenceStartMs,
        tempo_ratio: segment.tempoRatio,
        pitch_cents: segment.pitchCents,
        false_match_probability: segment.falseMatchProbability,
      })),
    })),
  };
}

/** A line that was cut off in the middle is taken out of the file. */
function wholeLines(file: string): Line[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) writeFileSync(file, whole);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}
