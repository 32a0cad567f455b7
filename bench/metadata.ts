/**
 * How long millions of rows of metadata take to load, and to be found again.
 *
 *   npm run bench:metadata -- [--count 10000000] [--questions 100] [--seed 1]
 *
 * Catalogs of twelve parties (bench/metadata/catalog-rows.ts says what is in them) are written as CSV and loaded by
 * `earmark metadata load FILE --as PARTY`, one after the other, into an embedded Postgres of their own under the
 * system's temporary folder, which is removed at the end. Counted is the whole command, start to end, and the
 * processor time of the command and of Postgres.
 *
 * Then Postgres is left alone until what it does by itself after so much was written (autovacuum, a checkpoint) is done,
 * for at most a quarter of an hour: a registry is not asked in the minute after a load of ten million. How long that took
 * is said.
 *
 * Then a server runs on it. Looked up are ISRCs of the rows: as the one statement under the session of a tenant, and over
 * HTTP. Searched is over HTTP, as the largest tenant, as the smallest and as an operator of all, for six kinds of
 * questions (bench/metadata/questions.ts), one after the other. `the` alone, which is in one of nine titles, is asked
 * apart.
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '../api/config.ts';
import { openStoreContext, under } from '../api/context.ts';
import { scopesOf } from '../api/registry/caller.ts';
import { ensureParty } from '../api/registry/ensure-party.ts';
import { openConnections } from '../api/store/connections.ts';
import { openEmbeddedPostgres } from '../api/store/embedded-postgres.ts';
import { findRecordingsByIdentifier } from '../api/store/recording-search.ts';
import { cpuSecondsOfPostgres, postmasterPids } from './measure/process-tree.ts';
import { processorTimeOf } from './measure/processor-time.ts';
import { launcher, plainEnvironment, startServer } from './measure/server.ts';
import { type CatalogRow, catalogRows, csvColumns, csvLineOf, partyShares } from './metadata/catalog-rows.ts';
import { explain, type Plan, sampled, sizes, sqlOf, termsSql, unsampled } from './metadata/plans.ts';
import { questionKinds, questions } from './metadata/questions.ts';
import { type Loaded, reportMetadata, type Searched, type Settled } from './metadata/report.ts';
import { openProgress, say } from './report/progress.ts';
import { circumstancesOf } from './report/results.ts';
import { seededRandom } from './report/statistics.ts';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '10000000' },
    questions: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});
const rowCount = Number(options.count);
const questionCount = Number(options.questions);
const seed = Number(options.seed);
const lookUpCount = 2000;
/** Kept of each party, to ask for. */
const keptRows = 5000;
/** Longer than autovacuum sleeps between two looks, which is a minute. */
const quietSeconds = 75;
/** Of processor time, in so long: what Postgres takes for itself when nothing is to do. */
const quietCpuSeconds = 1.5;
const maxSettleSeconds = 900;

const circumstances = circumstancesOf('bench:metadata');
const folder = mkdtempSync(join(tmpdir(), 'earmark-metadata-'));
const dataDir = join(folder, 'registry');
type Party = {
  readonly name: string;
  readonly partyId: string;
  readonly rows: CatalogRow[];
  readonly count: number;
};

