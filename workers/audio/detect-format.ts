/**
 * Tells what a file is by its content. The name is never looked at: uploads are named by strangers.
 */
import type { AudioFile } from './audio-file.ts';
import { findMpegStream } from './mpeg-frame-header.ts';

/** `decodable` without ffmpeg, `foreign` a known container that only ffmpeg reads. */
export type DetectedFormat =
  | {
      readonly kind: 'decodable';
      readonly container: 'wav' | 'flac' | 'ogg' | 'mpeg' | 'mp4' | 'adts';
      readonly offset: number;
    }
  | { readonly kind: 'foreign'; readonly name: string };

/** ID3v2 tags in front, one after the other; more than a few is a file made to keep us busy. */
const maxLeadingTags = 8;
const magicBytes = 64;
/** Where an MPEG stream may begin: some files have a few kilobytes of leftovers in front. */
const mpegSearchBytes = 64 * 1024;

const foreignMagic: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'ASF/WMA'],
  [0, '\x1a\x45\xdf\xa3', 'Matroska/WebM'],
  [0, 'FORM', 'AIFF'],
  [0, 'RIFX', 'RIFX'],
  [0, 'MAC ', "Monkey's Audio"],
  [0, 'wvpk', 'WavPack'],
  [0, 'MPCK', 'Musepack'],
  [0, 'MP+', 'Musepack'],
  [0, 'caff', 'Core Audio'],
  [0, '.snd', 'AU'],
  [0, 'DSD ', 'DSF'],
  [0, 'FRM8', 'DSDIFF'],
  [0, 'TTA1', 'True Audio'],
  [0, 'tBaK', 'TAK'],
  [0, '#!AMR', 'AMR'],
  [0, 'FLV\x01', 'Flash Video'],
  [0, '.RMF', 'RealMedia'],
  [0, '\x0b\x77', 'AC-3'],
  [0, '\x00\x00\x01\xba', 'MPEG program stream'],
  [0, 'riff\x2e\x91\xcf\x11', 'Wave64'],
  [0, 'ADIF', 'AAC in ADIF'],
];

/** Leaves the file at the place it found it. */
export async function detectFormat(file: AudioFile): Promise<DetectedFormat | undefined> {
  let offset = 0;
  for (let tag = 0; tag < maxLeadingTags; tag++) {
    const tagBytes = await id3v2Bytes(file, offset);
    if (tagBytes === 0) break;
    offset += tagBytes;
  }
  file.seek(offset);
  await file.ensure(magicBytes);
  const head = latin1(file.window.subarray(0, magicBytes));
  const form = head.slice(8, 12);
  try {
    if (/^(RIFF|RF64|BW64)/.test(head)) {
      if (form === 'WAVE') return { kind: 'decodable', container: 'wav', offset };
      if (form === 'AVI ') return { kind: 'foreign', name: 'AVI' };
      return undefined;
    }
    if (head.startsWith('fLaC')) return { kind: 'decodable', container: 'flac', offset };
    if (head.startsWith('OggS')) return { kind: 'decodable', container: 'ogg', offset };
    if (/^(ftyp|moov|mdat)/.test(head.slice(4))) return { kind: 'decodable', container: 'mp4', offset };
    for (const [at, magic, name] of foreignMagic) {
      if (head.startsWith(magic, at)) return { kind: 'foreign', name };
    }
    if (await isMpegTransportStream(file)) return { kind: 'foreign', name: 'MPEG transport stream' };
    await file.ensure(mpegSearchBytes);
    const searched = file.window.subarray(0, mpegSearchBytes);
    if (isAdts(searched)) return { kind: 'decodable', container: 'adts', offset };
    const mpegOffset = findMpegStream(searched, file.availableBytes < mpegSearchBytes);
    if (mpegOffset === undefined) return undefined;
    return { kind: 'decodable', container: 'mpeg', offset: offset + mpegOffset };
  } finally {
    file.seek(0);
  }
}

/** What a person would recognise of a file that is nothing we know. */
export async function describeStart(file: AudioFile): Promise<string> {
  file.seek(0);
  await file.ensure(16);
  const start = file.window.subarray(0, 16);
  const text = latin1(start).replace(/[^\x20-\x7e]/g, '.');
  return `${file.sizeBytes} bytes that begin with "${text}"`;
}

/** The length of an ID3v2 tag at `offset`, 0 where there is none (id3.org, ID3v2.4.0 section 3.1). */
async function id3v2Bytes(file: AudioFile, offset: number): Promise<number> {
  file.seek(offset);
  if (!(await file.ensure(10))) return 0;
  return id3v2Length(file.window);
}

export function id3v2Length(bytes: Uint8Array): number {
  const [i, d, three, major = 0xff, , flags = 0, s0 = 0x80, s1 = 0, s2 = 0, s3 = 0] = bytes;
  if (i !== 0x49 || d !== 0x44 || three !== 0x33 || major === 0xff) return 0;
  if (((s0 | s1 | s2 | s3) & 0x80) !== 0) return 0;
  const footer = (flags & 0x10) === 0 ? 0 : 10;
  return 10 + ((s0 << 21) | (s1 << 14) | (s2 << 7) | s3) + footer;
}

async function isMpegTransportStream(file: AudioFile): Promise<boolean> {
  if (!(await file.ensure(4 * 188))) return false;
  const bytes = file.window;
  return [0, 188, 376, 564].every((at) => bytes[at] === 0x47);
}

/** Two ADTS headers in a row (ISO/IEC 13818-7 section 6.2); layer bits 00 tell them from MPEG audio. */
function isAdts(bytes: Uint8Array): boolean {
  const length = adtsFrameBytes(bytes, 0);
  return length > 7 && (adtsFrameBytes(bytes, length) > 7 || length === bytes.length);
}

function adtsFrameBytes(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf6) !== 0xf0) return 0;
  return (((bytes[at + 3] ?? 0) & 3) << 11) | ((bytes[at + 4] ?? 0) << 3) | ((bytes[at + 5] ?? 0) >> 5);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
