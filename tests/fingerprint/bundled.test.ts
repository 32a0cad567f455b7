import { beforeAll, describe, expect, test } from 'vitest';
import { descriptorBytes } from '../../workers/fingerprint/descriptor-bytes.ts';
import {
  encodeFingerprint,
  type Fingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { twins } from '../support/bundled-audio.ts';
import {
  asReference,
  type FingerprintedFile,
  fingerprintCatalog,
  fingerprintFile,
} from './bundled-fingerprints.ts';
import { shareFound } from './synthesis.ts';

/** What a reference may take in Postgres, constellation without descriptor track. */
const maxBytesPerSecond = 42;

describe('a recording of the bundle', () => {
  let catalog: FingerprintedFile[];
  beforeAll(async () => {
    catalog = await fingerprintCatalog();
  }, 60_000);

  test(`takes at most ${maxBytesPerSecond} bytes a second as a reference`, () => {
    for (const { externalId, fingerprint } of catalog) {
      const bytes = encodeFingerprint(asReference(fingerprint)).length;
      expect(bytes / (fingerprint.durationMs / 1000), externalId).toBeLessThanOrEqual(maxBytesPerSecond);
    }
  });

  test('has about 20 peaks a second as a reference, and more as an upload', () => {
    for (const { externalId, fingerprint } of catalog) {
      const seconds = fingerprint.durationMs / 1000;
      const { frames } = fingerprint.constellation;
      expect(frames.length / seconds, externalId).toBeGreaterThan(21);
      expect(frames.length / seconds, externalId).toBeLessThan(120);
      const reference = thinToReference(fingerprint).constellation;
      expect(Math.abs(reference.frames.length / seconds - 20), externalId).toBeLessThan(2);
    }
  });

  test('has descriptors for each of its seconds', () => {
    for (const { fingerprint } of catalog) {
      const seconds = Math.round(fingerprint.durationMs / 1000);
      expect(Math.abs(fingerprint.descriptors.length / descriptorBytes - seconds)).toBeLessThanOrEqual(1);
    }
  });
});

describe('44.1 kHz Vorbis and its 48 kHz Opus twin', () => {
  const minShare = 0.85;
  let vorbis: Fingerprint;
  let opus: Fingerprint;
  beforeAll(async () => {
    vorbis = (await fingerprintFile('vorbis', twins().vorbis)).fingerprint;
    opus = (await fingerprintFile('opus', twins().opus)).fingerprint;
  }, 60_000);

  test.each(['vorbis', 'opus'] as const)(
    'have the salient peaks of the %s one in both, within a frame and two steps',
    (from) => {
      const [a, b] = from === 'vorbis' ? [vorbis, opus] : [opus, vorbis];
      const salient = thinToReference(a).constellation;
      const share = shareFound(salient, b.constellation, 1, 2);
      const strict = shareFound(salient, b.constellation, 0, 0);
      expect(share, `within a frame and two steps ${share}, to the frame and step ${strict}`).toBeGreaterThan(
        minShare,
      );
    },
  );
});
