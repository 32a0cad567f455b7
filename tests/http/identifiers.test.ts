import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

type Assertion = {
  identifier_assertion_id: string;
  scheme: string;
  value: string;
  asserted_by: string;
  delivery: string | null;
  withdrawn_by: string | null;
  withdrawn_at: string | null;
};
type Conflict = { kind: string; scheme: string; values: string[]; other_parties: number };
type Identifiers = { identifiers: Assertion[]; conflicts: Conflict[] };

describe('identifiers of a recording', () => {
  let server: TestServer;
  let harbour: HttpClient;
  let meadow: HttpClient;
  let operator: HttpClient;
  let seed = 0;

  beforeAll(async () => {
    server = await openTestServer();
    harbour = await server.client('Harbour Records', 'rightsholder');
    meadow = await server.client('Meadow Music', 'rightsholder');
    operator = await server.client('Ops', 'operator');
  });
  afterAll(() => server.close());

  const register = async (client: HttpClient, isrc?: string): Promise<string> => {
    seed += 1;
    const fields = {
      external_id: `id-${seed}`,
      title: `Title ${seed}`,
      ...(isrc === undefined ? {} : { isrc }),
    };
    return (await client.register(fields, syntheticFingerprintFile(seed))).body.recording_id;
  };
  const list = async (client: HttpClient, id: string) =>
    (await client.send<Identifiers>(`/v1/recordings/${id}/identifiers`)).body;
  const assert = (client: HttpClient, id: string, scheme: string, value: string, more = {}) =>
    client.json<Identifiers>('POST', `/v1/recordings/${id}/identifiers`, { scheme, value, ...more });
  const withdraw = (client: HttpClient, id: string, assertionId: string | undefined) =>
    client.send<Identifiers & { code: string }>(`/v1/recordings/${id}/identifiers/${assertionId}/withdraw`, {
      method: 'POST',
    });

  it('are kept with who said so, when, and from which delivery', async () => {
    const id = await register(harbour, 'GBAYE9300106');
    const answer = await assert(harbour, id, 'iswc', 'T-034.524.680-1', { delivery: 'ERN 7' });
    expect(answer.status).toBe(201);
    expect(answer.body.identifiers).toMatchObject([
      { scheme: 'isrc', value: 'GBAYE9300106', asserted_by: 'Harbour Records', delivery: null },
      {
        scheme: 'iswc',
        value: 'T0345246801',
        asserted_by: 'Harbour Records',
        delivery: 'ERN 7',
        withdrawn_at: null,
      },
    ]);
    const again = await assert(harbour, id, 'iswc', 'T0345246801');
    expect([again.status, again.body.identifiers]).toEqual([200, answer.body.identifiers]);
  });

  it('are at odds where one recording has two ISRCs, and the scan names both or neither', async () => {
    const id = await register(harbour, 'DEA122400001');
    const { body } = await assert(harbour, id, 'isrc', 'DE-A12-24-00002');
    expect(body.conflicts).toEqual([
      { kind: 'several_values', scheme: 'isrc', values: ['DEA122400001', 'DEA122400002'], other_parties: 0 },
    ]);
    const found = async () => (await meadow.scan(syntheticFingerprintFile(seed))).body.matches[0];
    expect(await found()).toMatchObject({ isrc: null, isrcs: ['DEA122400001', 'DEA122400002'] });
    await withdraw(harbour, id, body.identifiers[0]?.identifier_assertion_id);
    expect((await list(harbour, id)).conflicts).toEqual([]);
    expect(await found()).toMatchObject({ isrc: 'DEA122400002' });
  });

  it('are at odds where two parties have the same, which both hear of, and neither from whom', async () => {
    const ours = await register(harbour, 'USRC17607839');
    expect((await list(harbour, ours)).conflicts).toEqual([]);
    const theirs = await register(meadow, 'US-RC1-76-07839');
    const conflict = {
      kind: 'asserted_elsewhere',
      scheme: 'isrc',
      values: ['USRC17607839'],
      other_parties: 1,
    };
    for (const [client, id] of [
      [harbour, ours],
      [meadow, theirs],
    ] as const) {
      expect((await list(client, id)).conflicts).toEqual([conflict]);
    }
    expect(JSON.stringify(await list(harbour, ours))).not.toMatch(new RegExp(`Meadow|${theirs}`));
    // Further recordings of the same party are its own affair.
    await register(harbour, 'USRC17607839');
    expect((await list(harbour, ours)).conflicts).toEqual([conflict]);
  });

  it('that name a release, a work or a party may be shared', async () => {
    const [one, two] = [await register(harbour), await register(meadow)];
    await assert(harbour, one, 'upc_ean', '5901234123457');
    await assert(harbour, one, 'upc_ean', '036000291452');
    const { body } = await assert(meadow, two, 'upc_ean', '5901234123457');
    expect([body.conflicts, (await list(harbour, one)).conflicts]).toEqual([[], []]);
  });

  it('stay to be read when they are withdrawn, and may be said again', async () => {
    const id = await register(harbour, 'DEA122400009');
    const [first] = (await list(harbour, id)).identifiers;
    const withdrawn = await withdraw(harbour, id, first?.identifier_assertion_id);
    expect(withdrawn.body.identifiers).toMatchObject([
      {
        value: 'DEA122400009',
        withdrawn_by: 'Harbour Records',
        withdrawn_at: expect.stringMatching(/^\d{4}-/),
      },
    ]);
    expect((await harbour.recording(id)).body.isrcs).toEqual([]);
    expect((await harbour.list('?isrc=DEA122400009')).body.recordings).toEqual([]);
    expect((await withdraw(harbour, id, first?.identifier_assertion_id)).body).toEqual(withdrawn.body);
    const again = await assert(harbour, id, 'isrc', 'DEA122400009');
    expect(again.body.identifiers).toHaveLength(2);
    expect((await harbour.recording(id)).body.isrcs).toHaveLength(1);
  });

  it('are withdrawn by who said so: an operator may, and its own are not withdrawn by others', async () => {
    const id = await register(harbour, 'DEA122400011');
    const { body } = await assert(operator, id, 'isrc', 'DEA122400012');
    const [ours, operators] = body.identifiers;
    const refused = await withdraw(harbour, id, operators?.identifier_assertion_id);
    expect([refused.status, refused.body.code]).toEqual([403, 'IDENTIFIER_NOT_YOURS']);
    expect((await withdraw(operator, id, ours?.identifier_assertion_id)).status).toBe(200);
    expect((await list(harbour, id)).identifiers[0]?.withdrawn_by).toBe('Ops');
    const unknown = await withdraw(harbour, id, '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'IDENTIFIER_NOT_FOUND']);
  });

  it.each([
    ['isrc', 'nope', 'ISRC_INVALID'],
    ['iswc', '!', 'IDENTIFIER_INVALID'],
    ['barcode', '5901234123457', 'REQUEST_INVALID'],
  ])('are refused where %s is %s', async (scheme, value, code) => {
    const id = await register(harbour);
    const answer = await assert(harbour, id, scheme, value);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });
});
