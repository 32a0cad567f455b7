/** What either side, a reviewer and an operator do by the command line, and what they hear where it cannot be done. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimView } from '../../api/registry/claim-view.ts';
import type { SubmissionView } from '../../api/registry/submission-view.ts';
import { bundle, type Ended, parseLines } from './earmark-process.ts';
import { openSpokenRegistry, type Speaker, type SpokenRegistry } from './speakers.ts';

const processTimeoutMs = 240_000;
const recording = 'ufo-main-theme.ogg';
const nobodys = '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa';

let registry: SpokenRegistry;
let harbour: Speaker;
let tube: Speaker;
let operator: Speaker;
/** Of uploads of the same excerpt: each test acts on one of its own. */
const claims: string[] = [];

beforeAll(async () => {
  registry = await openSpokenRegistry();
  operator = registry.operator;
  harbour = await registry.speaker('Harbour Records', 'rightsholder');
  tube = await registry.speaker('Tube', 'platform');
  await harbour.said('register', join(bundle, 'catalog', recording));
  await harbour.said('rights', 'assert', recording, '--share', '100');
  for (const { matches } of await submit('one', 'two', 'three', 'four')) {
    claims.push(matches[0]?.claims[0]?.claim_id as string);
  }
}, processTimeoutMs);
afterAll(() => registry?.close());

/** The same excerpt, uploaded once more under each name. */
async function submit(...names: string[]): Promise<SubmissionView[]> {
  const manifest = join(registry.folder, `${names[0]}.csv`);
  const path = join(bundle, 'uploads', 'excerpt.ogg');
  await writeFile(manifest, ['external_id,path', ...names.map((name) => `${name},${path}`)].join('\n'));
  return parseLines(
    await tube.said('submit', '--platform', 'Tube', '--account', 'channel-12', '--manifest', manifest),
  );
}
const expectRefusal = async (asked: Promise<Ended>, status: number, said: RegExp) => {
  const { status: ended, stderr } = await asked;
  expect([ended, stderr]).toEqual([status, expect.stringMatching(said)]);
};

describe("the uploader's side", { timeout: processTimeoutMs }, () => {
  it('says more, and gives a dispute or an appeal up', async () => {
    const claimId = claims[0] as string;
    const open = async () => {
      const opened = ['dispute', 'open', claimId, '--reason', 'authorised', '--statement', 'Licence 4711'];
      const [dispute] = await tube.json(...opened, '--account', 'channel-12');
      return dispute?.['dispute_id'] as string;
    };
    await expectRefusal(
      tube.refused(
        'dispute',
        'open',
        claimId,
        '--reason',
        'authorised',
        '--statement',
        'x',
        '--account',
        'y',
      ),
      1,
      /ACCOUNT_NOT_THE_UPLOADER[\s\S]*earmark claim show/,
    );
    const first = await open();
    const more = ['--statement', 'And page two of it.', '--account', 'channel-12'];
    const stated = await tube.said('dispute', 'state', first, ...more);
    expect(stated).toMatch(
      /state: open until .* by uploader\n {4}A further statement\.\n {4}"And page two of it\."/,
    );
    await expectRefusal(
      harbour.refused('dispute', 'state', first, '--statement', 'It ended.'),
      3,
      /SCOPE_FORBIDDEN[\s\S]*earmark dispute counter-state/,
    );
    const withdrawn = await tube.said('dispute', 'withdraw', first, '--reason', 'The letter was found.');
    expect(withdrawn).toMatch(/state +withdrawn/);
    expect(withdrawn).toMatch(/withdraw_dispute: open → withdrawn .*\n {4}The letter was found\./);
    await expectRefusal(
      tube.refused('dispute', 'state', first, '--statement', 'Once more.'),
      1,
      /EVENT_NOT_ALLOWED: Expected a dispute that is not over[\s\S]*earmark dispute show/,
    );

    const second = await open();
    await harbour.said('claim', 'reinstate', claimId, '--reason', 'The licence ended.');
    await tube.said('dispute', 'appeal', second, '--statement', 'It was prolonged.');
    expect(await tube.said('dispute', 'withdraw', second)).toMatch(
      /withdraw_appeal: appealed → withdrawn .*\n {4}Withdrawn\./,
    );
    expect(await tube.said('claim', 'show', claimId)).toMatch(/state +active/);
    await expectRefusal(
      tube.refused('dispute', 'withdraw', nobodys),
      1,
      /DISPUTE_NOT_FOUND[\s\S]*dispute list/,
    );
  });
});

