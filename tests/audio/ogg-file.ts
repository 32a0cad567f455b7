/** Takes Ogg files apart into pages, and puts pages together with checksums that hold. */
import { pageChecksum } from '../../workers/audio/ogg-pages.ts';

export function splitPages(file: Uint8Array): Buffer[] {
  const bytes = Buffer.from(file);
  const pages: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const segmentCount = bytes[at + 26] ?? 0;
    let end = at + 27 + segmentCount;
    for (const length of bytes.subarray(at + 27, at + 27 + segmentCount)) end += length;
    pages.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return pages;
}

/** Rewrites the checksum of a page that was changed. */
export function sealPage(page: Buffer): Buffer {
  page.writeUInt32LE(pageChecksum(page), 22);
  return page;
}

/** Rewrites the checksum of every page that can be found in `file`. */
export function sealPages(file: Buffer): Buffer {
  for (let at = file.indexOf('OggS'); at !== -1; at = file.indexOf('OggS', at + 4)) {
    const segmentCount = file[at + 26] ?? 0;
    let end = at + 27 + segmentCount;
    for (const length of file.subarray(at + 27, at + 27 + segmentCount)) end += length;
    if (end <= file.length) sealPage(file.subarray(at, end));
  }
  return file;
}

/** One page that holds whole packets of under 255 bytes each. */
export function oggPage(
  packets: readonly Uint8Array[],
  { flags = 0, granule = 0n, sequence = 0, serial = 1 } = {},
): Buffer {
  const head = Buffer.alloc(27 + packets.length);
  head.write('OggS', 'latin1');
  head[5] = flags;
  head.writeBigInt64LE(granule, 6);
  head.writeUInt32LE(serial, 14);
  head.writeUInt32LE(sequence, 18);
  head[26] = packets.length;
  packets.forEach((packet, i) => {
    head[27 + i] = packet.length;
  });
  return sealPage(Buffer.concat([head, ...packets]));
}
