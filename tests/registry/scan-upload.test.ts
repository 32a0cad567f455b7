import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context, Scoped } from '../../api/context.ts';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { getScan } from '../../api/registry/get-scan.ts';
import { registerRecording } from '../../api/registry/register-recording.ts';
import { removeRecording } from '../../api/registry/remove-recording.ts';
import { scanUpload } from '../../api/registry/scan-upload.ts';
import type { MatchAnswer, MatchSegment } from '../../workers/protocol.ts';
import { openTestContext, type TestContext } from '../support/server.ts';
import { silentFingerprintFile, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

const segment: MatchSegment = {
  queryStartMs: 1000,
  queryEndMs: 9000,
  referenceStartMs: 4000,
  referenceEndMs: 12_000,
  tempoRatio: 1,
  pitchCents: 0,
  transform: 'none',
  alignedPeaks: 80,
  falseMatchProbability: 1e-20,
};

describe('a scan', () => {
  let opened: TestContext;
  let partyId: string;
  beforeAll(async () => {
    opened = await openTestContext();
    partyId = await ensureParty(opened.records, 'local');
  });
  afterAll(() => opened.close());

  /** A context whose matcher finds these references, whatever it is asked. */
  const finding = (...referenceIds: string[]): Scoped<Context> => ({
    ...opened.records,
    workers: {
      ...opened.records.workers,
      match: async (): Promise<MatchAnswer> => ({
        durationMs: 20_000,
        matches: referenceIds.map((referenceId) => ({ referenceId, segments: [segment] })),
      }),
    },
  });
  const register = (externalId: string, seed: number, metadata = {}) =>
    registerRecording(opened.records, {
      partyId,
      externalId,
      metadata,
      fingerprint: syntheticFingerprintFile(seed),
    });

  it('describes each match in the words other tools rely on', async () => {
    const { recordingId, referenceId, position } = await register('wire', 1, {
      isrc: 'GBAYE9300106',
      title: 'T',
    });
    const answer = await scanUpload(finding(referenceId), {
      partyId,
      externalId: 'up-1',
      fingerprint: syntheticFingerprintFile(1),
    });
    expect(answer).toEqual({
      scan_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      external_id: 'up-1',
      duration_ms: 20_000,
      index_position: position,
      transforms: 'all',
      matches: [
        {
          recording_id: recordingId,
          external_id: 'wire',
          isrc: 'GBAYE9300106',
          title: 'T',
          artist: null,
          segments: [
            {
              query_start_ms: 1000,
              query_end_ms: 9000,
              reference_start_ms: 4000,
              reference_end_ms: 12_000,
              tempo_ratio: 1,
              pitch_cents: 0,
              transform: 'none',
              aligned_peaks: 80,
              false_match_probability: 1e-20,
            },
          ],
        },
      ],
    });
  });

  it('asks for alternatives only when it is asked for them, and describes them like segments', async () => {
    const { referenceId } = await register('repeats', 10);
    const other = { ...segment, referenceStartMs: 24_000, referenceEndMs: 32_000 };
    const context: Scoped<Context> = {
      ...opened.records,
      workers: {
        ...opened.records.workers,
        match: async ({ alternatives }): Promise<MatchAnswer> => ({
          durationMs: 20_000,
          matches: [
            { referenceId, segments: [alternatives ? { ...segment, alternatives: [other] } : segment] },
          ],
        }),
      },
    };
    const asked = { partyId, fingerprint: syntheticFingerprintFile(10) };
    const plain = await scanUpload(context, asked);
    expect(JSON.stringify(plain)).not.toContain('alternatives');
    const answer = await scanUpload(context, { ...asked, alternatives: true });
    const [plainSegment] = plain.matches[0]?.segments ?? [];
    expect(answer.alternatives).toBe(true);
    expect(answer.matches[0]?.segments).toEqual([
      {
        ...plainSegment,
        alternatives: [{ ...plainSegment, reference_start_ms: 24_000, reference_end_ms: 32_000 }],
      },
    ]);
  });

  it('is kept as it was answered, for whoever asked', async () => {
    const { referenceId } = await register('kept', 2);
    const answer = await scanUpload(finding(referenceId), {
      partyId,
      fingerprint: syntheticFingerprintFile(2),
    });
    const strangerId = await ensureParty(opened.records, 'stranger');
    expect(await getScan(opened.records, { partyId, scanId: answer.scan_id })).toEqual(answer);
    expect(await getScan(opened.records, { partyId: undefined, scanId: answer.scan_id })).toEqual(answer);
    await expect(
      getScan(opened.records, { partyId: strangerId, scanId: answer.scan_id }),
    ).rejects.toMatchObject({
      code: 'SCAN_NOT_FOUND',
    });
  });

  it('gives a match per recording where one reference stands for two', async () => {
    const { referenceId } = await register('single', 3);
    await register('album', 3);
    const answer = await scanUpload(finding(referenceId), {
      partyId,
      fingerprint: syntheticFingerprintFile(3),
    });
    expect(answer.matches.map(({ external_id }) => external_id).sort()).toEqual(['album', 'single']);
  });

  it('keeps the order of the matcher, best first, and gives nothing for what was removed meanwhile', async () => {
    const [a, b, c] = [await register('a', 4), await register('b', 5), await register('c', 6)];
    await removeRecording(opened.records, { partyId, recordingId: b.recordingId });
    const context = finding(c.referenceId, b.referenceId, a.referenceId);
    const answer = await scanUpload(context, { partyId, fingerprint: syntheticFingerprintFile(7) });
    expect(answer.matches.map(({ external_id }) => external_id)).toEqual(['c', 'a']);
  });

  it('of silence matches nothing, and asks no thread', async () => {
    const answer = await scanUpload(finding('must not be asked'), {
      partyId,
      fingerprint: silentFingerprintFile(),
    });
    expect(answer).toMatchObject({ external_id: null, duration_ms: 20_000, matches: [] });
  });

  it('waits for the index where the feed is ahead, and so sees every registration before it', async () => {
    let position = 0;
    const context: Scoped<Context> = {
      ...finding(),
      index: {
        ...opened.records.index,
        position: () => position,
        ready: () => true,
        catchUp: async () => {
          position = await opened.records.store.feedHead();
        },
      },
    };
    const head = (await register('just-now', 8)).position;
    const answer = await scanUpload(context, { partyId, fingerprint: syntheticFingerprintFile(8) });
    expect(answer.index_position).toBe(head);
  });

  it('is refused where the index stays behind: a false "no match" is the expensive answer', async () => {
    const stuck = { ...opened.records.index, position: () => 0, catchUp: async () => undefined };
    for (const ready of [true, false]) {
      const context: Scoped<Context> = { ...finding(), index: { ...stuck, ready: () => ready } };
      await expect(
        scanUpload(context, { partyId, fingerprint: syntheticFingerprintFile(9) }),
      ).rejects.toMatchObject({
        code: 'INDEX_NOT_READY',
      });
    }
  });

  it('refuses more audio than the limit, in a fingerprint as in a file', async () => {
    const fingerprint = silentFingerprintFile(opened.records.config.audioLimits.maxDurationMs + 1);
    await expect(scanUpload(opened.records, { partyId, fingerprint })).rejects.toMatchObject({
      code: 'AUDIO_TOO_LONG',
    });
  });
});
