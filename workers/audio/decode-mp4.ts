/** AAC in MP4 and M4A. Other codecs in them, and fragments, are refused and so left to ffmpeg. */
import { WorkerError } from '../errors.ts';
import { AacCodec } from './aac-codec.ts';
import type { AudioFile } from './audio-file.ts';
import type { DecodedStream } from './decoded-stream.ts';
import { type Mp4Box, Mp4Boxes } from './mp4-boxes.ts';
import { readMp4Track } from './mp4-track.ts';
import type { SampleSink } from './sample-sink.ts';

/** A frame has 768 bytes a channel at most; a sample that claims more than this is none. */
const maxSampleBytes = 64 * 1024;

export async function decodeMp4(file: AudioFile, start: number, sink: SampleSink): Promise<DecodedStream> {
  const boxes = new Mp4Boxes(file);
  const { config, trim, samples } = await readMp4Track(boxes, await findMovie(boxes, start));
  const codec = new AacCodec(config, sink, trim);
  let truncated = false;
  for (const { at, bytes } of samples) {
    if (codec.isDone) break;
    if (at + bytes > file.sizeBytes) {
      truncated = true;
      break;
    }
    if (bytes > maxSampleBytes) {
      codec.add(new Uint8Array(0));
      continue;
    }
    file.seek(at);
    if (file.availableBytes < bytes) await file.ensure(bytes);
    codec.add(file.window.subarray(0, bytes));
  }
  codec.flush();
  return { format: 'mov/aac', truncated, damaged: codec.damaged };
}

async function findMovie(boxes: Mp4Boxes, start: number): Promise<Mp4Box> {
  let isCut = false;
  for await (const box of boxes.list(start, boxes.fileBytes)) {
    if (box.type === 'moov') return box;
    isCut ||= box.isCut;
  }
  const received = isCut ? 'a file that ends before it' : 'none';
  throw new WorkerError('AUDIO_UNREADABLE', `expected an MP4 file with a movie box, received ${received}`);
}
