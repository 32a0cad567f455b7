/** The decoders that need nothing installed, chosen by what the file holds. */
import { WorkerError } from '../errors.ts';
import type { AudioFile } from './audio-file.ts';
import { decodeAdts } from './decode-adts.ts';
import { decodeFlac } from './decode-flac.ts';
import { decodeMp3 } from './decode-mp3.ts';
import { decodeMp4 } from './decode-mp4.ts';
import { decodeOgg } from './decode-ogg.ts';
import { decodeWav } from './decode-wav.ts';
import type { DecodedStream } from './decoded-stream.ts';
import { isTrap } from './decoder-trap.ts';
import { type DetectedFormat, describeStart } from './detect-format.ts';
import type { SampleSink } from './sample-sink.ts';

const decoders = {
  wav: decodeWav,
  flac: decodeFlac,
  ogg: decodeOgg,
  mpeg: decodeMp3,
  mp4: decodeMp4,
  adts: decodeAdts,
};

export async function decodeWasm(
  file: AudioFile,
  detected: DetectedFormat | undefined,
  sink: SampleSink,
): Promise<DecodedStream> {
  if (detected === undefined) {
    throw new WorkerError('AUDIO_UNREADABLE', `expected audio, received ${await describeStart(file)}`);
  }
  if (detected.kind === 'foreign') {
    throw new WorkerError(
      'AUDIO_UNSUPPORTED',
      `expected WAV, FLAC, MP3, AAC, Ogg Vorbis or Ogg Opus, received ${detected.name}; install ffmpeg to read it`,
    );
  }
  try {
    return await decoders[detected.container](file, detected.offset, sink);
  } catch (cause) {
    if (!isTrap(cause)) throw cause;
    throw new WorkerError(
      'AUDIO_UNREADABLE',
      `expected ${detected.container} audio, received data on which its decoder gave up`,
      { cause },
    );
  }
}
