/** Bytes from a disk: whether they are a segment of this build's format, whole and undamaged. */
import { areBlocksWhole } from './constellation-blocks.ts';
import {
  headerBytes,
  layoutSegment,
  type SegmentViews,
  segmentChecksum,
  segmentFormatVersion,
  segmentMagic,
} from './segment.ts';

/** Bytes of the two runs of a file. */
export type SegmentSizes = { readonly bytes: number; readonly constellations: number };

/** From the first bytes of a file, how long its runs are; or what is wrong with it. */
export function readSegmentSizes(file: Uint8Array, fileBytes: number): SegmentSizes | string {
  if (file.length < headerBytes)
    return `a segment has at least ${headerBytes} bytes, this has ${file.length}`;
  const header = new DataView(file.buffer, file.byteOffset, headerBytes);
  if (header.getUint32(0, true) !== segmentMagic) return 'this is no index segment';
  const version = header.getUint32(4, true);
  if (version !== segmentFormatVersion)
    return `format version ${version}, this build reads ${segmentFormatVersion}`;
  const sizes = { bytes: header.getFloat64(32, true), constellations: header.getFloat64(48, true) };
  const slotBits = header.getUint32(20, true);
  const laidOut = layoutSegment(header.getUint32(12, true), header.getUint32(16, true), slotBits).bytes;
  if (laidOut !== sizes.bytes || sizes.bytes + sizes.constellations !== fileBytes)
    return 'its length is not the one it was written with';
  return sizes;
}

/** Says what is wrong with the first run; undefined where nothing is. */
export function checkSegment(bytes: SharedArrayBuffer): string | undefined {
  const header = new DataView(bytes, 0, headerBytes);
  return header.getUint32(28, true) === segmentChecksum(bytes) ? undefined : 'its checksum does not fit';
}

/** Bytes of constellations that are in memory at once, but for one that has more. */
const chunkBytes = 4 * 2 ** 20;

/** The same of the second run, which `read` gives the bytes of, from one of them up to another. */
export async function checkConstellations(
  { referenceCount, frameCounts, constellationBegins, constellationChecksums }: SegmentViews,
  read: (begin: number, end: number) => Promise<Uint8Array>,
): Promise<string | undefined> {
  const beginOf = (index: number) => constellationBegins[index] as number;
  for (let first = 0; first < referenceCount; ) {
    let last = first + 1;
    while (last < referenceCount && beginOf(last + 1) - beginOf(first) <= chunkBytes) last++;
    const chunk = await read(beginOf(first), beginOf(last));
    for (; first < last; first++) {
      const origin = beginOf(last) - chunk.length;
      const packed = chunk.subarray(beginOf(first) - origin, beginOf(first + 1) - origin);
      if (!areBlocksWhole(packed, constellationChecksums[first] as number, frameCounts[first] as number))
        return `the checksum of constellation ${first} does not fit`;
    }
  }
  return undefined;
}
