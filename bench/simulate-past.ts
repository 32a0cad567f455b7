/**
 * What it takes to simulate a draft policy over past matches as they lie in Postgres, through the use case behind
 * `POST /v1/policies/{id}/simulation`.
 *
 *   npm run bench:simulate-past -- [--matches 100000] [--recordings 50] [--rules 20] [--seed 1]
 *
 * An embedded Postgres of its own; recordings of two owners, every fifth in conflict, both with a default policy of so
 * many rules, a third of them for some territories only. Scans are written as a scan writes them, two matches each.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { loadConfig } from '../api/config.ts';
import { openContext, under } from '../api/context.ts';
import { scopesOf } from '../api/registry/caller.ts';
import { ensureParty } from '../api/registry/ensure-party.ts';
import { activatePolicy, assignPolicy, createPolicy, createPolicyVersion } from '../api/registry/policies.ts';
import { registerRecording } from '../api/registry/register-recording.ts';
import { assertRights } from '../api/registry/rights.ts';
import { simulatePolicy } from '../api/registry/simulation.ts';
import { territoryCodes } from '../api/rules/iso-3166.ts';
import { actions } from '../api/rules/policy-document.ts';
import { encodeFingerprint, thinToReference } from '../workers/fingerprint/fingerprint-file.ts';
import { inParallel } from './measure/command.ts';
import { audioFilesIn } from './measure/mix.ts';
import { openProgress } from './report/progress.ts';
import { bundledCatalog, cacheFolder, circumstancesOf, table } from './report/results.ts';
import { seededRandom } from './report/statistics.ts';
import { fingerprintFiles, syntheticFingerprint, syntheticSeed } from './synthetic/fingerprint-files.ts';

const { values: options } = parseArgs({
  options: {
    matches: { type: 'string', default: '100000' },
    recordings: { type: 'string', default: '50' },
    rules: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const matchesOfScan = 2;
const circumstances = circumstancesOf('bench:simulate-past');
const random = seededRandom(Number(options.seed));
const below = (limit: number) => Math.floor(random() * limit);

mkdirSync(cacheFolder, { recursive: true });
const dataDir = mkdtempSync(join(cacheFolder, 'simulate-'));
const config = loadConfig({ EARMARK_DATA_DIR: dataDir, EARMARK_LOG_LEVEL: 'silent' }, {});
const context = await openContext(config);
try {
  const records = under(context, { role: 'operator' });
  const owners = await Promise.all(
    ['Harbour', 'Meridian'].map(async (name) => ({
      partyId: await ensureParty(records, name, ['rightsholder']),
      scopes: scopesOf.operator,
    })),
  );
  const recordingIds = await register(owners);
  const policyIds: string[] = [];
  for (const owner of owners) policyIds.push(await setPolicy(owner));
  await writeScans(recordingIds);
  await measure(policyIds[0] as string);

  type Owner = { readonly partyId: string; readonly scopes: (typeof scopesOf)['operator'] };

  async function register([first, second]: readonly Owner[]): Promise<string[]> {
    const real = await fingerprintFiles(audioFilesIn(bundledCatalog));
    const sources = real.map((fingerprint) => thinToReference(fingerprint).constellation);
    const whole = { right: 'AllRights', share: 100, territories: { include: ['Worldwide'] } };
    const document = { ...whole, basis: 'OriginalOwner' };
    const made: string[] = [];
    for (let i = 0; i < Number(options.recordings); i++) {
      const fingerprint = encodeFingerprint(syntheticFingerprint(sources, syntheticSeed(1, i)));
      const { partyId } = first as Owner;
      const terms = { partyId, externalId: `recording-${i}`, metadata: {}, fingerprint };
      const { recordingId } = await registerRecording(records, terms);
      const sides = i % 5 === 4 ? [first, second] : [i % 2 === 0 ? first : second];
      for (const owner of sides) await assertRights(records, owner as Owner, { recordingId, document });
      made.push(recordingId);
    }
    return made;
  }

  function rulesAtRandom() {
    return Array.from({ length: Number(options.rules) }, (_, index) => ({
      action: actions[index % actions.length] as (typeof actions)[number],
      conditions: {
        match_seconds: { min: random() * 60 },
        ...(index % 2 === 0 && { percent_of_upload: { min: random() * 50 } }),
        ...(index % 3 === 0 && {
          territories: {
            include: [
              ...new Set(
                Array.from({ length: 20 }, () => territoryCodes[below(territoryCodes.length)] as string),
              ),
            ],
          },
        }),
      },
    }));
  }

  async function setPolicy(owner: Owner): Promise<string> {
    const document = { name: 'default', rules: rulesAtRandom() };
    const { policy_id: policyId } = await createPolicy(records, owner, { document });
    await activatePolicy(records, owner, { policyId, version: 1 });
    await assignPolicy(records, owner, { policyId });
    await createPolicyVersion(records, owner, {
      policyId,
      document: { name: 'draft', rules: rulesAtRandom() },
    });
    return policyId;
  }

  async function writeScans(recordings: readonly string[]): Promise<void> {
    const tube = await ensureParty(records, 'Tube', ['platform']);
    const scanCount = Number(options.matches) / matchesOfScan;
    const progress = openProgress('writing scans', scanCount);
    await inParallel([...Array(scanCount).keys()], 8, async () => {
      const durationMs = 20_000 + below(280_000);
      const scanId = uuidv7();
      const matches = Array.from({ length: matchesOfScan }, () => {
        const start = below(durationMs - 10_000);
        const length = 3000 + below(durationMs - start - 3000);
        const segment = {
          query_start_ms: start,
          query_end_ms: start + length,
          reference_start_ms: 0,
          reference_end_ms: length,
          tempo_ratio: 1,
          pitch_cents: 0,
          transform: 'none',
          false_match_probability: 10 ** -(6 + random() * 20),
        };
        return { recording_id: recordings[below(recordings.length)], segments: [segment] };
      });
      const answer = {
        scan_id: scanId,
        duration_ms: durationMs,
        index_position: 1,
        transforms: 'all',
        matches,
      };
      await records.store.insertScan({
        scanId,
        partyId: tube,
        externalId: undefined,
        indexPosition: 1,
        durationMs,
        answer,
        fingerprint: new Uint8Array(0),
        fingerprintDays: 0,
      });
      progress.step('');
    });
    progress.end();
  }

  async function measure(policyId: string): Promise<void> {
    const before = process.cpuUsage();
    const begun = performance.now();
    const result = await simulatePolicy(records, { policyId, version: 2 });
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(before);
    const head = ['matches', 'changed', 'complete', 'wall', 'processor of this process'];
    const row = [
      String(result.match_count),
      String(result.changed_match_count),
      String(result.is_complete),
      `${seconds.toFixed(2)} s`,
      `${((user + system) / 1e6).toFixed(2)} s`,
    ];
    process.stdout.write(`${table(head, [row])}\n\n`);
    process.stdout.write(
      `${circumstances.machine}; ${circumstances.node}; load ${circumstances.loadAtStart}\n`,
    );
  }
} finally {
  await context[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
}
