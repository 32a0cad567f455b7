/** Parties, keys and mandates from the command line, as real processes on one data directory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { parseLines, run } from './earmark-process.ts';

type Key = { api_key_id: string; party: string; scopes: string[] | null; revoked_at: string | null };
type Party = { party_id: string; name: string; roles: string[] };
type Mandate = {
  mandate_id: string;
  state: string;
  catalog: string;
  labels: string[];
  administrator: string;
};

const processTimeoutMs = 60_000;

describe('the command line keeps', { timeout: processTimeoutMs }, () => {
  let dataDir: string;
  let postgres: Awaited<ReturnType<typeof openEmbeddedPostgres>>;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'earmark-tenancy-'));
    // Held open, so that not every command starts and stops it.
    postgres = await openEmbeddedPostgres({ dataDir, isDurable: false });
  });
  afterAll(async () => {
    await postgres?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const earmark = (...args: string[]) => run([...args, '--data-dir', dataDir]);
  const listed = async <T>(thing: string) => parseLines<T>((await earmark(thing, 'list', '--json')).stdout);

  it('parties with their roles', async () => {
    const made = await earmark('party', 'create', 'Harbour Records', '--role', 'rightsholder');
    expect([made.status, made.stdout]).toEqual([0, expect.stringMatching(/^[0-9a-f-]{36}\n$/)]);
    const again = await earmark('party', 'create', 'Harbour Records');
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('PARTY_EXISTS')]);
    const wrong = await earmark('party', 'create', 'Other', '--role', 'owner');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('rightsholder')]);
    const roles = ['--role', 'rightsholder', '--role', 'platform'];
    expect((await earmark('party', 'roles', 'Harbour Records', ...roles)).stdout).toBe(
      'Harbour Records: platform, rightsholder\n',
    );
    expect(await listed<Party>('party')).toMatchObject([
      { name: 'local', roles: [] },
      { name: 'Harbour Records', roles: ['platform', 'rightsholder'] },
    ]);
  });

  it('keys, which can be rotated and revoked', async () => {
    const scope = ['--scope', 'scan:uploads', '--scope', 'read:scans'];
    const made = await earmark('key', 'create', '--party', 'Tube', '--role', 'platform', ...scope);
    expect([made.status, made.stdout]).toEqual([0, expect.stringMatching(/^emk_[a-z0-9]{8}_\S{43}\n$/)]);
    const [key] = await listed<Key>('key');
    expect(key).toMatchObject({ party: 'Tube', scopes: ['scan:uploads', 'read:scans'], revoked_at: null });
    const id = key?.api_key_id as string;
    const rotated = await earmark('key', 'rotate', id, '--grace', '1');
    expect(rotated.stdout.slice(0, 12)).toBe(made.stdout.slice(0, 12));
    expect(rotated.stdout).not.toBe(made.stdout);
    expect((await earmark('key', 'rotate', id, '--grace', 'long')).status).toBe(2);
    expect((await earmark('keys', 'revoke', id)).stdout).toBe(`Revoked ${id}.\n`);
    expect((await listed<Key>('key'))[0]?.revoked_at).toMatch(/^\d{4}-/);
    const other = await earmark('key', 'create', '--party', 'Tube', '--scope', 'everything');
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('scan:uploads')]);
  });

  it('mandates between parties', async () => {
    await earmark('party', 'create', 'Quay', '--role', 'administrator');
    const between = ['--party', 'Harbour Records', '--administrator', 'Quay', '--evidence', 'Agreement 7'];
    const terms = ['--label', 'Harvest', '--except', 'US', '--until', '2099-01-01'];
    const made = await earmark('mandate', 'create', ...between, ...terms);
    expect([made.status, made.stderr]).toEqual([0, '']);
    expect(await listed<Mandate>('mandate')).toMatchObject([
      {
        mandate_id: made.stdout.trim(),
        state: 'in_force',
        catalog: 'label',
        labels: ['Harvest'],
        administrator: 'Quay',
      },
    ]);
    expect((await earmark('mandate', 'list')).stdout).toContain('Quay for Harbour Records: Harvest');
    const unknown = await earmark('mandate', 'create', ...between.toSpliced(3, 1, 'Nobody'));
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('PARTY_NOT_FOUND')]);
    expect((await earmark('mandate', 'revoke', made.stdout.trim())).status).toBe(0);
    expect((await listed<Mandate>('mandate'))[0]?.state).toBe('revoked');
  });

  it('webhooks, with what is due to them', async () => {
    const url = 'https://hooks.example/earmark';
    const made = await earmark(
      'webhook',
      'create',
      url,
      '--party',
      'Harbour Records',
      '--event',
      'webhook.test',
    );
    expect([made.status, made.stdout]).toEqual([0, expect.stringMatching(/^whsec_\S+\n$/)]);
    const [webhook] = await listed<{ webhook_id: string; url: string }>('webhook');
    expect(webhook).toMatchObject({ url, state: 'enabled', event_types: ['webhook.test'] });
    const id = webhook?.webhook_id as string;
    const eventId = (await earmark('webhook', 'test', id)).stdout.trim();
    const deliveries = await earmark('webhook', 'deliveries', id, '--state', 'pending');
    expect(parseLines(deliveries.stdout)).toMatchObject([{ event_id: eventId, attempt_count: 0 }]);
    expect((await earmark('webhook', 'replay', id)).stdout).toBe('0 to be sent again.\n');
    expect((await earmark('webhook', 'rotate', id)).stdout).not.toBe(made.stdout);
    expect((await earmark('webhook', 'disable', id)).stdout).toContain('disabled (by_party)');
    expect((await earmark('webhook', 'remove', id)).status).toBe(0);
    expect((await earmark('webhook', 'test', id)).stderr).toContain('WEBHOOK_NOT_FOUND');
    const inside = await earmark('webhook', 'create', 'https://10.0.0.1/', '--party', 'Harbour Records');
    expect([inside.status, inside.stderr]).toEqual([1, expect.stringContaining('WEBHOOK_TARGET_FORBIDDEN')]);
  });

  it('all of them here and not at a server', async () => {
    const { status, stderr } = await run(['party', 'list', '--url', 'http://127.0.0.1:1']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('/v1')]);
  });
});
