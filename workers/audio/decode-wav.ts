/** WAVE files, read here: nothing to decode, and quicker than starting any program. */
import type { AudioFile } from './audio-file.ts';
import type { DecodedStream } from './decoded-stream.ts';
import type { SampleSink } from './sample-sink.ts';
import { type ReadAt, readWavHeader, type WavEncoding, type WavHeader } from './wav-header.ts';
import { readWavSamples } from './wav-samples.ts';

/** Samples converted at once, all channels together. */
const batchSamples = 32_768;

/** As ffmpeg calls them, so that a format reads the same from both decoders. */
const codecNames: Record<WavEncoding, string> = {
  u8: 'pcm_u8',
  s16: 'pcm_s16le',
  s24: 'pcm_s24le',
  s32: 'pcm_s32le',
  f32: 'pcm_f32le',
  f64: 'pcm_f64le',
  mulaw: 'pcm_mulaw',
  alaw: 'pcm_alaw',
};

export function openWavHeader(file: AudioFile, start: number): Promise<WavHeader> {
  const readAt: ReadAt = async (offset, length) => {
    file.seek(offset);
    return (await file.ensure(length)) ? file.window.subarray(0, length) : undefined;
  };
  return readWavHeader(readAt, start);
}

export async function decodeWav(file: AudioFile, start: number, sink: SampleSink): Promise<DecodedStream> {
  const header = await openWavHeader(file, start);
  sink.checkFormat(header.sampleRateHz, header.channelCount);
  file.seek(header.dataOffset);
  const frameBytes = header.sampleBytes * header.channelCount;
  const batchFrames = Math.max(1, Math.floor(batchSamples / header.channelCount));
  const samples = new Float32Array(batchFrames * header.channelCount);
  let remainingBytes = header.declaredDataBytes ?? Number.POSITIVE_INFINITY;
  while (remainingBytes >= frameBytes) {
    await file.ensure(batchFrames * frameBytes);
    const frameCount = Math.min(
      batchFrames,
      Math.floor(Math.min(file.availableBytes, remainingBytes) / frameBytes),
    );
    if (frameCount === 0) break;
    const batch = samples.subarray(0, frameCount * header.channelCount);
    readWavSamples(file.window, header.encoding, batch);
    sink.deliverInterleaved(batch, header.channelCount, header.sampleRateHz);
    file.skip(frameCount * frameBytes);
    remainingBytes -= frameCount * frameBytes;
  }
  const missingBytes = header.declaredDataBytes === undefined ? 0 : remainingBytes;
  return {
    format: `wav/${codecNames[header.encoding]}`,
    truncated: missingBytes >= frameBytes,
    damaged: false,
  };
}
