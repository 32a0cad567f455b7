/** A file of audio to a fingerprint: decode and fingerprint chunk by chunk, digest the file beside it. */
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import {
  type AudioLimits,
  type DecoderChoice,
  type DecodeSummary,
  decodeAudio,
  defaultAudioLimits,
} from '../audio/decode.ts';
import type { FingerprintedAudio } from '../protocol.ts';
import { encodeFingerprint } from './fingerprint-file.ts';
import { Fingerprinter } from './fingerprinter.ts';
import { parameterVersion } from './parameters.ts';

export type FingerprintOptions = {
  readonly decoder?: DecoderChoice;
  readonly limits?: AudioLimits;
  /** Also what a shorter and a longer window see: for what is looked for, not for what is registered. */
  readonly otherWindows?: boolean;
};

/**
 * Fingerprints one file at query density; its bytes serve for registering and for scanning.
 * @throws WorkerError AUDIO_*
 */
export async function fingerprintAudio(
  path: string,
  options: FingerprintOptions = {},
): Promise<FingerprintedAudio> {
  const fingerprinter = new Fingerprinter({ otherWindows: options.otherWindows ?? false });
  const decoded = await decodeAudio(
    path,
    { decoder: options.decoder ?? 'auto', limits: options.limits ?? defaultAudioLimits },
    (samples, rateHz) => fingerprinter.push(samples, rateHz),
  );
  return finishFingerprint(fingerprinter, path, decoded);
}

/** What has been heard of the file at `path`, as its fingerprint. */
export function finishFingerprint(
  fingerprinter: Fingerprinter,
  path: string,
  { format, decoder, truncated }: Pick<DecodeSummary, 'format' | 'decoder' | 'truncated'>,
): FingerprintedAudio {
  const { constellation, otherWindows, descriptors, durationMs } = fingerprinter.finish();
  const fingerprint = encodeFingerprint({
    parameterVersion,
    density: 'query',
    durationMs,
    audioSha256: digestFile(path),
    constellation,
    ...(otherWindows && { otherWindows }),
    descriptors,
  });
  return { fingerprint, durationMs, format, decoder, truncated, silent: constellation.frames.length === 0 };
}

/** Kept between calls: memory of every file's own makes V8 look for garbage every few files. */
const digested = new Uint8Array(2 ** 18);

/** Read at once where it is: .7 ms a MB, of a file that was just read. */
function digestFile(path: string): Uint8Array {
  const digest = createHash('sha256');
  // As in `openAudioFile`: a pipe that took the file's place does not hold the thread.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    for (;;) {
      const count = readSync(file, digested);
      if (count === 0) return digest.digest();
      digest.update(digested.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}
