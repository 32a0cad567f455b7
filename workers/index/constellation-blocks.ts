/**
 * A reference's constellation as a segment keeps it: in blocks of 5.12 s, so that a search that looks at a few seconds of
 * it reads and unpacks no more than these. Integers are little-endian.
 *
 *   directory   12 bytes for each block up to that of the last peak
 *      0  4  where the block's bytes end, counted from the directory's end
 *      4  4  where its peaks end, counted from the reference's first
 *      8  4  CRC-32 of its bytes
 *   blocks      one behind the other, each packed by itself (`packed-constellation.ts`), its frames counted from its own
 */
import { crc32 } from 'node:zlib';
import { BitWriter } from '../fingerprint/bit-writer.ts';
import type { Constellation } from '../fingerprint/constellation.ts';
import { expectedBytes, packPeaks, unpackInto } from '../fingerprint/packed-constellation.ts';
import { referenceRankCount } from '../fingerprint/parameters.ts';
import { type ConstellationSource, readPacked } from './constellation-source.ts';

/** Frames of one block. */
export const constellationBlockFrames = 256;
const entryBytes = 12;

export type PackedBlocks = { readonly bytes: Uint8Array; readonly checksum: number };

/** Where in a source a reference's bytes are, and what its segment says of them. */
export type BlocksOf = {
  readonly source: ConstellationSource;
  readonly begin: number;
  readonly end: number;
  /** CRC-32 of the directory. */
  readonly checksum: number;
  readonly frameCount: number;
};

/** Of a constellation at reference density that ends before `frameCount`. */
export function packBlocks(source: Constellation, frameCount: number): PackedBlocks {
  const { frames } = source;
  const count = blockCountOf(frameCount);
  const directory = new Uint8Array(count * entryBytes);
  const view = new DataView(directory.buffer);
  const bits = new BitWriter(expectedBytes(frames.length));
  let [begin, from] = [0, 0];
  for (let block = 0; block < count; block++) {
    const origin = block * constellationBlockFrames;
    let end = from;
    while (end < frames.length && (frames[end] as number) < origin + constellationBlockFrames) end++;
    packPeaks(bits, source, { from, end }, origin, referenceRankCount);
    const written = bits.written();
    view.setUint32(block * entryBytes, written.length, true);
    view.setUint32(block * entryBytes + 4, end, true);
    view.setUint32(block * entryBytes + 8, crc32(written.subarray(begin)), true);
    [begin, from] = [written.length, end];
  }
  return { bytes: Buffer.concat([directory, bits.written()]), checksum: crc32(directory) };
}

/** The peaks of all blocks from that of one frame to that of another; undefined where a checksum does not fit. */
export function unpackBlocks(of: BlocksOf, fromFrame: number, untilFrame: number): Constellation | undefined {
  const count = blockCountOf(of.frameCount);
  const directory = readDirectory(of, count);
  if (directory === undefined) return undefined;
  const beginOf = (block: number) => (block <= 0 ? 0 : directory.getUint32((block - 1) * entryBytes, true));
  const peakOf = (block: number) =>
    block <= 0 ? 0 : directory.getUint32((block - 1) * entryBytes + 4, true);
  const first = Math.max(0, Math.min(count, Math.floor(fromFrame / constellationBlockFrames)));
  const end = Math.max(first, Math.min(count, Math.floor(untilFrame / constellationBlockFrames) + 1));
  const [begin, firstPeak] = [beginOf(first), peakOf(first)];
  const at = of.begin + count * entryBytes;
  if (at + beginOf(end) > of.end) return undefined;
  const bytes = readPacked(of.source, at + begin, at + beginOf(end));
  const target = roomFor(peakOf(end) - firstPeak);
  for (let block = first; block < end; block++) {
    const own = bytes.subarray(beginOf(block) - begin, beginOf(block + 1) - begin);
    if (crc32(own) !== directory.getUint32(block * entryBytes + 8, true)) return undefined;
    const origin = block * constellationBlockFrames;
    const peaks = { from: peakOf(block) - firstPeak, count: peakOf(block + 1) - peakOf(block) };
    const times = { origin, last: origin + constellationBlockFrames - 1 };
    if (unpackInto(target, peaks, own, times, referenceRankCount) !== own.length) return undefined;
  }
  return target;
}

/** Whether all bytes of a reference are as they were packed. */
export function areBlocksWhole(packed: Uint8Array, checksum: number, frameCount: number): boolean {
  const count = blockCountOf(frameCount);
  const directory = packed.subarray(0, count * entryBytes);
  if (directory.length < count * entryBytes || crc32(directory) !== checksum) return false;
  const view = new DataView(directory.buffer, directory.byteOffset, directory.length);
  let at = directory.length;
  for (let block = 0; block < count; block++) {
    const end = directory.length + view.getUint32(block * entryBytes, true);
    if (
      end > packed.length ||
      crc32(packed.subarray(at, end)) !== view.getUint32(block * entryBytes + 8, true)
    )
      return false;
    at = end;
  }
  return at === packed.length;
}

function readDirectory({ source, begin, end, checksum }: BlocksOf, blocks: number): DataView | undefined {
  if (begin + blocks * entryBytes > end) return undefined;
  const bytes = readPacked(source, begin, begin + blocks * entryBytes);
  return crc32(bytes) === checksum
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : undefined;
}

function blockCountOf(frameCount: number): number {
  return Math.ceil(frameCount / constellationBlockFrames);
}

function roomFor(peakCount: number): Constellation {
  return {
    frames: new Uint32Array(peakCount),
    steps: new Uint16Array(peakCount),
    ranks: new Uint8Array(peakCount),
  };
}
