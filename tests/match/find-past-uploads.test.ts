import { describe, expect, it } from 'vitest';
import { encodeFingerprint, thinToReference } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { openSegment } from '../../workers/index/segment.ts';
import { findPastUploads } from '../../workers/match/find-past-uploads.ts';
import { matchUpload } from '../../workers/match/match-upload.ts';
import type { SearchedSegment } from '../../workers/match/searched-segment.ts';
import type { Trial } from '../../workers/match/verify-candidate.ts';
import { fingerprintCatalog, fingerprintUploads } from '../fingerprint/bundled-fingerprints.ts';
import { bundledUploads } from '../support/bundled-audio.ts';

/** Two segments, so that an upload is found wherever it stands. */
async function bundledBank() {
  const uploads = await fingerprintUploads();
  const members = uploads.map(({ bytes }, i) => ({
    referenceId: `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`,
    position: i + 1,
    fingerprint: bytes,
  }));
  const segments = [members.slice(0, 2), members.slice(2)].map((some): SearchedSegment => {
    const segment = openSegment(buildSegment(some));
    return { segment, tombstones: new Uint8Array(segment.referenceCount) };
  });
  return { segments, names: uploads.map(({ externalId }) => externalId) };
}

const thin = (fingerprint: Parameters<typeof thinToReference>[0]) =>
  encodeFingerprint(thinToReference(fingerprint));

describe('a new recording', () => {
  it('is named in every past upload of real music that holds it, low in rate and under noise too', async () => {
    const { segments, names } = await bundledBank();
    const truth = new Map(bundledUploads().map(({ externalId, pieces }) => [externalId, pieces]));
    for (const { externalId, fingerprint } of await fingerprintCatalog()) {
      const past = findPastUploads(thin(fingerprint), segments);
      const named = past.map(({ position }) => names[position - 1] as string);
      const holding = names.filter((name) =>
        truth.get(name)?.some((piece) => piece.externalId === externalId),
      );
      expect([externalId, named]).toEqual([externalId, expect.arrayContaining(holding)]);
      expect(past.map(({ position }) => position)).toEqual(
        past.map(({ position }) => position).sort((a, b) => a - b),
      );
    }
  });

  it('comes with a hint where it lies in the upload, and a scan that is given it begins there and is right', async () => {
    const uploads = await fingerprintUploads();
    const { segments } = await bundledBank();
    const truth = new Map(bundledUploads().map(({ externalId, pieces }) => [externalId, pieces]));
    let compared = 0;
    for (const { externalId, fingerprint } of await fingerprintCatalog()) {
      const one = { referenceId: '00000000-0000-7000-9000-000000000000', position: 1 };
      const segment = openSegment(buildSegment([{ ...one, fingerprint: thin(fingerprint) }]));
      const alone = [{ segment, tombstones: new Uint8Array(1) }];
      for (const { position, hint } of findPastUploads(thin(fingerprint), segments)) {
        const upload = uploads[position - 1] as (typeof uploads)[number];
        const inUpload = (frame: number) => frame * frameMs;
        const piece = truth
          .get(upload.externalId)
          ?.find(
            ({ externalId: of, queryStartMs, queryEndMs }) =>
              of === externalId &&
              queryStartMs < inUpload((hint.begin + hint.end) / 2) &&
              inUpload((hint.begin + hint.end) / 2) < queryEndMs,
          );
        const trials: Trial[] = [];
        const { matches } = matchUpload(upload.bytes, alone, {
          hint,
          onTrial: (trial) => trials.push(trial),
        });
        expect(matches).toHaveLength(1);
        expect(trials[0]?.candidate.votes).toBe(0);
        expect(trials[0]?.verdict.outcome).toBe('match');
        if (typeof piece?.referenceStartMs !== 'number' || Math.abs(hint.tempo - 1) > 0.01) continue;
        const said = (hint.diagonal + hint.tempo * (piece.queryStartMs / frameMs)) * frameMs;
        expect(Math.abs(said - piece.referenceStartMs)).toBeLessThan(500);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(3);
  });

  it('is not named in an upload that was removed', async () => {
    const { segments } = await bundledBank();
    for (const { tombstones } of segments) tombstones.fill(1);
    const [{ fingerprint } = { fingerprint: undefined }] = await fingerprintCatalog();
    expect(fingerprint && findPastUploads(thin(fingerprint), segments)).toEqual([]);
  });
});
