import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreContext } from '../../api/context.ts';
import { authenticateKey, createKey, listKeys, revokeKey } from '../../api/registry/keys.ts';
import { openTestContext, type TestContext } from '../support/server.ts';

describe('an API key', () => {
  let opened: TestContext;
  let context: StoreContext;
  beforeAll(async () => {
    opened = await openTestContext();
    context = opened.context;
  });
  afterAll(() => opened.close());

  it('says whose it is and with which role', async () => {
    const { key, apiKeyId, partyId } = await createKey(context, {
      partyName: 'Harbour',
      role: 'rightsholder',
    });
    expect(await authenticateKey(context, key)).toEqual({ apiKeyId, partyId, role: 'rightsholder' });
  });

  it('belongs to the same party as another key of that name', async () => {
    const [one, two] = [
      await createKey(context, { partyName: 'Meadow', role: 'platform' }),
      await createKey(context, { partyName: ' Meadow ', role: 'operator' }),
    ];
    expect(two.partyId).toBe(one.partyId);
    expect(two.key).not.toBe(one.key);
  });

  it('is not stored: neither the list nor the database has its secret', async () => {
    const { key } = await createKey(context, { partyName: 'Harbour', role: 'platform' });
    const [, , secret = ''] = key.split('_');
    const listed = await listKeys(context);
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect(listed.map(({ prefix }) => prefix)).toContain(key.slice(0, 12));
    const row = await context.store.findApiKeyByPrefix(key.slice(0, 12));
    expect(Buffer.from(row?.secretSha256 ?? []).toString()).not.toContain(secret);
  });

  it('is nothing when one character of it is other', async () => {
    const { key } = await createKey(context, { partyName: 'Harbour', role: 'platform' });
    for (const i of [0, 5, 12, 13, key.length - 2]) {
      const other = key.slice(0, i) + (key[i] === 'x' ? 'y' : 'x') + key.slice(i + 1);
      expect(await authenticateKey(context, other)).toBeUndefined();
    }
  });

  it('ends for good when it is revoked, and revoking again changes nothing', async () => {
    const { key, apiKeyId } = await createKey(context, { partyName: 'Harbour', role: 'operator' });
    await revokeKey(context, apiKeyId);
    await revokeKey(context, apiKeyId);
    expect(await authenticateKey(context, key)).toBeUndefined();
    const listed = await listKeys(context);
    expect(listed.find(({ api_key_id }) => api_key_id === apiKeyId)?.revoked_at).toMatch(/^\d{4}-/);
  });

  it.each(['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa', 'not-an-id'])('cannot be revoked as %s', async (id) => {
    await expect(revokeKey(context, id)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it.each(['', '   ', 'a\u0000b', 'x'.repeat(201)])('is not made for a party named %j', async (partyName) => {
    await expect(createKey(context, { partyName, role: 'platform' })).rejects.toMatchObject({
      code: 'METADATA_INVALID',
    });
  });
});
