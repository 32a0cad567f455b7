import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegistrationAnswer } from '../../api/registry/register-recordings.ts';
import { HttpClient } from '../support/http-client.ts';
import { registerInBulk, registrationLine } from '../support/register-in-bulk.ts';
import { createKeyOf, openTestServer, type TestServer } from '../support/server.ts';
import { silentFingerprintFile, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

describe('recordings in bulk', () => {
  let server: TestServer;
  let client: HttpClient;
  beforeAll(async () => {
    server = await openTestServer();
    client = await server.client('Harbour Records', 'rightsholder');
  });
  afterAll(() => server.close());

  const answersTo = async (lines: Iterable<string> | AsyncIterable<string>, query = '') => {
    const answers: RegistrationAnswer[] = [];
    for await (const answer of registerInBulk(client, lines, query)) answers.push(answer);
    return answers;
  };
  const shortly = ({ line, outcome, error }: RegistrationAnswer) => [line, outcome, error?.code];

  it('are answered line by line in their order, found at once, and a bad line ends nothing', async () => {
    const answers = await answersTo([
      registrationLine('first', syntheticFingerprintFile(1), { isrc: 'GBAYE9300106', title: 'One' }),
      'this is no JSON\n',
      registrationLine('silent', silentFingerprintFile()),
      '\n',
      registrationLine('second', syntheticFingerprintFile(2), { release_date: '1973-03' }),
      registrationLine('wrong', syntheticFingerprintFile(3), { isrc: 'nope' }),
      registrationLine('third', new Uint8Array([1, 2, 3])),
      registrationLine('unknown', syntheticFingerprintFile(3), { colour: 'red' }),
      registrationLine('fourth', syntheticFingerprintFile(4)).trimEnd(),
    ]);
    expect(answers.map(shortly)).toEqual([
      [1, 'registered', undefined],
      [2, 'refused', 'METADATA_INVALID'],
      [3, 'refused', 'AUDIO_SILENT'],
      [5, 'registered', undefined],
      [6, 'refused', 'ISRC_INVALID'],
      [7, 'refused', 'FINGERPRINT_MALFORMED'],
      [8, 'refused', 'METADATA_INVALID'],
      [9, 'registered', undefined],
    ]);
    const [first] = answers;
    const shown = await client.recording(first?.recording?.recording_id as string);
    expect(shown.body).toMatchObject({
      external_id: 'first',
      title: 'One',
      isrcs: [{ isrc: 'GBAYE9300106' }],
    });
    const searched = await client.scan(syntheticFingerprintFile(4));
    expect(searched.body.matches.map(({ external_id }) => external_id)).toEqual(['fourth']);
  });

  it('are unchanged when they are sent again, also within one stream', async () => {
    const lines = Array.from({ length: 30 }, (_, i) =>
      registrationLine(`again ${i}`, syntheticFingerprintFile(100 + i)),
    );
    const made = await answersTo(lines);
    expect(made.map(({ outcome }) => outcome)).toEqual(lines.map(() => 'registered'));
    const again = await answersTo([
      ...lines,
      ...lines,
      registrationLine('again 0', syntheticFingerprintFile(100), { title: 'T' }),
    ]);
    expect(new Set(again.slice(0, 60).map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
    expect(again.at(-1)?.outcome).toBe('updated');
    const ids = (answers: readonly RegistrationAnswer[]) =>
      answers.map(({ recording }) => recording?.recording_id);
    expect(ids(again.slice(0, 30))).toEqual(ids(made));
    const twice = registrationLine('twice', syntheticFingerprintFile(200));
    const both = await answersTo([twice, twice, registrationLine('twice', syntheticFingerprintFile(201))]);
    expect(both.map(shortly)).toEqual([
      [1, 'registered', undefined],
      [2, 'unchanged', undefined],
      [3, 'refused', 'RECORDING_HAS_OTHER_AUDIO'],
    ]);
  });

  it('share one reference where a stream has the same audio several times', async () => {
    const lines = Array.from({ length: 20 }, (_, i) =>
      registrationLine(`copy ${i}`, syntheticFingerprintFile(300)),
    );
    const answers = await answersTo(lines);
    expect(answers.map(({ outcome }) => outcome)).toEqual(lines.map(() => 'registered'));
    expect(new Set(answers.map(({ recording }) => recording?.reference_id)).size).toBe(1);
    const searched = await client.scan(syntheticFingerprintFile(300));
    expect(searched.body.matches).toHaveLength(20);
    expect(searched.body.index_position).toBeGreaterThanOrEqual(
      Math.max(...answers.map(({ recording }) => recording?.position ?? 0)),
    );
  });

  it('are answered while the sender waits for the answer before it sends more', async () => {
    const answered: (() => void)[] = [];
    async function* oneByOne() {
      for (let i = 0; i < 3; i++) {
        const { promise, resolve } = Promise.withResolvers<void>();
        answered.push(resolve);
        yield registrationLine(`waits ${i}`, syntheticFingerprintFile(400 + i));
        await promise;
      }
    }
    const outcomes: string[] = [];
    for await (const { outcome } of registerInBulk(client, oneByOne())) {
      outcomes.push(outcome);
      answered.shift()?.();
    }
    expect(outcomes).toEqual(['registered', 'registered', 'registered']);
  });

  it('of several parties at once are told apart, and each has its own', async () => {
    const other = await server.client('Meridian Music', 'rightsholder');
    const lines = Array.from({ length: 40 }, (_, i) =>
      registrationLine(`same id ${i}`, syntheticFingerprintFile(500 + i)),
    );
    const take = async (of: HttpClient) => {
      const ids: (string | undefined)[] = [];
      for await (const { recording } of registerInBulk(of, lines)) ids.push(recording?.recording_id);
      return ids;
    };
    const [ours, theirs] = await Promise.all([take(client), take(other)]);
    expect(new Set([...ours, ...theirs]).size).toBe(80);
    expect((await other.recording(ours[0] as string)).status).toBe(404);
    expect((await other.recording(theirs[0] as string)).status).toBe(200);
  });

  it('by a mandate are refused outside of it, line by line', async () => {
    const partyOf = (partyName: string, role: 'rightsholder' | 'administrator') =>
      createKeyOf(server.records, { partyName, role });
    const holder = await partyOf('Birch Records', 'rightsholder');
    const admin = await partyOf('Birch Distribution', 'administrator');
    const mandate = await new HttpClient(server.address, holder.key).json('POST', '/v1/mandates', {
      administrator_id: admin.partyId,
      evidence: 'Agreement 7',
      catalog: 'label',
      labels: ['Harvest'],
    });
    expect(mandate.status).toBe(201);
    const lines = Array.from({ length: 12 }, (_, i) =>
      registrationLine(`mandated ${i}`, syntheticFingerprintFile(600 + i), {
        label: i % 4 === 3 ? 'Deep' : 'Harvest',
        isrc: `DEA12240${String(i).padStart(4, '0')}`,
      }),
    );
    const outcomes: (string | undefined)[] = [];
    const asAdmin = new HttpClient(server.address, admin.key);
    for await (const { outcome, error } of registerInBulk(asAdmin, lines, `?on_behalf_of=${holder.partyId}`))
      outcomes.push(error?.code ?? outcome);
    expect(outcomes).toEqual(lines.map((_, i) => (i % 4 === 3 ? 'OUTSIDE_MANDATE' : 'registered')));
    const { body } = await new HttpClient(server.address, holder.key).list('?external_id=mandated 4');
    expect(body.recordings).toMatchObject([
      { label: 'Harvest', isrcs: [{ isrc: 'DEA122400004', asserted_by: 'Birch Distribution' }] },
    ]);
  });
});