describe("the claimant's side", { timeout: processTimeoutMs }, () => {
  it('takes down by a notice, which its history names', async () => {
    const claimId = claims[1] as string;
    const reason = ['--reason', 'It was sent.'];
    await expectRefusal(harbour.refused('claim', 'take-down', claimId, ...reason), 2, /--notice/);
    const takeDown = ['claim', 'take-down', claimId, '--notice', 'N-2026-014', ...reason];
    await expectRefusal(tube.refused(...takeDown), 3, /manage:claims[\s\S]*earmark dispute/);
    await expectRefusal(operator.refused(...takeDown), 1, /EVENT_ROLE_FORBIDDEN[\s\S]*whose turn it is/);
    expect(await harbour.said(...takeDown)).toMatch(/^\S+ {2}taken_down\n$/);
    expect(await tube.said('claim', 'history', claimId)).toMatch(
      /take_down: active → taken_down {2}by rightsholder\n {4}It was sent\.\n {4}notice N-2026-014\n/,
    );
    await expectRefusal(harbour.refused(...takeDown), 1, /expected nothing more[\s\S]*earmark claim history/);
  });

  it('confirms what an operator has sent back to review', async () => {
    const claimId = claims[2] as string;
    const again = ['claim', 'review', claimId, '--reason', 'Somebody should hear it.'];
    await expectRefusal(harbour.refused(...again), 1, /EVENT_ROLE_FORBIDDEN[\s\S]*whose turn it is/);
    expect(await operator.said(...again)).toMatch(/potential until \d{4}-/);
    expect(await harbour.said('review', 'list')).toContain(claimId);
    const confirm = ['claim', 'confirm', claimId, '--reason', 'It is the chorus.'];
    expect(await harbour.said(...confirm)).toMatch(/^\S+ {2}active\n$/);
    await expectRefusal(
      harbour.refused(...confirm),
      1,
      /EVENT_NOT_ALLOWED: claim, active[\s\S]*earmark claim history/,
    );
  });

  it('releases and excludes, and puts the span back', async () => {
    const claimId = claims[3] as string;
    const release = ['claim', 'release-and-exclude', claimId, '--reason', 'A loop of a sample pack.'];
    await expectRefusal(harbour.refused(...release, '--start', '12'), 2, /--start and --end go together/);
    await expectRefusal(
      harbour.refused(...release, '--start', '14', '--end', '12'),
      1,
      /EVENT_INVALID: .*begins before it ends/,
    );
    expect(await harbour.said(...release, '--start', '12', '--end', '24.5')).toMatch(/^\S+ {2}released\n$/);
    expect(await tube.said('claim', 'history', claimId)).toContain('excluded 0:12.0–0:24.5 of the recording');
    const [meanwhile] = await submit('while it is excluded');
    expect(meanwhile?.matches).toEqual([]);

    const [span] = await harbour.json('exclusion', 'list', recording);
    expect(span).toMatchObject({ start_ms: 12_000, end_ms: 24_500, reason: 'A loop of a sample pack.' });
    const lift = (id: string) => ['exclusion', 'lift', recording, id, '--reason', 'The pack was ours.'];
    await expectRefusal(
      harbour.refused(...lift(nobodys)),
      1,
      /EXCLUDED_INTERVAL_NOT_FOUND[\s\S]*earmark exclusion list/,
    );
    const id = span?.['excluded_interval_id'] as string;
    expect(await harbour.said(...lift(id))).toMatch(/^0:12\.0–0:24\.5 matches again since .*retroscan list/);
    expect(await harbour.said('exclusion', 'list', recording)).toMatch(/lifted \d{4}.*The pack was ours\./);
    expect(await harbour.said('retroscan', 'list', '--recording', recording)).toContain('widened');
    // The server looks through what was submitted meanwhile.
    const found = () =>
      harbour.json<ClaimView>('claim', 'list', '--submission', meanwhile?.submission_id as string);
    await expect.poll(found, { timeout: 60_000, interval: 500 }).toMatchObject([{ state: 'active' }]);
    expect(await harbour.said('retroscan', 'request', recording)).toMatch(
      /(waiting|running) +request +quick/,
    );
    const [thorough] = await harbour.json('retroscan', 'request', recording, '--thorough');
    expect(thorough).toMatchObject({ cause: 'request', thorough: true });
    expect(await harbour.said('retroscan', 'list', '--recording', recording)).toMatch(/request +thorough/);
    const run = ['retroscan', 'run', '--recording', recording, '--thorough'];
    expect(await operator.said(...run)).toMatch(/^Looked through what was submitted for \d+ reference/);
    await expectRefusal(
      operator.refused('retroscan', 'run', '--thorough'),
      2,
      /--thorough is said of a --recording/,
    );
    await expectRefusal(
      harbour.refused('retroscan', 'request', 'no such'),
      2,
      /"no such" of yours[\s\S]*earmark list/,
    );
  });
});

