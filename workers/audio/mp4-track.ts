/**
 * The audio track of an MP4 file: its codec, where its frames lie, and which part of it is to be heard (ISO/IEC 14496-12).
 * All tables are of strangers: none is read beyond its box or `maxTableBytes`, and nothing is made as long as it says.
 */
import { WorkerError } from '../errors.ts';
import { type AacTrim, aacFrameSamples } from './aac-codec.ts';
import type { AacConfig } from './audio-specific-config.ts';
import { fourCharacters, type Mp4Box, type Mp4Boxes } from './mp4-boxes.ts';
import { readMp4Codec } from './mp4-codec.ts';

export type Mp4Track = {
  readonly config: AacConfig;
  readonly trim: AacTrim;
  readonly samples: Iterable<Mp4Sample>;
};

/** Where one frame lies in the file. */
type Mp4Sample = { readonly at: number; readonly bytes: number };

/** Four bytes for each of 43 frames a second: four days. */
const maxTableBytes = 64 * 1024 * 1024;
const maxTextBytes = 4096;

/** Throws `AUDIO_UNSUPPORTED` for what ffmpeg may know, `AUDIO_UNREADABLE` where there is no audio. */
export async function readMp4Track(boxes: Mp4Boxes, movie: Mp4Box): Promise<Mp4Track> {
  const track = await findAudioTrack(boxes, movie);
  const table = track && (await boxes.find(track, 'mdia', 'minf', 'stbl'));
  const description = table && (await boxes.find(table, 'stsd'));
  if (track === undefined || table === undefined || description === undefined) {
    throw new WorkerError('AUDIO_UNREADABLE', 'expected an audio stream, received mov/no audio');
  }
  const config = await readMp4Codec(boxes, description);
  if ((await boxes.find(movie, 'mvex')) !== undefined) {
    throw new WorkerError(
      'AUDIO_UNSUPPORTED',
      'expected MP4 in one piece, received fragments; install ffmpeg to read it',
    );
  }
  return {
    config,
    trim: await readTrim(boxes, movie, track, config),
    samples: await readSamples(boxes, table),
  };
}

async function findAudioTrack(boxes: Mp4Boxes, movie: Mp4Box): Promise<Mp4Box | undefined> {
  const tracks: Mp4Box[] = [];
  for await (const box of boxes.list(movie.bodyAt, movie.end)) if (box.type === 'trak') tracks.push(box);
  for (const track of tracks) {
    const handler = await boxes.find(track, 'mdia', 'hdlr');
    const view = handler && (await boxes.content(handler, 12));
    if (view?.byteLength === 12 && fourCharacters(view, 8) === 'soun') return track;
  }
  return undefined;
}

/** The edit list (8.6.6), and where there is none what iTunes writes of delay and length. */
async function readTrim(boxes: Mp4Boxes, movie: Mp4Box, track: Mp4Box, config: AacConfig): Promise<AacTrim> {
  const edits = await boxes.find(track, 'edts', 'elst');
  const view = edits && (await boxes.content(edits, maxTextBytes));
  if (view === undefined || view.byteLength < 8) return await readTunesTrim(boxes, movie);
  const entryBytes = view.getUint8(0) === 1 ? 20 : 12;
  const played: { readonly duration: number; readonly from: number }[] = [];
  for (
    let at = 8;
    at + entryBytes <= view.byteLength && played.length < view.getUint32(4);
    at += entryBytes
  ) {
    const isLong = entryBytes === 20;
    const duration = isLong ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const from = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    // -1 is a pause in front, of which neither ffmpeg makes sound.
    if (from >= 0) played.push({ duration, from });
  }
  if (played.length > 1) {
    throw new WorkerError(
      'AUDIO_UNSUPPORTED',
      `expected MP4 played in one piece, received ${played.length} edits; install ffmpeg to read it`,
    );
  }
  const [edit] = played;
  if (edit === undefined) return { startSamples: 0, sampleCount: Infinity };
  const movieScale = await readTimescale(boxes, await boxes.find(movie, 'mvhd'));
  const mediaScale = await readTimescale(boxes, await boxes.find(track, 'mdia', 'mdhd'));
  const startSamples = (edit.from / mediaScale) * config.rateHz;
  if (edit.duration === 0) return { startSamples, sampleCount: Infinity };
  // The frame in which the edit ends is heard to its end, as by ffmpeg: durations are often rounded down.
  const endSamples = startSamples + (edit.duration / movieScale) * config.rateHz;
  return {
    startSamples,
    sampleCount: Math.ceil(endSamples / aacFrameSamples) * aacFrameSamples - startSamples,
  };
}

