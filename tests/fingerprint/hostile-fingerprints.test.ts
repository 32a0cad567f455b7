/** What strangers may send in place of a fingerprint: each ends in a coded refusal or a fingerprint, and soon. */
import { crc32 } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { WorkerError } from '../../workers/errors.ts';
import {
  decodeFingerprint,
  encodeFingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { mutations, type Random, seededRandom } from '../audio/mutation.ts';
import { fingerprintUploads } from './bundled-fingerprints.ts';

const fileCount = 10_000;
/** Share of mutated files that get a right checksum again, so that the damage reaches the parser behind it. */
const sealedShare = 0.85;
const headerBytes = 56;
/** Wall time one file may take: the largest takes a millisecond; the rest is for a busy machine. */
const maxMs = 500;
const maxGrowthMib = 200;

const integers = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** Damage that knows the format, beside that which any file may meet. */
const knowing: Record<string, (file: Buffer, other: Buffer, random: Random) => Buffer> = {
  'a header field that lies': (file, _, random) => {
    const at = [4, 5, 6, 8, 12, 16, 20][random.below(7)] as number;
    const value =
      random.share() < 0.5 ? (integers[random.below(integers.length)] as number) : random.below(2 ** 32);
    if (at < 6) file.writeUInt8(value & 3, at);
    else if (at === 6) file.writeUInt16LE(value & 0xffff, at);
    else file.writeUInt32LE(value, at);
    return file;
  },
  'a header field that is off by a little': (file, _, random) => {
    const at = [8, 12, 16, 20][random.below(4)] as number;
    file.writeUInt32LE((file.readUInt32LE(at) + random.below(9) - 4) >>> 0, at);
    return file;
  },
  'lengths that add up and lie': (file, _, random) => {
    const moved = random.below(200) - 100;
    file.writeUInt32LE((file.readUInt32LE(16) + moved) >>> 0, 16);
    file.writeUInt32LE((file.readUInt32LE(20) - moved) >>> 0, 20);
    return file;
  },
  'a few bits of the constellation': (file, _, random) => {
    for (let left = 1 + random.below(4); left > 0; left--) {
      const at = headerBytes + random.below(file.length - headerBytes - 4);
      file[at] = (file[at] as number) ^ (1 << random.below(8));
    }
    return file;
  },
  'a bit of the last byte of the constellation': (file, _, random) => {
    const at = headerBytes + file.readUInt32LE(16) - 1;
    file[at] = (file[at] as number) ^ (1 << random.below(8));
    return file;
  },
  'ones over the constellation': (file, _, random) => {
    const from = headerBytes + random.below(file.length - headerBytes - 4);
    return file.fill(0xff, from, Math.min(file.length - 4, from + random.below(2000)));
  },
  'the header of one and the body of another': (file, other) =>
    Buffer.concat([file.subarray(0, headerBytes), other.subarray(headerBytes)]),
  'cut short, with lengths that say so': (file, _, random) => {
    const packedBytes = random.below(file.readUInt32LE(16));
    const cut = Buffer.concat([file.subarray(0, headerBytes + packedBytes), Buffer.alloc(4)]);
    cut.writeUInt32LE(packedBytes, 16);
    cut.writeUInt32LE(0, 20);
    return cut;
  },
  'longer, with lengths that say so': (file, _, random) => {
    const added = random.below(1 << random.below(17));
    const longer = Buffer.concat([
      file.subarray(0, -4),
      Buffer.alloc(added, random.below(256)),
      file.subarray(-4),
    ]);
    longer.writeUInt32LE(file.readUInt32LE(20) + added, 20);
    return longer;
  },
};
const kinds = Object.values({ ...mutations, ...knowing });

let originals: Buffer[];
beforeAll(async () => {
  const uploads = await fingerprintUploads();
  originals = uploads.flatMap(({ bytes, fingerprint }) => [
    Buffer.from(bytes),
    Buffer.from(encodeFingerprint(thinToReference(fingerprint))),
  ]);
}, 60_000);

test(`${fileCount} mutated fingerprints are refused with a code or read as what they are`, () => {
  const tally = { read: 0, FINGERPRINT_MALFORMED: 0, FINGERPRINT_VERSION_UNSUPPORTED: 0 };
  let slowest = 0;
  const before = process.memoryUsage().rss;
  for (let seed = 1; seed <= fileCount; seed++) {
    const random = seededRandom(seed);
    const pick = <Item>(items: readonly Item[]) => items[random.below(items.length)] as Item;
    const mutate = pick(kinds);
    const mutated = mutate(Buffer.from(pick(originals)), pick(originals), random);
    const bytes = random.share() < sealedShare ? sealed(mutated) : mutated;
    const from = performance.now();
    const outcome = outcomeOf(bytes, `seed ${seed}`);
    slowest = Math.max(slowest, performance.now() - from);
    tally[outcome]++;
  }
  expect(slowest).toBeLessThan(maxMs);
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(maxGrowthMib);
  // A mutation that nothing survives would test the front door only.
  expect(tally.read, JSON.stringify(tally)).toBeGreaterThan(fileCount / 20);
  expect(tally.FINGERPRINT_MALFORMED).toBeGreaterThan(fileCount / 3);
});

function outcomeOf(bytes: Buffer, seed: string) {
  try {
    const read = decodeFingerprint(bytes);
    expect(
      Buffer.from(encodeFingerprint(read)).equals(bytes),
      `${seed}: written again it is other bytes`,
    ).toBe(true);
    return 'read' as const;
  } catch (error) {
    if (!(error instanceof WorkerError)) throw new Error(seed, { cause: error });
    expect(error.message).toMatch(/^This (is not a whole fingerprint|fingerprint cannot be used here): /);
    if (error.code === 'FINGERPRINT_MALFORMED' || error.code === 'FINGERPRINT_VERSION_UNSUPPORTED')
      return error.code;
    throw new Error(`${seed}: ${error.code}`, { cause: error });
  }
}

function sealed(bytes: Buffer): Buffer {
  if (bytes.length >= 4) bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}
