/**
 * How long a reported upload takes from POST to its claims, with the outcome for each territory.
 *
 *   npm run bench:submission -- [--recordings 10000] [--submissions 200] [--seconds 30] [--seed 1] [--references FOLDER]
 *
 * A real server with its embedded Postgres on a data directory of its own; registered over HTTP are real recordings, the
 * bundled ones or a folder's fingerprint files, and synthetic ones made of them. Give it hours of music: ten thousand
 * recordings made of the bundle's 5.6 minutes repeat every second thousands of times, as no catalog does, and a scan
 * takes seconds. Two rights-holders own them: every recording whole by one, every hundredth by both, which is a conflict;
 * each has a default policy with rules for some territories. A platform then submits excerpts, as fingerprints, one
 * after the other: of the real ones at query density and of synthetic ones, in turn. Timed is the request as its client
 * sees it, and beside it the same excerpt as a scan, which decides nothing.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  encodeFingerprint,
  type Fingerprint,
  thinToReference,
} from '../workers/fingerprint/fingerprint-file.ts';
import { readFingerprints } from './in-process/query-folder.ts';
import { inParallel } from './measure/command.ts';
import { audioFilesIn } from './measure/mix.ts';
import { startServer } from './measure/server.ts';
import { openProgress } from './report/progress.ts';
import { bundledCatalog, cacheFolder, circumstancesOf, table, writeResults } from './report/results.ts';
import { quantile, seededRandom } from './report/statistics.ts';
import { faint, line, picture, rect, series, text, ticks } from './report/svg.ts';
import { excerptOf } from './synthetic/excerpt.ts';
import { fingerprintFiles, syntheticFingerprint, syntheticSeed } from './synthetic/fingerprint-files.ts';

const { values: options } = parseArgs({
  options: {
    recordings: { type: 'string', default: '10000' },
    submissions: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    references: { type: 'string' },
  },
});
const recordingCount = Number(options.recordings);
const submissionCount = Number(options.submissions);
const seed = Number(options.seed);
const limitMs = 150;
/** Not counted: a server has its code compiled. */
const warmUps = 20;
const inFlight = 8;

const circumstances = circumstancesOf('bench:submission');
const random = seededRandom(seed);
const real =
  options.references === undefined
    ? await fingerprintFiles(audioFilesIn(bundledCatalog))
    : readFingerprints(resolve(options.references)).map(({ fingerprint }) => fingerprint);
const sources = real.map((fingerprint) => thinToReference(fingerprint).constellation);
const registered = (i: number): Fingerprint =>
  real[i] ?? syntheticFingerprint(sources, syntheticSeed(seed, i));

mkdirSync(cacheFolder, { recursive: true });
const dataDir = mkdtempSync(join(cacheFolder, 'submission-'));
const server = await startServer(dataDir, { EARMARK_RATE_LIMIT_PER_MINUTE: '1000000' });
try {
  const harbour = await openParty('Harbour Records', 'rightsholder');
  const meridian = await openParty('Meridian Music', 'rightsholder');
  const tube = await openParty('Tube', 'platform');
  for (const owner of [harbour, meridian]) await setPolicy(owner.key);
  await register(harbour.key, meridian.key);
  report(await measure(tube.key));
} finally {
  await server.end();
  rmSync(dataDir, { recursive: true, force: true });
}

type Json = Readonly<Record<string, unknown>>;
type Upload = {
  readonly fields: Readonly<Record<string, string>>;
  readonly fingerprint: Uint8Array<ArrayBuffer>;
};

async function send<T = Json>(key: string, method: string, path: string, body?: Json | Upload): Promise<T> {
  const isUpload = body !== undefined && 'fingerprint' in body;
  let sent: FormData | string | undefined;
  if (isUpload) {
    const { fields, fingerprint } = body as Upload;
    sent = new FormData();
    for (const [name, value] of Object.entries(fields)) sent.set(name, value);
    sent.set('fingerprint', new Blob([fingerprint]), 'upload.earmark');
  } else if (body !== undefined) sent = JSON.stringify(body);
  const response = await fetch(`${server.address}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(typeof sent === 'string' ? { 'content-type': 'application/json' } : {}),
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer}`);
  return JSON.parse(answer) as T;
}

async function openParty(
  name: string,
  role: string,
): Promise<{ readonly partyId: string; readonly key: string }> {
  const { party_id: partyId } = await send<{ party_id: string }>(server.key, 'POST', '/v1/parties', {
    name,
    roles: [role],
  });
  return { partyId, ...(await send<{ key: string }>(server.key, 'POST', '/v1/keys', { party_id: partyId })) };
}

async function setPolicy(key: string): Promise<void> {
  const rules = [
    { action: 'track' },
    { action: 'monetize', conditions: { match_seconds: { min: 10 } } },
    {
      action: 'block',
      conditions: { territories: { include: ['DE', 'FR', 'JP'] }, percent_of_upload: { min: 50 } },
    },
  ];
  const made = await send<{ policy_id: string }>(key, 'POST', '/v1/policies', { name: 'default', rules });
  await send(key, 'POST', `/v1/policies/${made.policy_id}/activate`, { version: 1 });
  await send(key, 'PUT', `/v1/policies/${made.policy_id}/default`);
}

