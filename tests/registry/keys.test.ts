import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context, Scoped } from '../../api/context.ts';
import { scopesOf } from '../../api/registry/caller.ts';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { openKeyUses } from '../../api/registry/key-uses.ts';
import {
  authenticateKey,
  createKey,
  getKey,
  listKeys,
  maxUsableKeysPerParty,
  revokeKey,
  rotateKey,
} from '../../api/registry/keys.ts';
import { setPartyRoles } from '../../api/registry/parties.ts';
import { createKeyOf, openTestContext, type TestContext } from '../support/server.ts';

describe('an API key', () => {
  let opened: TestContext;
  let context: Context;
  let records: Scoped<Context>;
  beforeAll(async () => {
    opened = await openTestContext();
    context = opened.context;
    records = opened.records;
  });
  afterAll(() => opened.close());

  it('says whose it is and what it is for', async () => {
    const { key, apiKeyId, partyId } = await createKeyOf(records, {
      partyName: 'Harbour',
      role: 'rightsholder',
    });
    expect(await authenticateKey(context, key)).toEqual({
      apiKeyId,
      partyId,
      scopes: expect.arrayContaining([...scopesOf.rightsholder]),
    });
  });

  it('belongs to the same party as another key of that name', async () => {
    const [one, two] = [
      await createKeyOf(records, { partyName: 'Meadow', role: 'platform' }),
      await createKeyOf(records, { partyName: ' Meadow ', role: 'operator' }),
    ];
    expect(two.partyId).toBe(one.partyId);
    expect(two.key).not.toBe(one.key);
  });

  it('is not stored: neither the list nor the database has its secret', async () => {
    const { key } = await createKeyOf(records, { partyName: 'Harbour', role: 'platform' });
    const secret = key.slice('emk_12345678_'.length);
    const listed = await listKeys(records, { partyId: undefined, limit: 100 });
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect(listed.items.map(({ prefix }) => prefix)).toContain(key.slice(0, 12));
    const row = await context.store.findApiKeyByPrefix(key.slice(0, 12));
    expect(Buffer.from(row?.secretSha256 ?? []).toString()).not.toContain(secret);
  });

  it('is nothing when one character of it is other', async () => {
    const { key } = await createKeyOf(records, { partyName: 'Harbour', role: 'platform' });
    for (const i of [0, 5, 12, 13, key.length - 2]) {
      const other = key.slice(0, i) + (key[i] === 'x' ? 'y' : 'x') + key.slice(i + 1);
      expect(await authenticateKey(context, other)).toBeUndefined();
    }
  });

  it('ends for good when it is revoked, and revoking again changes nothing', async () => {
    const { key, apiKeyId } = await createKeyOf(records, { partyName: 'Harbour', role: 'operator' });
    await revokeKey(records, { partyId: undefined, apiKeyId });
    await revokeKey(records, { partyId: undefined, apiKeyId });
    expect(await authenticateKey(context, key)).toBeUndefined();
    const listed = await listKeys(records, { partyId: undefined, limit: 100 });
    expect(listed.items.find(({ api_key_id }) => api_key_id === apiKeyId)?.revoked_at).toMatch(/^\d{4}-/);
  });

  it.each(['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa', 'not-an-id'])('cannot be revoked as %s', async (id) => {
    await expect(revokeKey(records, { partyId: undefined, apiKeyId: id })).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
    });
  });

  it('without scopes of its own follows the roles of its party', async () => {
    const partyId = await ensureParty(records, 'Brook', ['platform']);
    const { key } = await createKey(records, { partyId });
    const scopesNow = async () => (await authenticateKey(context, key))?.scopes;
    expect(await scopesNow()).toEqual(expect.arrayContaining([...scopesOf.platform]));
    expect(await scopesNow()).not.toContain('register:recordings');
    await setPartyRoles(records, { partyId, roles: ['rightsholder'] });
    expect(await scopesNow()).toContain('register:recordings');
    await setPartyRoles(records, { partyId, roles: [] });
    expect(await scopesNow()).toEqual([]);
  });

  it('has none of its scopes that no role of its party gives', async () => {
    const partyId = await ensureParty(records, 'Reeds', ['platform']);
    const { key } = await createKey(records, { partyId, scopes: ['scan:uploads', 'operate:registry'] });
    expect((await authenticateKey(context, key))?.scopes).toEqual(['scan:uploads']);
  });

  it('opens with its old secret for the time that a rotation names, and with the new one from then on', async () => {
    const { key, apiKeyId } = await createKeyOf(records, { partyName: 'Harbour', role: 'platform' });
    const rotated = await rotateKey(records, { partyId: undefined, apiKeyId, graceSeconds: 3600 });
    expect(rotated.key.slice(0, 12)).toBe(key.slice(0, 12));
    expect(Date.parse(rotated.previousSecretUntil as string) - Date.now()).toBeGreaterThan(3_500_000);
    const opening = async () => [
      (await authenticateKey(context, key)) !== undefined,
      (await authenticateKey(context, rotated.key)) !== undefined,
    ];
    expect(await opening()).toEqual([true, true]);
    const again = await rotateKey(records, { partyId: undefined, apiKeyId, graceSeconds: 0 });
    expect(await opening()).toEqual([false, false]);
    expect(await authenticateKey(context, again.key)).toMatchObject({ apiKeyId });
    await revokeKey(records, { partyId: undefined, apiKeyId });
    await expect(rotateKey(records, { partyId: undefined, apiKeyId })).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
    });
  });

  it('says when it was last used, written together and at most once in a while', async () => {
    const { apiKeyId } = await createKeyOf(records, { partyName: 'Harbour', role: 'platform' });
    let writeCount = 0;
    const store = {
      ...context.store,
      noteApiKeyUses: (uses: Parameters<typeof context.store.noteApiKeyUses>[0]) => {
        writeCount += 1;
        return context.store.noteApiKeyUses(uses);
      },
    };
    const uses = openKeyUses({ store, log: context.log });
    for (let i = 0; i < 1000; i++) uses.note(apiKeyId);
    await uses.close();
    const lastUsed = async () => (await getKey(records, { partyId: undefined, apiKeyId })).last_used_at;
    const first = await lastUsed();
    expect([writeCount, first]).toEqual([1, expect.stringMatching(/^\d{4}-/)]);
    const others = openKeyUses({ store, log: context.log });
    others.note(apiKeyId);
    await others.close();
    expect([writeCount, await lastUsed()]).toEqual([2, first]);
  });

  it('is refused where its party has too many that have not ended', async () => {
    const partyId = await ensureParty(records, 'Crowded', ['platform']);
    const made = await Promise.allSettled(
      Array.from({ length: maxUsableKeysPerParty + 3 }, () => createKey(records, { partyId })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(maxUsableKeysPerParty);
    const [{ api_key_id: apiKeyId } = { api_key_id: '' }] = (await listKeys(records, { partyId, limit: 1 }))
      .items;
    await expect(createKey(records, { partyId })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await revokeKey(records, { partyId, apiKeyId });
    await expect(createKey(records, { partyId })).resolves.toMatchObject({ key: expect.any(String) });
  });

  it.each(['', '   ', 'a\u0000b', 'x'.repeat(201)])('is not made for a party named %j', async (partyName) => {
    await expect(createKeyOf(records, { partyName, role: 'platform' })).rejects.toMatchObject({
      code: 'METADATA_INVALID',
    });
  });
});
