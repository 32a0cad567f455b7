/** Uploads that are reported: what is found, what is claimed, and that nothing happens twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimView } from '../../api/registry/claim-view.ts';
import type { LineAnswer } from '../../api/registry/submit-uploads.ts';
import { fingerprintCatalog, fingerprintUploads } from '../fingerprint/bundled-fingerprints.ts';
import { type ClaimsRegistry, openClaimsRegistry, routed } from '../support/claims.ts';
import { ownRecording } from '../support/owned-recording.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

let registry: ClaimsRegistry;
beforeAll(async () => {
  registry = await openClaimsRegistry();
});
afterAll(() => registry?.close());

const claimCount = async () => {
  let [count, cursor] = [0, ''];
  do {
    const { body } = await registry.claimant.send<{ claims: ClaimView[]; next_cursor?: string }>(
      `/v1/claims?limit=200${cursor}`,
    );
    count += body.claims.length;
    cursor = body.next_cursor ? `&cursor=${body.next_cursor}` : '';
  } while (cursor);
  return count;
};

describe('a submission', () => {
  it('of real music is matched and claimed for the owner of what is in it, with the outcome for each territory', async () => {
    const { claimant, claimantId, platform } = registry;
    for (const { externalId, bytes } of await fingerprintCatalog()) {
      const { body } = await claimant.register({ external_id: externalId, title: externalId }, bytes);
      const rules = [
        { action: 'monetize' },
        { action: 'block', conditions: { territories: { include: ['DE'] } } },
      ];
      await ownRecording(registry.records, body.recording_id, { owners: [claimantId], rules });
    }
    const [upload] = (await fingerprintUploads()).filter(({ externalId }) => externalId === 'compilation');
    const { status, body } = await platform.submit(upload?.bytes as Uint8Array, {
      platform: 'Tube',
      url: 'https://tube.example/watch/1',
      account: 'channel-1',
      title: 'a mix',
      content_type: 'video',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ external_id: 'https://tube.example/watch/1', content_type: 'video' });
    expect(body.matches.map(({ recording }) => recording.external_id).sort()).toEqual([
      'reeves-david03',
      'ufo-mission-2',
      'whallon-intro',
    ]);
    for (const { outcomes, claims, enforced } of body.matches) {
      expect(outcomes.map(({ action, territories }) => [action, territories])).toEqual(
        expect.arrayContaining([
          ['block', { include: ['DE'] }],
          ['monetize', { include: ['Worldwide'], exclude: ['DE'] }],
        ]),
      );
      expect(outcomes.find(({ action }) => action === 'block')?.reason).toMatch(
        /^DE → block: rule 2 of policy test, version 1, for this recording; owner is Harbour Records$/,
      );
      expect(claims).toMatchObject([{ party_id: claimantId, state: 'active', action: 'block' }]);
      expect(enforced).toContainEqual({ territories: { include: ['DE'] }, action: 'block' });
    }
    const { scan_id: scanId } = body;
    expect((await platform.send(`/v1/scans/${scanId}`)).status).toBe(200);
  }, 60_000);

  it('is the same when it is reported again, and claims nothing twice', async () => {
    const { platform } = registry;
    const { fingerprint } = await registry.register();
    const fields = { platform: 'Tube', external_id: 'again' };
    const first = await platform.submit(fingerprint, fields);
    const before = await claimCount();
    const second = await platform.submit(fingerprint, fields);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(await claimCount()).toBe(before);
  });

  it('reported by several requests at once is one', async () => {
    const { platform } = registry;
    const { fingerprint } = await registry.register();
    const before = await claimCount();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        platform.submit(fingerprint, { platform: 'Tube', external_id: 'at once' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.submission_id)).size).toBe(1);
    expect(await claimCount()).toBe(before + 1);
  });

  it('is refused with other audio under the same id, and without platform or id', async () => {
    const { platform } = registry;
    const fields = { platform: 'Tube', external_id: 'changed' };
    await platform.submit(syntheticFingerprintFile(1), fields);
    const changed = await platform.submit(syntheticFingerprintFile(2), fields);
    expect([changed.status, changed.body.code]).toEqual([409, 'SUBMISSION_HAS_OTHER_AUDIO']);
    for (const bad of [{ external_id: 'x' }, { platform: 'Tube' }, { ...fields, content_type: 'hologram' }]) {
      const answer = await platform.submit(syntheticFingerprintFile(1), bad as Record<string, string>);
      expect([answer.status, answer.body.code]).toEqual([400, 'SUBMISSION_INVALID']);
    }
  });

  it('in which nothing is found is an answer too, and is listed by platform and account', async () => {
    const { platform } = registry;
    const fields = { platform: 'Other', external_id: 'strange', account: 'someone' };
    const { status, body } = await platform.submit(syntheticFingerprintFile(77), fields);
    expect([status, body.matches]).toEqual([201, []]);
    const listed = await platform.send<{ submissions: { external_id: string }[] }>(
      '/v1/submissions?platform=Other&account=someone',
    );
    expect(listed.body.submissions.map(({ external_id }) => external_id)).toEqual(['strange']);
    expect((await registry.claimant.send(`/v1/submissions/${body.submission_id}`)).status).toBe(404);
  });

  it('of an allowlisted account is matched and recorded, and not claimed; of a label only', async () => {
    const { claimant, claimantId, platform } = registry;
    const allowed = { platform: 'Tube', account: 'friend', label: 'Harvest' };
    const entry = await claimant.json<{ allowlist_entry_id: string }>('POST', '/v1/allowlist', allowed);
    expect([entry.status, (await claimant.json('POST', '/v1/allowlist', allowed)).status]).toEqual([
      201, 200,
    ]);
    const harvest = await registry.register({ label: 'Harvest' });
    const other = await registry.register({ label: 'Other' });
    const submit = async (fingerprint: Uint8Array, externalId: string) =>
      (await platform.submit(fingerprint, { platform: 'Tube', external_id: externalId, account: 'friend' }))
        .body;
    const [allowedMatch] = (await submit(harvest.fingerprint, 'friend 1')).matches;
    expect(allowedMatch).toMatchObject({
      claims: [],
      unclaimed: [{ party_id: claimantId, because: 'allowlisted' }],
    });
    expect(allowedMatch?.outcomes).toMatchObject([{ action: 'allow' }]);
    expect((await submit(other.fingerprint, 'friend 2')).matches[0]?.claims).toHaveLength(1);

    const path = `/v1/allowlist/${entry.body.allowlist_entry_id}`;
    expect((await platform.send(path, { method: 'DELETE' })).status).toBe(403);
    expect((await claimant.send(path, { method: 'DELETE' })).status).toBe(204);
    expect((await submit(harvest.fingerprint, 'friend 3')).matches[0]?.claims).toHaveLength(1);
  });

  it('raises potential claims where a rule routes, and where ownership is in conflict', async () => {
    const { claimantId, platform, platformId } = registry;
    const wishes = [{ rules: routed }, { owners: [claimantId, platformId] }];
    const review: unknown[] = [];
    for (const wish of wishes) {
      const { fingerprint, recordingId } = await registry.register(wish);
      const fields = { platform: 'Tube', external_id: recordingId };
      const { body } = await platform.submit(fingerprint, fields);
      review.push(body.matches[0]?.claims.map((claim) => [claim.state, claim.review]));
      expect(body.matches[0]?.enforced).toEqual([
        { territories: { include: ['Worldwide'] }, action: 'track' },
      ]);
    }
    expect(review).toEqual([
      [['potential', ['routed']]],
      [
        ['potential', ['conflict']],
        ['potential', ['conflict']],
      ],
    ]);
  });
});

describe('submissions in bulk', () => {
  type Sent = { readonly lines: AsyncIterable<string> | Iterable<string> };
  async function* answersTo({ lines }: Sent): AsyncGenerator<LineAnswer> {
    const stream = ReadableStream.from(lines).pipeThrough(new TextEncoderStream());
    const response = await fetch(`${registry.address}/v1/submissions/bulk`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { authorization: `Bearer ${registry.platform.key}`, 'content-type': 'application/x-ndjson' },
    } as RequestInit);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    let text = '';
    for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(
      new TextDecoderStream(),
    )) {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() as string;
      for (const line of lines) yield JSON.parse(line) as LineAnswer;
    }
    expect(text).toBe('');
  }
  const lineOf = (externalId: string, fingerprint: Uint8Array) =>
    `${JSON.stringify({ platform: 'Tube', external_id: externalId, fingerprint: Buffer.from(fingerprint).toString('base64') })}\n`;

  it('are answered line by line in their order, and a bad line ends nothing', async () => {
    const { fingerprint } = await registry.register();
    const lines = [
      lineOf('bulk 1', fingerprint),
      'this is no JSON\n',
      '\n',
      lineOf('bulk 1', fingerprint),
      `${JSON.stringify({ platform: 'Tube', fingerprint: 'AAAA' })}\n`,
      `"${'x'.repeat(5 * 2 ** 20)}"\n`,
      lineOf('bulk 2', new Uint8Array([1, 2, 3])),
      lineOf('bulk 3', fingerprint).trimEnd(),
    ];
    const answers: LineAnswer[] = [];
    for await (const answer of answersTo({ lines })) answers.push(answer);
    expect(answers.map(({ line, outcome, error }) => [line, outcome, error?.code])).toEqual([
      [1, 'submitted', undefined],
      [2, 'refused', 'SUBMISSION_INVALID'],
      [4, 'unchanged', undefined],
      [5, 'refused', 'SUBMISSION_INVALID'],
      [6, 'refused', 'SUBMISSION_INVALID'],
      [7, 'refused', 'FINGERPRINT_MALFORMED'],
      [8, 'submitted', undefined],
    ]);
    expect(answers[0]?.submission?.matches[0]?.claims).toHaveLength(1);
  });

  it('are not read faster than their answers are', async () => {
    const { fingerprint } = await registry.register();
    let sentCount = 0;
    let isOver = false;
    async function* endless() {
      while (!isOver) {
        sentCount += 1;
        yield lineOf(`endless ${sentCount}`, fingerprint).replace('}', `,"title":"${'t'.repeat(400)}"}`);
      }
    }
    const answers = answersTo({ lines: endless() });
    for (let count = 0; count < 3; count++) expect((await answers.next()).value?.outcome).toBe('submitted');
    // What the sockets buffer is some megabytes; without back pressure it would never stop.
    let before = -1;
    await expect
      .poll(
        () => {
          const isStill = sentCount === before;
          before = sentCount;
          return isStill;
        },
        { timeout: 30_000, interval: 1500 },
      )
      .toBe(true);
    // Fetch goes on reading a body after its answer was given up, and keeps what it reads.
    isOver = true;
    await answers.return(undefined);
  }, 60_000);
});
