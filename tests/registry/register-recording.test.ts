import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { findRegisteredAudio } from '../../api/registry/find-registered-audio.ts';
import { getRecording } from '../../api/registry/get-recording.ts';
import { type Registration, registerRecording } from '../../api/registry/register-recording.ts';
import { removeRecording } from '../../api/registry/remove-recording.ts';
import { decodeFingerprint, encodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { referenceRanks } from '../../workers/fingerprint/parameters.ts';
import { openTestContext, type TestContext } from '../support/server.ts';
import { syntheticFingerprint, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

describe('a registration', () => {
  let opened: TestContext;
  let partyId: string;
  beforeAll(async () => {
    opened = await openTestContext();
    partyId = await ensureParty(opened.records, 'local');
  });
  afterAll(() => opened.close());

  const register = (externalId: string, fingerprint: Uint8Array, more: Partial<Registration> = {}) =>
    registerRecording(opened.records, { partyId, externalId, metadata: {}, fingerprint, ...more });

  it('stores the fingerprint at the density of a reference, its descriptors apart from its peaks', async () => {
    const source = syntheticFingerprint(1);
    const ranks = Uint8Array.from(source.constellation.ranks, (rank, i) =>
      i % 2 === 0 ? rank : referenceRanks,
    );
    const dense = { ...source, density: 'query' as const, constellation: { ...source.constellation, ranks } };
    const { position, referenceId } = await register('dense', encodeFingerprint(dense));

    const [entry] = await opened.context.store.readFeed({ after: position - 1, limit: 1 });
    expect(entry).toMatchObject({ kind: 'register', referenceId, durationMs: source.durationMs });
    const stored = decodeFingerprint(entry?.constellation as Uint8Array);
    expect(stored.density).toBe('reference');
    expect(stored.constellation.frames).toHaveLength(ranks.filter((rank) => rank < referenceRanks).length);
    expect(stored.descriptors).toHaveLength(0);
  });

  it('is found by its external id with the SHA-256 of its audio', async () => {
    const { recordingId } = await register('known', syntheticFingerprintFile(2));
    const found = await findRegisteredAudio(opened.records, { partyId, externalId: 'known' });
    expect(found?.recordingId).toBe(recordingId);
    expect(Buffer.from(found?.audioSha256 ?? [])).toEqual(Buffer.from(syntheticFingerprint(2).audioSha256));
    expect(await findRegisteredAudio(opened.records, { partyId, externalId: 'unknown' })).toBeUndefined();
  });

  it('takes a position in the feed, which the same again does not', async () => {
    const first = await register('feed', syntheticFingerprintFile(3));
    const again = await register('feed', syntheticFingerprintFile(3));
    const next = await register('feed-2', syntheticFingerprintFile(4));
    expect([again.outcome, again.position, next.position]).toEqual([
      'unchanged',
      first.position,
      first.position + 1,
    ]);
  });

  it('keeps metadata that is not given again, and adds another ISRC to the first', async () => {
    const metadata = { title: 'T', artist: 'A', isrc: 'GBAYE9300106' };
    const { recordingId } = await register('more', syntheticFingerprintFile(5), { metadata });
    const { outcome } = await register('more', syntheticFingerprintFile(5), {
      metadata: { title: 'U', isrc: 'us-rc1-76-07839' },
    });
    const shown = await getRecording(opened.records, { partyId, recordingId });
    expect([outcome, shown.title, shown.artist]).toEqual(['updated', 'U', 'A']);
    expect(shown.isrcs.map(({ isrc }) => isrc)).toEqual(['GBAYE9300106', 'USRC17607839']);
  });

  it('is the same request for an Idempotency-Key when it says the same in another order or spelling', async () => {
    const send = (metadata: Registration['metadata']) =>
      register('spelt', syntheticFingerprintFile(6), { metadata, idempotencyKey: 'k' });
    const first = await send({ title: 'T', isrc: 'GBAYE9300106' });
    expect(await send({ isrc: 'gb-aye-93-00106', title: ' T ' })).toEqual(first);
    await expect(send({ title: 'T' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('leaves nothing when it is refused, its Idempotency-Key free for another', async () => {
    await register('taken', syntheticFingerprintFile(7));
    const again = () => register('taken', syntheticFingerprintFile(8), { idempotencyKey: 'free' });
    await expect(again()).rejects.toMatchObject({ code: 'RECORDING_HAS_OTHER_AUDIO' });
    expect((await register('other', syntheticFingerprintFile(8), { idempotencyKey: 'free' })).outcome).toBe(
      'registered',
    );
  });

  it('ends with its recording: the reference goes with the last that has it, and the feed says so', async () => {
    const one = await register('one', syntheticFingerprintFile(9));
    const two = await register('two', syntheticFingerprintFile(9));
    const kept = await removeRecording(opened.records, { partyId, recordingId: one.recordingId });
    const gone = await removeRecording(opened.records, { partyId, recordingId: two.recordingId });
    expect([kept.position, gone.position]).toEqual([one.position, one.position + 1]);
    const [entry] = await opened.context.store.readFeed({ after: gone.position - 1, limit: 1 });
    expect(entry).toMatchObject({ kind: 'delete', referenceId: one.referenceId });
  });

  it.each(['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa', 'not-an-id', "'"])(
    'is not found as %s',
    async (recordingId) => {
      const missing = { code: 'RECORDING_NOT_FOUND' };
      await expect(getRecording(opened.records, { partyId, recordingId })).rejects.toMatchObject(missing);
      await expect(removeRecording(opened.records, { partyId, recordingId })).rejects.toMatchObject(missing);
    },
  );
});
