import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let database: FreshDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const partyId = '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa';
const termsBy = async (how: 'plain_terms' | 'other_terms', of: string | null, said: string) =>
  (await client.query(`select ${how}($1::uuid, $2)::text as terms`, [of, said])).rows[0].terms as
    | string
    | null;

const plain = [
  'Great Gig in the Sky',
  '  Rock & Roll (Live), No. 1 - "Remix" ',
  "Don't / won't? You're: it!",
  'the the THE',
  '- . -',
  '',
];
const odd = [
  'Größenwahn',
  'Ёлка 椎名林檎',
  'Ké$ha',
  'tab\tand\nline',
  `a${'b'.repeat(50)} c`,
  'a`b ´ 100% [x]',
  '\u00a0',
];

test.each(plain)('the terms of %j are read the short way, and are the same the long way', async (said) => {
  for (const of of [partyId, null]) {
    const terms = await termsBy('plain_terms', of, said);
    expect(terms).not.toBeNull();
    expect(terms).toBe(await termsBy('other_terms', of, said));
  }
});

test.each(odd)('the terms of %j are read the long way', async (said) => {
  expect(await termsBy('plain_terms', partyId, said)).toBeNull();
  expect(await termsBy('other_terms', partyId, said)).not.toBeNull();
});

test('every printable character of ASCII parts or joins words the same the short way and the long way', async () => {
  for (let code = 32; code < 127; code++) {
    const said = `left${String.fromCharCode(code)}right x`;
    const terms = await termsBy('plain_terms', partyId, said);
    if (terms !== null) expect([said, terms]).toEqual([said, await termsBy('other_terms', partyId, said)]);
  }
});

test('a word is a term, and a term of the party that no text has', async () => {
  expect(await termsBy('plain_terms', partyId, 'Night Night')).toBe("'=6a1de3b3f0aa=night' 'night'");
  expect(await termsBy('other_terms', null, 'Ночь')).toBe("'ночь'");
});

test('two ids that end alike do not make one party’s recordings another’s', async () => {
  const twins = [partyId, '019c1f9e-ffff-7c11-8a52-6a1de3b3f0aa'];
  await client.query('begin; set local role earmark_operator');
  for (const [i, id] of twins.entries()) {
    await client.query('insert into party (party_id, name) values ($1, $2)', [id, `Twin ${i}`]);
    await client.query(
      'insert into recording (recording_id, party_id, external_id, title) values (gen_random_uuid(), $1, $2, $3)',
      [id, `twin ${i}`, 'Twinned'],
    );
  }
  const every = await client.query("select recordings_with_terms('''twinned''', 10, null)");
  await client.query(
    `set local role earmark_tenant; select set_config('earmark.party_id', '${partyId}', true)`,
  );
  const own = await client.query(
    'select party_id from own_recordings_with_terms($1, 10) found join recording on recording_id = found',
    ["'twinned'"],
  );
  const ids = await client.query('select own_recordings_with_terms($1, 10)', ["'twinned'"]);
  await client.query('rollback');
  expect([every.rowCount, own.rows, ids.rowCount]).toEqual([2, [{ party_id: partyId }], 1]);
});
