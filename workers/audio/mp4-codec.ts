/** What codec a track has, out of its sample description (ISO/IEC 14496-12, 8.5.2; 14496-1, 7.2.6; 14496-14, 5.6). */
import { WorkerError } from '../errors.ts';
import { type AacConfig, readAudioSpecificConfig } from './audio-specific-config.ts';
import type { Mp4Box, Mp4Boxes } from './mp4-boxes.ts';

/** An entry with a configuration: some hundred bytes, or a few thousand where it is an atmosphere of channels. */
const maxEntryBytes = 64 * 1024;
/** Of an entry, before its own boxes: in versions 0, 1 and 2 of QuickTime's. */
const entryHeadBytes = [28, 44, 64];
const aacObjectTypes = [0x40, 0x66, 0x67, 0x68];
const esTag = 3;
const configTag = 4;
const specificTag = 5;

/** Throws `AUDIO_UNSUPPORTED` with the four characters of what is not AAC. */
export async function readMp4Codec(boxes: Mp4Boxes, description: Mp4Box): Promise<AacConfig> {
  const count = await boxes.content(description, 8);
  if (count.byteLength < 8 || count.getUint32(4) === 0) throw unreadable('received no sample description');
  for await (const entry of boxes.list(description.bodyAt + 8, description.end)) {
    if (entry.type !== 'mp4a') throw unsupported(entry.type);
    const view = await boxes.content(entry, maxEntryBytes);
    const version = view.byteLength >= 10 ? view.getUint16(8) : 0;
    const inside = { ...entry, bodyAt: entry.bodyAt + (entryHeadBytes[version] ?? entry.end) };
    const stream = (await boxes.find(inside, 'esds')) ?? (await boxes.find(inside, 'wave', 'esds'));
    if (stream === undefined) throw unreadable('received no configuration of it');
    const bytes = await boxes.content(stream, maxEntryBytes);
    return readAudioSpecificConfig(findSpecificConfig(bytes));
  }
  throw unreadable('received no sample description');
}

/** Descriptors inside one another, each a tag and a length in groups of 7 bits. */
function findSpecificConfig(view: DataView): Uint8Array {
  let at = 4;
  while (at + 2 <= view.byteLength) {
    const tag = view.getUint8(at++);
    let bytes = 0;
    for (let group = 0; group < 4 && at < view.byteLength; group++) {
      const byte = view.getUint8(at++);
      bytes = (bytes << 7) | (byte & 0x7f);
      if ((byte & 0x80) === 0) break;
    }
    if (tag === esTag && at + 3 <= view.byteLength) {
      const flags = view.getUint8(at + 2);
      at += 3 + ((flags & 0x80) === 0 ? 0 : 2);
      if ((flags & 0x40) !== 0 && at < view.byteLength) at += 1 + view.getUint8(at);
      if ((flags & 0x20) !== 0) at += 2;
    } else if (tag === configTag && at + 13 <= view.byteLength) {
      const objectType = view.getUint8(at);
      if (!aacObjectTypes.includes(objectType))
        throw unsupported(`mp4a of type 0x${objectType.toString(16)}`);
      at += 13;
    } else if (tag === specificTag) {
      return new Uint8Array(
        view.buffer,
        view.byteOffset + at,
        Math.max(0, Math.min(bytes, view.byteLength - at)),
      );
    } else {
      at += bytes;
    }
  }
  throw unreadable('received no configuration of it');
}

function unsupported(received: string): WorkerError {
  const name = received.replace(/[^\x20-\x7e]/g, '.');
  return new WorkerError(
    'AUDIO_UNSUPPORTED',
    `expected AAC in MP4, received ${name}; install ffmpeg to read it`,
  );
}

function unreadable(received: string): WorkerError {
  return new WorkerError('AUDIO_UNREADABLE', `expected AAC in MP4, ${received}`);
}