describe('whose a recording is', { timeout: processTimeoutMs }, () => {
  it('is asserted and withdrawn, and a reviewer who is asked to decides between two', async () => {
    const meadow = await registry.speaker('Meadow Music', 'rightsholder');
    const judges = await registry.speaker('Judges', 'reviewer');
    const [scanned] = parseLines<{ scan_id: string; matches: { recording_id: string }[] }>(
      await meadow.said('scan', join(bundle, 'uploads', 'excerpt.ogg'), '--format', 'ndjson'),
    );
    const recordingId = scanned?.matches[0]?.recording_id as string;
    const share = ['--share', '100', '--scan', scanned?.scan_id as string];
    type Asserted = { assertions: { rights_assertion_id: string; party: string }[] };
    const [asserted] = await meadow.json<Asserted>('rights', 'assert', recordingId, ...share);
    const idOf = (party: string) =>
      asserted?.assertions.find((one) => one.party === party)?.rights_assertion_id as string;

    const [conflict] = await operator.json('conflict', 'list', '--state', 'open');
    const conflictId = conflict?.['ownership_conflict_id'] as string;
    const decide = ['conflict', 'decide', conflictId, '--set-aside', idOf('Meadow Music')];
    const decided = [...decide, '--reason', 'The contract ended in 2024.'];
    await expectRefusal(judges.refused(...decided), 1, /CONFLICT_NOT_FOUND[\s\S]*earmark conflict list/);
    await expectRefusal(
      operator.refused('conflict', 'reviewer', conflictId, 'Meadow Music'),
      1,
      /REVIEWER_INVALID[\s\S]*earmark party roles/,
    );
    await expectRefusal(
      operator.refused('conflict', 'reviewer', conflictId, 'Nobody'),
      2,
      /no party "Nobody"[\s\S]*earmark party list/,
    );
    await expectRefusal(
      harbour.refused('conflict', 'reviewer', conflictId, nobodys),
      3,
      /operate:registry[\s\S]*for operators/,
    );
    expect(await operator.said('conflict', 'reviewer', conflictId, 'Judges')).toMatch(/reviewer +Judges/);
    expect(await judges.said(...decided)).toMatch(
      /decided .* by Judges: set aside .*The contract ended in 2024\./,
    );
    expect(await harbour.json('conflict', 'list', '--state', 'open')).toEqual([]);

    const withdraw = (id: string) => ['rights', 'withdraw', recordingId, id];
    await expectRefusal(meadow.refused(...withdraw(idOf('Harbour Records'))), 1, /RIGHTS_NOT_FOUND/);
    await expectRefusal(harbour.refused(...withdraw(nobodys)), 1, /RIGHTS_NOT_FOUND[\s\S]*--view asserted/);
    const left = await meadow.refused(...withdraw(idOf('Meadow Music')));
    expect([left.status, left.stderr]).toEqual([0, '']);
    expect(await harbour.said('rights', 'show', recording, '--view', 'asserted')).not.toContain(
      'Meadow Music',
    );
  });
});