async function register(owner: string, other: string): Promise<void> {
  const whole = {
    right: 'AllRights',
    share: 100,
    territories: { include: ['Worldwide'] },
    basis: 'OriginalOwner',
  };
  const progress = openProgress('registering', recordingCount);
  await inParallel([...Array(recordingCount).keys()], inFlight, async (i) => {
    const fields = { external_id: `recording-${i}`, title: `Recording ${i}` };
    const fingerprint = encodeFingerprint(registered(i));
    const made = await send<{ recording_id: string }>(owner, 'POST', '/v1/recordings', {
      fields,
      fingerprint,
    });
    await send(owner, 'POST', `/v1/recordings/${made.recording_id}/rights`, whole);
    if (i % 100 === 99) {
      // Having found it in a scan of its own, the other may speak of it.
      const again = await send<{ matches: readonly Json[]; scan_id: string }>(other, 'POST', '/v1/scans', {
        fields: {},
        fingerprint,
      });
      if (again.matches.some((match) => match['recording_id'] === made.recording_id)) {
        const said = { ...whole, scan_id: again.scan_id };
        await send(other, 'POST', `/v1/recordings/${made.recording_id}/rights`, said);
      }
    }
    progress.step('');
  });
  progress.end();
}

type Measured = {
  readonly submissionMs: readonly number[];
  readonly scanMs: readonly number[];
  readonly claims: number;
  readonly potentialClaims: number;
  readonly found: number;
};

async function measure(key: string): Promise<Measured> {
  const submissionMs: number[] = [];
  const scanMs: number[] = [];
  let [claims, potentialClaims, found] = [0, 0, 0];
  const progress = openProgress('submitting', submissionCount);
  for (let i = -warmUps; i < submissionCount; i++) {
    const isReal = i % 2 === 0;
    const fingerprint = excerptOf(
      registered(Math.floor(random() * (isReal ? real.length : recordingCount))),
      Number(options.seconds) * 1000,
      random,
    );
    const timed = async <T>(into: number[], path: string, fields: Upload['fields']): Promise<T> => {
      const begun = performance.now();
      const answer = await send<T>(key, 'POST', path, { fields, fingerprint });
      if (i >= 0) into.push(performance.now() - begun);
      return answer;
    };
    await timed(scanMs, '/v1/scans', {});
    type Submitted = {
      readonly matches: readonly { readonly claims: readonly { readonly state: string }[] }[];
    };
    const fields = { platform: 'Tube', external_id: `upload-${i}`, account: 'channel-1' };
    const { matches } = await timed<Submitted>(submissionMs, '/v1/submissions', fields);
    if (i < 0) continue;
    const raised = matches.flatMap((match) => match.claims);
    claims += raised.length;
    potentialClaims += raised.filter(({ state }) => state === 'potential').length;
    found += matches.length > 0 ? 1 : 0;
    progress.step('');
  }
  progress.end();
  return { submissionMs, scanMs, claims, potentialClaims, found };
}

function report(measured: Measured): void {
  const { submissionMs, scanMs, claims, potentialClaims, found } = measured;
  const of = (values: readonly number[]) =>
    [0.5, 0.9, 0.95, 0.99].map((q) => quantile(values, q) ?? Number.NaN);
  const [p50, p90, p95, p99] = of(submissionMs) as [number, number, number, number];
  const row = (name: string, values: readonly number[]) => [name, ...of(values).map((ms) => ms.toFixed(1))];
  const markdown = `# From a reported upload to its claims

${submissionCount} excerpts of ${options.seconds} s, as fingerprints, one after the other, against ${recordingCount} recordings. ${found} were found; ${claims} claims were raised, ${potentialClaims} of them potential. 95 % are answered within **${p95.toFixed(0)} ms** (aim: ${limitMs}).

${table(['ms', 'median', '90 %', '95 %', '99 %'], [row('POST /v1/submissions', submissionMs), row('POST /v1/scans, the same excerpt', scanMs)])}

![share of requests answered within](submission.svg)`;
  writeResults('submission', circumstances, {
    markdown,
    json: {
      recordings: recordingCount,
      found,
      claims,
      potentialClaims,
      p50,
      p90,
      p95,
      p99,
      submissionMs,
      scanMs,
    },
    svg: draw(measured),
  });
  process.stdout.write(
    `submission: median ${p50.toFixed(1)} ms, 95 % ${p95.toFixed(1)} ms; ${claims} claims\n`,
  );
}

/** Share of the requests that were answered within a time. */
function draw({ submissionMs, scanMs }: Measured): string {
  const [width, height, left, top, plotWidth, plotHeight] = [640, 300, 60, 40, 540, 200];
  const most = Math.max(limitMs * 1.1, quantile([...submissionMs, ...scanMs], 0.99) ?? 0);
  const x = (ms: number) => left + (Math.min(ms, most) / most) * plotWidth;
  const y = (share: number) => top + (1 - share) * plotHeight;
  const curve = (values: readonly number[], color: string) =>
    [...values]
      .sort((a, b) => a - b)
      .map((ms, i) =>
        rect(x(ms) - 1.5, y((i + 1) / values.length) - 1.5, 3, 3, color, `${ms.toFixed(1)} ms`),
      );
  return picture(width, height, [
    text(left, 22, 'Share of requests answered within', { 'font-weight': 600 }),
    ...ticks(most).map((ms) => text(x(ms), top + plotHeight + 18, `${ms} ms`, { 'text-anchor': 'middle' })),
    ...[0, 0.5, 0.95, 1].flatMap((share) => [
      line(left, y(share), left + plotWidth, y(share), { stroke: faint, 'stroke-width': 0.5 }),
      text(left - 8, y(share) + 4, `${share * 100} %`, { 'text-anchor': 'end' }),
    ]),
    line(x(limitMs), top, x(limitMs), top + plotHeight, { stroke: series[4], 'stroke-dasharray': '4 3' }),
    ...curve(submissionMs, series[0]),
    ...curve(scanMs, series[1]),
    text(left, height - 12, 'submission', { fill: series[0] }),
    text(left + 100, height - 12, 'scan of the same', { fill: series[1] }),
    text(left + 240, height - 12, `aim ${limitMs} ms`, { fill: series[4] }),
  ]);
}
