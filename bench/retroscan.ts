/**
 * What it takes to look for a new reference in past submissions, and what is found.
 *
 *   npm run bench:retroscan -- --count 100000 --new 8
 *
 * The recordings with the most queries are taken for the new references, and their queries for what was submitted before
 * them; the other recordings are what the synthetic submissions around them are made of. On one thread in this process:
 * `findPastUploads` over the bank, and a scan of each submission that it names against the reference alone, as a
 * retroscan does it (`api/registry/run-retroscans.ts`). What a thorough one costs, which scans every submission, is
 * measured on the other recordings, cut to the lengths of uploads: the synthetic submissions have but the salient peaks,
 * which is enough for the bank and not for a scan. For the shortest and the longest of the references. No database.
 * Writes bench/results/retroscan.{md,json,svg}.
 *
 *   --count N           synthetic submissions (100000)
 *   --new K             new references (8)
 *   --synthetic-seed N  which ones (1)
 *   --thorough M        uploads that are scanned as by a thorough retroscan (100)
 *   --work --references --queries --corpus --packages --python --seed --n5 --n10 --n30 --absent-scale --only --speech
 *                       as of bench:reliability
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readIndexFiles, writeIndexFiles } from '../api/registry/index-files.ts';
import {
  decodeFingerprint,
  encodeFingerprint,
  thinToReference,
} from '../workers/fingerprint/fingerprint-file.ts';
import { buildSegment } from '../workers/index/build-segment.ts';
import { openSegment } from '../workers/index/segment.ts';
import { findPastUploads } from '../workers/match/find-past-uploads.ts';
import { matchUpload } from '../workers/match/match-upload.ts';
import type { Hint } from '../workers/protocol.ts';
import type { Named } from './in-process/catalog.ts';
import { kitRunOptions, openKitRun } from './in-process/kit-run.ts';
import type { FingerprintedQuery } from './in-process/query-folder.ts';
import { say } from './report/progress.ts';
import { circumstancesOf, writeResults } from './report/results.ts';
import { type Bank, buildBank, realUploads } from './retroscan/bank.ts';
import {
  type Replayed,
  type RetroscanFigures,
  retroscanMarkdown,
  retroscanSvg,
  type Thorough,
} from './retroscan/report.ts';

const defaults = { seed: '1', n5: '20', n10: '40', n30: '20', 'absent-scale': '1' };
const { values: options } = parseArgs({
  options: {
    ...kitRunOptions(defaults),
    count: { type: 'string', default: '100000' },
    new: { type: 'string', default: '8' },
    'synthetic-seed': { type: 'string', default: '1' },
    thorough: { type: 'string', default: '100' },
  },
});
const circumstances = circumstancesOf('bench:retroscan');
const { references, queries } = await openKitRun(options);
const byReference = Map.groupBy(
  queries.filter(({ query }) => query.expected !== '' && query.length !== 'full'),
  ({ query }) => query.expected,
);
const newOnes = [...byReference]
  .sort(([, a], [, b]) => b.length - a.length)
  .slice(0, Number(options.new))
  .map(([name, planted]) => ({ named: references.find((one) => one.name === name) as Named, planted }));
const planted = newOnes.flatMap((one) => one.planted);
const others = references.filter(({ name }) => !newOnes.some(({ named }) => named.name === name));
const bank = buildBank(
  others.map(({ fingerprint }) => thinToReference(fingerprint).constellation),
  planted.map(({ path }) => readFileSync(path)),
  { count: Number(options.count), seed: Number(options['synthetic-seed']) },
);
const indexFrames = references.reduce(
  (sum, { fingerprint }) => sum + (fingerprint.constellation.frames.at(-1) ?? 0) + 1,
  0,
);
const replayed = newOnes.map((one) => replay(one));
const byLength = newOnes.map(({ named }) => named).sort((a, b) => lengthOf(a) - lengthOf(b));
const uploads = realUploads(
  others.map(({ fingerprint }) => fingerprint),
  Number(options.thorough),
);
const ends = byLength.filter((_, i) => i === 0 || i === byLength.length - 1);
const figures: RetroscanFigures = {
  submissions: bank.count,
  hours: bank.hours,
  bankMegabytes: bank.made.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) / 1e6,
  buildCpuSeconds: bank.buildCpuSeconds,
  ...(await timeOfFiles(bank)),
  replayed,
  thorough: ends.map((one) => replayThoroughly(one)),
};
writeResults('retroscan', circumstances, {
  markdown: retroscanMarkdown(figures),
  json: figures,
  svg: retroscanSvg(figures),
});

function replay({
  named: { name, fingerprint },
  planted: own,
}: {
  readonly named: Named;
  readonly planted: readonly FingerprintedQuery[];
}): Replayed {
  const thin = thinFile(fingerprint);
  const finds = findsIn(thin);
  const [past, lookCpuSeconds] = cpuOf(() => findPastUploads(thin, bank.segments));
  const named = past.map(({ submissionId, hint }) => ({ bytes: bank.bytesOf(submissionId), hint }));
  const [found, scanCpuSeconds] = cpuOf(() => named.map(({ bytes, hint }) => finds(bytes, hint)));
  const foundIds = past.filter((_, i) => found[i]).map(({ submissionId }) => submissionId);
  const foundPlanted = new Set(foundIds.map((id) => bank.plantedIndexOf(id)));
  const scannable = own.filter(({ path }) => finds(readFileSync(path)));
  const isFound = (query: FingerprintedQuery) => foundPlanted.has(planted.indexOf(query));
  const row = {
    reference: name,
    seconds: lengthOf({ fingerprint }),
    lookCpuSeconds,
    scanCpuSeconds,
    named: past.length,
    plantedCount: own.length,
    scannable: scannable.length,
    found: scannable.filter(isFound).length,
    missed: scannable
      .filter((query) => !isFound(query))
      .map(({ query }) => `${query.attack} ${query.length} s`),
    falseMatches: foundIds.filter((id) => bank.plantedIndexOf(id) === undefined).length,
  };
  say(JSON.stringify(row));
  return row;
}

function replayThoroughly({ name, fingerprint }: Named): Thorough {
  const finds = findsIn(thinFile(fingerprint));
  // Compiled and warm, as a thread is that has scanned for hours.
  for (const bytes of uploads.slice(0, 20)) finds(bytes);
  const [found, cpuSeconds] = cpuOf(() => uploads.filter((bytes) => finds(bytes)).length);
  const row = {
    reference: name,
    seconds: lengthOf({ fingerprint }),
    scanned: uploads.length,
    hours: uploads.reduce((sum, bytes) => sum + decodeFingerprint(bytes).durationMs / 3_600_000, 0),
    found,
    cpuSeconds,
  };
  say(JSON.stringify(row));
  return row;
}

/** A scan of an upload against a reference alone: whether it finds it. */
function findsIn(reference: Uint8Array) {
  const referenceId = '00000000-0000-7000-9000-000000000000';
  const segment = openSegment(buildSegment([{ referenceId, position: 1, fingerprint: reference }]));
  const alone = [{ segment, tombstones: new Uint8Array(1) }];
  return (bytes: Uint8Array, hint?: Hint) =>
    matchUpload(bytes, alone, { transforms: 'all', indexFrames, hint }).matches.length > 0;
}

function thinFile(fingerprint: Named['fingerprint']): Uint8Array {
  return encodeFingerprint({ ...thinToReference(fingerprint), descriptors: new Uint8Array(0) });
}

function lengthOf({ fingerprint }: Pick<Named, 'fingerprint'>): number {
  return fingerprint.durationMs / 1000;
}

function cpuOf<T>(act: () => T): [T, number] {
  const before = process.cpuUsage();
  const result = act();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}

/** What a restart takes: the bank's own files, as the index has them. */
async function timeOfFiles({ made }: Bank) {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-bench-'));
  const name = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  const segments = made.map((one, i) => ({ name: name(i), ...one, removed: [] }));
  await writeIndexFiles(folder, 'bench', { position: 1, segments });
  const begun = performance.now();
  const read = await readIndexFiles(folder, 'bench');
  const readSeconds = (performance.now() - begun) / 1000;
  rmSync(folder, { recursive: true, force: true });
  const [, openCpuSeconds] = cpuOf(() => read?.segments.map((one) => openSegment(one)));
  return { readSeconds, openCpuSeconds };
}