async function readTimescale(boxes: Mp4Boxes, header: Mp4Box | undefined): Promise<number> {
  const view = header && (await boxes.content(header, 32));
  if (view?.byteLength === 32 || (view !== undefined && view.byteLength >= 24)) {
    const timescale = view.getUint32(view.getUint8(0) === 1 ? 20 : 12);
    if (timescale > 0) return timescale;
  }
  throw new WorkerError('AUDIO_UNREADABLE', 'expected an MP4 header with a timescale, received none');
}

/** `iTunSMPB`: hexadecimal numbers, of which the second is the delay, the third the padding, the fourth the length. */
async function readTunesTrim(boxes: Mp4Boxes, movie: Mp4Box): Promise<AacTrim> {
  const whole = { startSamples: 0, sampleCount: Infinity };
  const meta = await boxes.find(movie, 'udta', 'meta');
  const list = meta && (await boxes.find({ ...meta, bodyAt: meta.bodyAt + 4 }, 'ilst'));
  if (list === undefined) return whole;
  for await (const item of boxes.list(list.bodyAt, list.end)) {
    if (item.type !== '----') continue;
    const view = await boxes.content(item, maxTextBytes);
    const text = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
    const found = /iTunSMPB.*? [0-9A-F]{8} ([0-9A-F]{8}) [0-9A-F]{8} ([0-9A-F]{16})/is.exec(text);
    if (found === null) continue;
    const [delay, length] = [Number.parseInt(found[1] ?? '', 16), Number.parseInt(found[2] ?? '', 16)];
    return { startSamples: delay, sampleCount: length > 0 ? length : Infinity };
  }
  return whole;
}

async function readSamples(boxes: Mp4Boxes, table: Mp4Box): Promise<Iterable<Mp4Sample>> {
  const wide = await boxes.find(table, 'co64');
  const offsets = await readTable(boxes, wide ?? (await boxes.find(table, 'stco')));
  const compact = await boxes.find(table, 'stz2');
  const sizes = await readTable(boxes, compact ?? (await boxes.find(table, 'stsz')));
  const chunks = await readTable(boxes, await boxes.find(table, 'stsc'));
  if (sizes.byteLength < 12 || offsets.byteLength < 8 || chunks.byteLength < 8) {
    throw new WorkerError('AUDIO_UNREADABLE', 'expected tables of samples, received an MP4 file without');
  }
  return {
    [Symbol.iterator]: () =>
      listSamples(offsets, wide === undefined ? 4 : 8, chunks, sizeReader(sizes, compact !== undefined)),
  };
}

async function readTable(boxes: Mp4Boxes, box: Mp4Box | undefined): Promise<DataView> {
  if (box === undefined) return new DataView(new ArrayBuffer(0));
  if (box.end - box.bodyAt > maxTableBytes) {
    throw new WorkerError(
      'AUDIO_UNSUPPORTED',
      `expected tables of at most ${maxTableBytes} bytes, received ${box.end - box.bodyAt}`,
    );
  }
  return await boxes.content(box, maxTableBytes);
}

/** The size of a sample by its number, undefined behind the last one. */
function sizeReader(view: DataView, isCompact: boolean): (sample: number) => number | undefined {
  const count = view.getUint32(8);
  const fixed = isCompact ? 0 : view.getUint32(4);
  if (fixed > 0) return (sample) => (sample < count ? fixed : undefined);
  const bits = isCompact ? view.getUint8(7) : 32;
  const held = Math.min(count, Math.floor(((view.byteLength - 12) * 8) / bits));
  return (sample) => {
    if (sample >= held) return undefined;
    if (bits === 32) return view.getUint32(12 + 4 * sample);
    if (bits === 16) return view.getUint16(12 + 2 * sample);
    const byte = view.getUint8(12 + ((sample * bits) >> 3));
    return bits === 4 ? (sample % 2 === 0 ? byte >> 4 : byte & 15) : byte;
  };
}

/** Chunk by chunk (8.7.4, 8.7.5): the runs of `chunks` say how many samples each has. */
function* listSamples(
  offsets: DataView,
  offsetBytes: 4 | 8,
  chunks: DataView,
  sizeOf: (sample: number) => number | undefined,
): Generator<Mp4Sample> {
  const chunkCount = Math.min(offsets.getUint32(4), Math.floor((offsets.byteLength - 8) / offsetBytes));
  const runCount = Math.min(chunks.getUint32(4), Math.floor((chunks.byteLength - 8) / 12));
  let run = -1;
  let sample = 0;
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    while (run + 1 < runCount && chunks.getUint32(8 + 12 * (run + 1)) <= chunk + 1) run++;
    const inChunk = run < 0 ? 0 : chunks.getUint32(12 + 12 * run);
    const place = 8 + offsetBytes * chunk;
    let at = offsetBytes === 8 ? Number(offsets.getBigUint64(place)) : offsets.getUint32(place);
    for (let i = 0; i < inChunk; i++) {
      const bytes = sizeOf(sample++);
      if (bytes === undefined) return;
      yield { at, bytes };
      at += bytes;
    }
  }
}
