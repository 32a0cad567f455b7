/** From rights to a report by the command line: a rights-holder and a platform with their keys, and one data directory alone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SubmissionView } from '../../api/registry/submission-view.ts';
import { bundle, parseLines, run } from './earmark-process.ts';
import { openSpokenRegistry, type SpokenRegistry } from './speakers.ts';

type Row = Record<string, unknown>;

const processTimeoutMs = 240_000;
const recording = 'ufo-main-theme';
const upload = join(bundle, 'uploads', 'excerpt.ogg');

let registry: SpokenRegistry;
let here: readonly string[];
const speaker = (party: string, role: string) => registry.speaker(party, role);
beforeAll(async () => {
  registry = await openSpokenRegistry();
  here = registry.here;
}, processTimeoutMs);
afterAll(() => registry?.close());

const documentFile = async (name: string, document: object) => {
  const path = join(registry.folder, name);
  await writeFile(path, JSON.stringify(document));
  return path;
};

describe('by the command line', { timeout: processTimeoutMs }, () => {
  it('a rights-holder and a platform come from an assertion to a report', async () => {
    const harbour = await speaker('Harbour Records', 'rightsholder');
    const tube = await speaker('Tube', 'platform');
    await harbour.said('register', join(bundle, 'catalog', `${recording}.ogg`));
    const name = `${recording}.ogg`;

    expect(await harbour.said('rights', 'assert', name, '--share', '100', '--except', 'US')).toContain(
      'Worldwide but US',
    );
    const file = await documentFile('block.json', { name: 'Block', rules: [{ action: 'block' }] });
    const policyId = (await harbour.said('policy', 'create', file)).trim();
    await harbour.said('policy', 'activate', policyId);
    expect(await harbour.said('policy', 'default', policyId)).toMatch(/applies +default/);
    expect(await harbour.said('policy', 'outcome', name)).toMatch(/block +Worldwide but US/);

    const [submitted] = parseLines<SubmissionView>(
      await tube.said('submit', '--platform', 'Tube', '--account', 'channel-12', upload),
    );
    const claimId = submitted?.matches[0]?.claims[0]?.claim_id as string;
    expect(await tube.said('submission', 'show', submitted?.submission_id as string)).toContain(claimId);

    const milder = await documentFile('track.json', { name: 'Track', rules: [{ action: 'track' }] });
    await harbour.said('policy', 'version', policyId, milder);
    const simulated = await harbour.said('policy', 'simulate', policyId);
    expect(simulated).toContain('Version 2 changes 1 of 1 past match.');
    expect(simulated).toMatch(/Worldwide but US: block → track/);

    expect(await harbour.json('claim', 'list', '--state', 'active')).toMatchObject([{ claim_id: claimId }]);
    const says = ['--statement', 'Licence 4711', '--account', 'channel-12'];
    const [opened] = await tube.json('dispute', 'open', claimId, '--reason', 'authorised', ...says);
    const disputeId = opened?.['dispute_id'] as string;
    await harbour.said('dispute', 'counter-state', disputeId, '--statement', 'It ended in 2024.');
    await harbour.said('claim', 'reinstate', claimId, '--reason', 'The licence ended.');
    await tube.said('dispute', 'appeal', disputeId, '--statement', 'It was prolonged.');
    const history = await tube.said('dispute', 'show', disputeId);
    for (const said of ['Licence 4711', 'It ended in 2024.', 'It was prolonged.', 'rejected → appealed']) {
      expect(history).toContain(said);
    }
    expect(await harbour.said('claim', 'release', claimId, '--reason', 'It was.')).toContain('released');
    expect(await tube.said('claim', 'history', claimId)).toMatch(/appealed → released/);

    const csv = await harbour.said('report', 'claims', '--format', 'csv');
    expect(parse(csv, { columns: true })).toMatchObject([
      { claim_id: claimId, state: 'released', territories_include: 'Worldwide', territories_exclude: 'US' },
    ]);
    expect(parseLines(await tube.said('report', 'disputes'))).toMatchObject([
      { dispute_id: disputeId, state: 'upheld', party: 'Harbour Records' },
    ]);
    expect(parseLines(await tube.said('report', 'matches'))).toMatchObject([{ claim_count: 1 }]);
    expect(await tube.json('report', 'challenged-precision')).toMatchObject([
      { claimants: [{ party: 'Harbour Records', disputed_count: 1, fallen_count: 1, fallen_share: 1 }] },
    ]);
  });

  it('a refusal says what was expected, and what to do next', async () => {
    const tube = await speaker('Tube', 'platform');
    const none = await tube.refused('claim', 'show', '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa');
    expect([none.status, none.stderr]).toEqual([
      1,
      expect.stringMatching(/CLAIM_NOT_FOUND[\s\S]*claim list/),
    ]);
    const forbidden = await tube.refused('policy', 'list');
    expect([forbidden.status, forbidden.stderr]).toEqual([
      3,
      expect.stringMatching(/SCOPE_FORBIDDEN[\s\S]*party roles/),
    ]);
    const long = await tube.refused('report', 'claims', '--from', '2020-01-01');
    expect([long.status, long.stderr]).toEqual([1, expect.stringContaining('PERIOD_INVALID')]);
    const both = await tube.refused('claim', 'list', '--as', 'Tube');
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining('API key')]);
    const missing = await tube.refused('policy', 'create', join(registry.folder, 'nowhere.json'));
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('cannot be read')]);
  });
});

describe('on the data directory itself', { timeout: processTimeoutMs }, () => {
  const earmark = (...args: string[]) => registry.operator.said(...args);
  const json = (...args: string[]) => registry.operator.json<Row>(...args);
  const asHarbour = ['--as', 'Harbour Records'];
  const name = `${recording}.ogg`;

  it('somebody speaks for a party without a key: identifiers, conflicts, accounts that are allowed', async () => {
    const isrc = await earmark('identifier', 'assert', name, 'GB-AYE-93-00106', ...asHarbour);
    expect(isrc).toMatch(/isrc +GBAYE9300106/);
    const [listed] = await json('identifier', 'list', name, ...asHarbour);
    const [identifier] = (listed?.['identifiers'] ?? []) as { identifier_assertion_id: string }[];
    const id = identifier?.identifier_assertion_id as string;
    expect(await earmark('identifier', 'withdraw', name, id, ...asHarbour)).toMatch(
      /\d{4}-\d\d-\d\d \d\d:\d\d +Harbour/,
    );

    await earmark('rights', 'assert', name, '--share', '60', '--basis', 'SuccessorInTitle', ...asHarbour);
    const [conflict] = await json('conflict', 'list', '--state', 'open', ...asHarbour);
    const [owner] = (conflict?.['owners'] ?? []) as { rights_assertion_ids: string[] }[];
    const conflictId = conflict?.['ownership_conflict_id'] as string;
    const aside = ['--set-aside', owner?.rights_assertion_ids[1] as string, '--reason', 'Said twice.'];
    expect(await earmark('conflict', 'decide', conflictId, ...aside)).toContain('Said twice.');
    expect(await json('conflict', 'list', '--state', 'open', ...asHarbour)).toEqual([]);
    expect(await earmark('conflict', 'show', conflictId, ...asHarbour)).toContain('resolved');

    const allowed = ['allowlist', 'add', 'channel-13', '--platform', 'Tube', '--note', 'Ours'];
    const entryId = (await earmark(...allowed, ...asHarbour)).trim();
    expect(await earmark('allowlist', 'list', ...asHarbour)).toMatch(
      /Tube +channel-13 +\(whole catalog\) +Ours/,
    );
    await earmark('allowlist', 'remove', entryId, ...asHarbour);
    expect(await json('allowlist', 'list', ...asHarbour)).toEqual([]);
  });

  it('a reviewer works through the queue: takes, gives back and decides', async () => {
    const rules = [{ action: 'block', route_to_review: true }];
    const file = await documentFile('routed.json', { name: 'Routed', rules });
    const policyId = (await earmark('policy', 'create', file, ...asHarbour)).trim();
    await earmark('policy', 'activate', policyId, '--policy-version', '1', ...asHarbour);
    expect(await earmark('policy', 'override', name, policyId, ...asHarbour)).toContain('1 recording');
    await earmark('submit', '--platform', 'Tube', upload);

    const [waiting] = await json('review', 'list', '--free', ...asHarbour);
    const claimId = waiting?.['claim_id'] as string;
    expect(await earmark('review', 'take', '--count', '1', ...asHarbour)).toContain(claimId);
    expect(await json('review', 'list', '--free', ...asHarbour)).toEqual([]);
    expect(await earmark('review', 'return', claimId, ...asHarbour)).toContain('potential');
    expect(await earmark('review', 'take', claimId, ...asHarbour)).toContain(claimId);
    const decided = ['--decision', 'confirm', '--reason', 'It is the chorus.'];
    expect(await earmark('review', 'decide', claimId, ...decided, ...asHarbour)).toContain('active');
    expect(await earmark('claim', 'show', claimId, ...asHarbour)).toMatch(/action +block in Worldwide/);
    await earmark('policy', 'override', name, '--end', ...asHarbour);
  });

  it('reports are the same as those of a server', async () => {
    const rows = parseLines<Row>(await earmark('report', 'claims', ...asHarbour));
    expect(rows.map((row) => row['state']).sort()).toEqual(['active', 'released']);
    const harbour = await speaker('Harbour Records', 'rightsholder');
    expect(parseLines(await harbour.said('report', 'claims'))).toEqual(rows);
    expect(await earmark('report', 'challenged-precision', '--format', 'csv')).toMatch(
      /,Harbour Records,2,1,1,0,0,1\r\n$/,
    );
  });

  it('recordings are registered and uploads reported in the name of a party', async () => {
    const another = 'whallon-intro.ogg';
    await earmark('register', join(bundle, 'catalog', another), ...asHarbour);
    expect(await earmark('rights', 'show', another, ...asHarbour)).toContain('no_owner');
    const asTube = ['--as', 'Tube'];
    const upload = join(bundle, 'uploads', 'under-noise.opus');
    await earmark('submit', '--platform', 'Tube', upload, ...asTube);
    const listed = await json('submission', 'list', ...asTube);
    expect(listed.at(-1)).toMatchObject({ external_id: 'under-noise.opus' });
    expect(await json('submission', 'list', ...asHarbour)).toEqual([]);
    const nobody = await registry.operator.refused('register', upload, '--as', 'No such party');
    expect([nobody.status, nobody.stderr]).toEqual([
      1,
      expect.stringMatching(/PARTY_NOT_FOUND[\s\S]*earmark party list/),
    ]);
    const elsewhere = await registry.operator.refused('rights', 'show', 'no such', ...asHarbour);
    expect([elsewhere.status, elsewhere.stderr]).toEqual([
      2,
      expect.stringContaining('no recording "no such" of Harbour Records'),
    ]);
  });

  it('an auditor reads the claims of who has given it a mandate to audit', async () => {
    await earmark('party', 'create', 'Auditors', '--role', 'auditor');
    const between = ['--party', 'Harbour Records', '--administrator', 'Auditors', '--audit'];
    await earmark('mandate', 'create', ...between, '--evidence', 'Letter of 2 March');
    expect(await earmark('mandate', 'list')).toContain('Auditors audits for Harbour Records: everything');
    const auditors = await registry.speaker('Auditors', 'auditor');
    const parties = await registry.operator.said('party', 'list', '--json');
    const id = parseLines<Row>(parties).find((one) => one['name'] === 'Harbour Records')?.['party_id'];
    const reported = await auditors.said('report', 'claims', '--on-behalf-of', id as string);
    expect(reported).toBe(await earmark('report', 'claims', ...asHarbour));
    expect(reported).not.toBe('');
  });

  it('nobody speaks for a party that has no role', async () => {
    await earmark('party', 'create', 'Nobody yet');
    const { status, stderr } = await run(['claim', 'list', '--as', 'Nobody yet', ...here]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('party roles')]);
  });
});
