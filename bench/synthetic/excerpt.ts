import { filterPeaks } from '../../workers/fingerprint/constellation.ts';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';

/** A stretch of a recording, from anywhere in it, as a fingerprint file's bytes. */
export function excerptOf(
  fingerprint: Fingerprint,
  durationMs: number,
  random: () => number,
): Uint8Array<ArrayBuffer> {
  const wanted = durationMs / frameMs;
  const { frames } = fingerprint.constellation;
  const from = Math.floor(random() * Math.max(1, (frames.at(-1) ?? 0) - wanted));
  const kept = filterPeaks(
    fingerprint.constellation,
    (i) => (frames[i] as number) >= from && (frames[i] as number) < from + wanted,
  );
  const constellation = { ...kept, frames: kept.frames.map((frame) => frame - from) };
  return encodeFingerprint({
    ...fingerprint,
    durationMs,
    constellation,
    descriptors: new Uint8Array(0),
  });
}
