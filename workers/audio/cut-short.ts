/**
 * Whether a file ends before its own end, found from the file alone. For the decoder that does not tell: ffmpeg
 * decodes what there is of a truncated Ogg, MP3, FLAC or WAVE file and reports success.
 */
import type { AudioFile } from './audio-file.ts';
import { readFlacFormat } from './decode-flac.ts';
import { MpegFrames } from './decode-mp3.ts';
import { openWavHeader } from './decode-wav.ts';
import type { DetectedFormat } from './detect-format.ts';

/** Two of the longest pages: the last page begins in here. */
const tailBytes = 2 * 65_307;
/** Encoder delay and padding, which ffmpeg trims, and rounding. */
const toleranceMs = 120;

/** Undefined where the file is of a kind not read here. */
export async function isCutShort(
  file: AudioFile,
  detected: DetectedFormat | undefined,
  decodedMs: number,
): Promise<boolean | undefined> {
  if (detected?.kind !== 'decodable') return undefined;
  switch (detected.container) {
    // Their own decoder sees it; of ffmpeg's, what ffmpeg says of it is as good.
    case 'mp4':
    case 'adts':
      return undefined;
    case 'ogg':
      return !(await endsWithLastPage(file));
    case 'wav': {
      const header = await openWavHeader(file, detected.offset).catch(() => undefined);
      if (header === undefined) return undefined;
      return (
        header.declaredDataBytes !== undefined &&
        header.dataOffset + header.declaredDataBytes >
          file.sizeBytes + header.sampleBytes * header.channelCount
      );
    }
    case 'flac': {
      const format = await readFlacFormat(file, detected.offset);
      return decodedMs + toleranceMs < (format.totalSamples / format.sampleRateHz) * 1000;
    }
    case 'mpeg': {
      const frames = new MpegFrames(file, detected.offset);
      while ((await frames.nextBatch()) !== undefined);
      return frames.isCutShort;
    }
  }
}

async function endsWithLastPage(file: AudioFile): Promise<boolean> {
  const { tail, at } = await findLastPage(file);
  if (at === -1 || ((tail[at + 5] ?? 0) & 4) === 0) return false;
  const bodyAt = at + 27 + (tail[at + 26] ?? 0);
  const bodyBytes = tail.subarray(at + 27, bodyAt).reduce((sum, length) => sum + length, 0);
  return bodyAt + bodyBytes <= tail.length;
}

/** Whether an Ogg file ends with the stream it begins with: neither chained nor several side by side. */
export async function isOneStream(file: AudioFile): Promise<boolean> {
  const { tail, at } = await findLastPage(file);
  const lastSerial = at === -1 ? undefined : tail.subarray(at + 14, at + 18).toString('hex');
  file.seek(0);
  await file.ensure(18);
  const first = Buffer.from(file.window.subarray(0, 18));
  return first.toString('latin1', 0, 4) === 'OggS' && first.toString('hex', 14, 18) === lastSerial;
}

async function findLastPage(file: AudioFile): Promise<{ readonly tail: Buffer; readonly at: number }> {
  file.seek(Math.max(0, file.sizeBytes - tailBytes));
  await file.ensure(tailBytes);
  const tail = Buffer.from(file.window.buffer, file.window.byteOffset, file.window.byteLength);
  return { tail, at: tail.lastIndexOf('OggS\0', undefined, 'latin1') };
}