try {
  await using closing = new AsyncDisposableStack();
  const postgres = closing.adopt(await openEmbeddedPostgres({ dataDir }), (it) => it.close());
  const config = loadConfig({ EARMARK_DATA_DIR: dataDir, EARMARK_LOG_LEVEL: 'silent' }, {});
  await using context = await openStoreContext(config);
  const parties: Party[] = [];
  for (const [i, share] of partyShares.entries()) {
    const name = `Party ${i}`;
    const partyId = await ensureParty(under(context, { role: 'operator' }), name, ['rightsholder']);
    parties.push({ name, partyId, rows: [], count: Math.round(rowCount * share) });
  }
  const loaded: Loaded[] = [];
  for (const [i, party] of parties.entries()) loaded.push(await load(i, party));
  const settled = await settle();
  const [big, small] = [parties[0] as Party, parties.at(-1) as Party];
  const pool = openConnections(postgres.databaseUrl, 2);
  const plans = await explainAll(pool, big, small);
  const statementMs = await timeStatement(pool, big);
  const held = await sizes(pool);
  await pool.close();
  const server = await startServer(dataDir, { EARMARK_RATE_LIMIT_PER_MINUTE: '10000000' });
  const asked = await askAll(server.address, server.key, big, small).finally(() => server.end());
  reportMetadata(circumstances, { rowCount, loaded, settled, plans, statementMs, sizes: held, ...asked });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function load(i: number, party: Party): Promise<Loaded> {
  const file = join(folder, 'catalog.csv');
  const every = Math.max(1, Math.floor(party.count / keptRows));
  function* text() {
    let piece = `${csvColumns}\n`;
    let n = 0;
    for (const row of catalogRows(seed).of(i, party.count)) {
      if (n++ % every === 0 && row.isrc.length === 12) party.rows.push(row);
      piece += csvLineOf(row);
      if (piece.length < 2 ** 18) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  }
  await pipeline(Readable.from(text()), createWriteStream(file));
  const [postmaster = 0] = postmasterPids(dataDir);
  const before = cpuSecondsOfPostgres(postmaster);
  const args = [
    process.execPath,
    launcher,
    '--data-dir',
    dataDir,
    'metadata',
    'load',
    file,
    '--as',
    party.name,
  ];
  const cost = await processorTimeOf('"$@"', args, { env: plainEnvironment() });
  // Malformed rows are refused, and a command of which some rows are refused ends with 1.
  if (cost.status > 1) throw new Error(`the load ended with ${cost.status}:\n${cost.errors}`);
  const summary = cost.errors.trim().split('\n').at(-1) ?? '';
  say(`${party.name}: ${summary}`);
  return {
    rows: party.count,
    bytes: statSync(file).size,
    wallSeconds: cost.wallSeconds,
    commandCpuSeconds: cost.cpuSeconds,
    postgresCpuSeconds: cpuSecondsOfPostgres(postmaster) - before,
    summary,
  };
}

async function settle(): Promise<Settled> {
  const [postmaster = 0] = postmasterPids(dataDir);
  const [begun, cpuBefore] = [performance.now(), cpuSecondsOfPostgres(postmaster)];
  for (;;) {
    const before = cpuSecondsOfPostgres(postmaster);
    await sleep(quietSeconds * 1000);
    const now = cpuSecondsOfPostgres(postmaster);
    const wallSeconds = (performance.now() - begun) / 1000;
    const isQuiet = now - before < quietCpuSeconds;
    if (isQuiet || wallSeconds > maxSettleSeconds)
      return { wallSeconds, cpuSeconds: now - cpuBefore, isQuiet };
  }
}

function tenantOf({ partyId }: Party) {
  return { role: 'tenant', partyId, scopes: scopesOf.rightsholder } as const;
}

async function explainAll(
  pool: ReturnType<typeof openConnections>,
  big: Party,
  small: Party,
): Promise<Plan[]> {
  const isrc = big.rows[7]?.isrc;
  const term = ({ partyId }: Party, word: string) => [`'=${partyId.slice(-12)}=${word}'`];
  const both = (party: Party) => [`${term(party, 'love')} & ${term(party, 'night')}`];
  const service = { role: 'service' } as const;
  const ask = (
    title: string,
    session: Parameters<typeof explain>[1]['session'],
    sql: string,
    values: unknown[],
    settings = {},
  ) => explain(pool, { title, session, sql, values, settings });
  const identifierSql = sqlOf('find-recordings-by-identifier');
  return [
    await ask('Exact look-up of an ISRC, as a tenant', tenantOf(big), identifierSql, [
      'isrc',
      isrc,
      big.partyId,
      200,
    ]),
    await ask('The same, as an operator', { role: 'operator' }, identifierSql, ['isrc', isrc, null, 200]),
    await ask(
      'A word in the largest catalog, as its tenant asks',
      tenantOf(big),
      sqlOf('search-own-recordings'),
      ["'love'", 201],
    ),
    await ask('… what that function asks: a sample', service, termsSql, term(big, 'love'), sampled),
    await ask('… what it would ask without', service, termsSql, term(big, 'love'), unsampled),
    await ask('Two words in the largest catalog', service, termsSql, both(big), unsampled),
    await ask('A word in the smallest catalog', service, termsSql, term(small, 'love'), sampled),
    await ask('The commonest word among all', service, termsSql, ["'the'"], sampled),
    await ask('… without sampling', service, termsSql, ["'the'"], unsampled),
    await ask(
      'Had the smallest tenant asked by itself: row-level security comes before `@@`, and the index is not used for it',
      tenantOf(small),
      termsSql,
      term(small, 'love'),
    ),
    await ask('Words that look like a misspelt one', service, sqlOf('list-alike-words'), [['chrismas'], 5]),
    await ask(
      'Title by trigrams (`?title=`), as an operator',
      { role: 'operator' },
      "select recording_id from recording where title ilike '%chrismas%' limit 50",
      [],
    ),
  ];
}

async function timeStatement(pool: ReturnType<typeof openConnections>, party: Party): Promise<number[]> {
  const random = seededRandom(seed + 5);
  const times: number[] = [];
  await pool.under(tenantOf(party)).transaction(async (on) => {
    for (let i = -200; i < lookUpCount; i++) {
      const { isrc } = party.rows[Math.floor(random() * party.rows.length)] as CatalogRow;
      const begun = performance.now();
      const which = { scheme: 'isrc', value: isrc, partyId: party.partyId, limit: 200 } as const;
      const rows = await findRecordingsByIdentifier(on, which);
      if (i >= 0) times.push(performance.now() - begun);
      if (rows.length === 0) throw new Error(`the ISRC ${isrc} was loaded and is not found`);
    }
  });
  return times;
}

async function askAll(address: string, operatorKey: string, big: Party, small: Party) {
  const get = async <T>(key: string, path: string): Promise<{ ms: number; body: T }> => {
    const begun = performance.now();
    const response = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${key}` } });
    const text = await response.text();
    const ms = performance.now() - begun;
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return { ms, body: JSON.parse(text) as T };
  };
  const keyOf = async ({ partyId }: Party): Promise<string> => {
    const headers = { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ party_id: partyId });
    const response = await fetch(`${address}/v1/keys`, { method: 'POST', headers, body });
    return ((await response.json()) as { key: string }).key;
  };
  const callers = [
    { name: `tenant of ${big.count.toLocaleString('en')} rows`, key: await keyOf(big), party: big },
    { name: `tenant of ${small.count.toLocaleString('en')} rows`, key: await keyOf(small), party: small },
    { name: 'operator of all', key: operatorKey, party: big },
  ];
  const random = seededRandom(seed + 9);
  const lookUpMs: number[] = [];
  for (let i = -200; i < lookUpCount; i++) {
    const { isrc } = big.rows[Math.floor(random() * big.rows.length)] as CatalogRow;
    const { ms } = await get(callers[0]?.key ?? '', `/v1/identifiers?value=${isrc}`);
    if (i >= 0) lookUpMs.push(ms);
  }
  const searched: Searched[] = [];
  const progress = openProgress('searching', callers.length * questionKinds.length);
  for (const { name: caller, key, party } of callers) {
    for (const [k, kind] of questionKinds.entries()) {
      const times: number[] = [];
      let foundCount = 0;
      for (const [i, q] of questions(kind, party.rows, questionCount + 5, seed + k).entries()) {
        const path = `/v1/recordings/search?${new URLSearchParams({ q })}`;
        const { ms, body } = await get<{ recordings: unknown[] }>(key, path);
        if (i < 5) continue;
        times.push(ms);
        foundCount += body.recordings.length > 0 ? 1 : 0;
      }
      searched.push({ caller, kind, times, foundShare: foundCount / questionCount });
      progress.step(kind);
    }
    const alone: number[] = [];
    for (let i = 0; i < 20; i++) alone.push((await get(key, '/v1/recordings/search?q=the')).ms);
    searched.push({ caller, kind: '“the” alone', times: alone, foundShare: 1, isApart: true });
  }
  progress.end();
  return { lookUpMs, searched };
}
