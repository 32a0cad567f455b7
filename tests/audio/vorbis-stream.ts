/**
 * Vorbis streams nobody's encoder writes: setup headers of chosen kinds, and packets whose residue is chance, which to
 * Huffman codes is as good as music. Their floors fall off below 5 kHz as music does: what lies above leaks below where
 * blocks do not belong together.
 */
import type { Random } from './mutation.ts';

class BitWriter {
  readonly #bits: number[] = [];

  put(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.#bits.push(Math.floor(value / 2 ** i) % 2);
    return this;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, i) => {
      bytes[i >> 3] = (bytes[i >> 3] as number) | (bit << (i & 7));
    });
    return bytes;
  }
}

export type Book = {
  readonly dimensions: number;
  /** Of each entry's code, 0 where it has none. */
  readonly lengths: readonly number[];
  readonly isOrdered?: boolean;
  readonly lookup?: {
    readonly type: 1 | 2;
    readonly values: readonly number[];
    readonly isSequence?: boolean;
  };
};

export type Shape = {
  readonly channels: number;
  readonly residueType: 0 | 1 | 2;
  /** Submap of each channel. */
  readonly submaps: readonly number[];
  readonly couplings: readonly (readonly [number, number])[];
  readonly begin?: number;
  readonly multiplier?: number;
  readonly blocks?: readonly [number, number];
  readonly sampleRateHz?: number;
  readonly books?: readonly Book[];
  /** Of each mode whether its block is long. */
  readonly modes?: readonly number[];
};

const even = (count: number, length: number) => Array.from({ length: count }, () => length);
/** 1, 2, 3 and so on: one code of each length, the last of them twice. */
const uneven = (count: number) => Array.from({ length: count }, (_, i) => Math.min(i + 1, count - 1));

/** Class book, floor's master and values, then the residue's, of every kind there is. */
export const everyKindOfBook: readonly Book[] = [
  { dimensions: 2, lengths: even(64, 6), isOrdered: true },
  { dimensions: 1, lengths: even(4, 2) },
  { dimensions: 1, lengths: even(64, 6) },
  { dimensions: 2, lengths: even(16, 4), lookup: { type: 1, values: [0, 1, 3, 4] } },
  {
    dimensions: 4,
    lengths: uneven(8),
    lookup: { type: 2, values: Array.from({ length: 32 }, (_, i) => (i * 7) % 5) },
  },
  { dimensions: 1, lengths: [0, 1, 0], lookup: { type: 1, values: [0, 3, 4] } },
  { dimensions: 8, lengths: even(256, 8), lookup: { type: 1, values: [1, 3] } },
  { dimensions: 2, lengths: uneven(25), lookup: { type: 1, values: [0, 1, 2, 3, 4] } },
  {
    dimensions: 4,
    lengths: [0, ...even(8, 4), 0, ...even(2, 2), 0, 0, 0, 0],
    lookup: { type: 1, values: [1, 2], isSequence: true },
  },
];

const signature = (type: number) => [type, ...Buffer.from('vorbis')];

export function identificationHeader({
  channels,
  sampleRateHz = 44_100,
  blocks = [256, 2048],
}: Shape): Uint8Array {
  const head = Buffer.alloc(30);
  head.set(signature(1));
  head[11] = channels;
  head.writeUInt32LE(sampleRateHz, 12);
  head[28] = Math.log2(blocks[0]) | (Math.log2(blocks[1]) << 4);
  head[29] = 1;
  return head;
}

export function setupHeader(shape: Shape): Uint8Array {
  const {
    channels,
    residueType,
    submaps,
    couplings,
    begin = 0,
    multiplier = 1,
    blocks = [256, 2048],
  } = shape;
  const { books = everyKindOfBook, modes = [0, 1] } = shape;
  const bits = new BitWriter();
  for (const byte of signature(5)) bits.put(byte, 8);
  bits.put(books.length - 1, 8);
  for (const book of books) putBook(bits, book);
  bits.put(0, 6).put(0, 16).put(1, 6);
  for (const points of blocks) putFloor(bits, multiplier, placeBits(points, shape));
  putResidue(bits, { residueType, begin, end: (blocks[1] / 2) * channels, classes: books.length - 1 });
  bits.put(1, 6);
  for (const floor of [0, 1]) putMapping(bits, { channels, submaps, couplings, floor });
  bits.put(modes.length - 1, 6);
  for (const isLong of modes) bits.put(isLong, 1).put(0, 32).put(isLong, 8);
  return bits.put(1, 1).bytes();
}

/** Places are sixteenths of 2 to this power; the seventh lies below 5 kHz. */
function placeBits(points: number, { sampleRateHz = 44_100 }: Shape): number {
  return Math.max(4, Math.floor(Math.log2((points * 5000) / sampleRateHz / 0.45)));
}

/** Of a short or a long block: a floor for each channel, and `bytes` of chance. */
export function packetOfChance(
  random: Random,
  { channels, multiplier = 1 }: Shape,
  {
    isLong,
    bytes,
    modeBits = 1,
  }: { readonly isLong: boolean; readonly bytes: number; readonly modeBits?: number },
): Uint8Array {
  const bits = new BitWriter().put(0, 1).put(isLong ? 1 : 0, modeBits);
  if (isLong) bits.put(3, 2);
  for (let channel = 0; channel < channels; channel++) {
    const isThere = random.share() < 0.9;
    bits.put(isThere ? 1 : 0, 1);
    if (!isThere) continue;
    const heightBits = [8, 7, 7, 6][multiplier - 1] as number;
    bits.put(48, heightBits).put(0, heightBits);
    // 27 is on the line at the seventh place; a difference of 53 goes down to 0, and there it stays.
    for (const value of [53, 0, 0]) putCode(bits, value, 6);
    for (let partition = 0; partition < 2; partition++) {
      const subclasses = random.below(4);
      putCode(bits, subclasses, 2);
      for (let post = 0; post < 3; post++) {
        if ((subclasses >> post) & 1) putCode(bits, random.below(64), 6);
      }
    }
  }
  for (let i = 0; i < bytes; i++) bits.put(random.below(256), 8);
  return bits.bytes();
}

/** Of a book whose codes are all of one length: they are the entries' numbers, highest bit first. */
function putCode(bits: BitWriter, entry: number, length: number): void {
  for (let bit = length - 1; bit >= 0; bit--) bits.put((entry >> bit) & 1, 1);
}

function putBook(bits: BitWriter, { dimensions, lengths, isOrdered, lookup }: Book): void {
  bits.put(0x564342, 24).put(dimensions, 16).put(lengths.length, 24);
  if (isOrdered) {
    bits
      .put(1, 1)
      .put((lengths[0] as number) - 1, 5)
      .put(lengths.length, bitLength(lengths.length));
  } else {
    const isSparse = lengths.includes(0);
    bits.put(0, 1).put(isSparse ? 1 : 0, 1);
    for (const length of lengths) {
      if (isSparse) bits.put(length === 0 ? 0 : 1, 1);
      if (length > 0) bits.put(length - 1, 5);
    }
  }
  bits.put(lookup?.type ?? 0, 4);
  if (lookup === undefined) return;
  // From −1 on in halves.
  bits
    .put(packFloat(-1), 32)
    .put(packFloat(0.5), 32)
    .put(2, 4)
    .put(lookup.isSequence ? 1 : 0, 1);
  for (const value of lookup.values) bits.put(value, 3);
}

function putFloor(bits: BitWriter, multiplier: number, range: number): void {
  const places = [7, 10, 13, 1, 3, 5, 2, 4, 6];
  bits.put(1, 16).put(3, 5).put(1, 4).put(0, 4).put(0, 4);
  // Class 0: three values by subclasses, of which one has no book. Class 1: three values by one book.
  bits.put(2, 3).put(1, 2).put(1, 8).put(0, 8).put(3, 8);
  bits.put(2, 3).put(0, 2).put(3, 8);
  bits.put(multiplier - 1, 2).put(range, 4);
  for (const place of places) bits.put(place * 2 ** (range - 4), range);
}

function putResidue(
  bits: BitWriter,
  { residueType, begin, end, classes }: { residueType: number; begin: number; end: number; classes: number },
): void {
  // Eight classes: none, and each of the books of vectors, in this pass or that one or both.
  bits.put(0, 6).put(residueType, 16).put(begin, 24).put(end, 24).put(15, 24).put(7, 6).put(0, 8);
  const cascades = [0, 1, 1, 2, 4, 129, 3, 1];
  for (const cascade of cascades) {
    bits.put(cascade & 7, 3).put(cascade > 7 ? 1 : 0, 1);
    if (cascade > 7) bits.put(cascade >> 3, 5);
  }
  let book = 0;
  for (const cascade of cascades) {
    for (let pass = 0; pass < 8; pass++) {
      if ((cascade >> pass) & 1) bits.put(3 + (book++ % (classes - 2)), 8);
    }
  }
}

function putMapping(
  bits: BitWriter,
  { channels, submaps, couplings, floor }: Omit<Shape, 'residueType'> & { readonly floor: number },
): void {
  const submapCount = Math.max(...submaps) + 1;
  bits.put(0, 16).put(submapCount > 1 ? 1 : 0, 1);
  if (submapCount > 1) bits.put(submapCount - 1, 4);
  bits.put(couplings.length > 0 ? 1 : 0, 1);
  if (couplings.length > 0) bits.put(couplings.length - 1, 8);
  for (const pair of couplings) for (const channel of pair) bits.put(channel, bitLength(channels - 1));
  bits.put(0, 2);
  if (submapCount > 1) for (const submap of submaps) bits.put(submap, 4);
  for (let i = 0; i < submapCount; i++) bits.put(0, 8).put(floor, 8).put(0, 8);
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

/** Vorbis's own floating point (section 9.2.2), of numbers that are a whole number of 1/1024. */
function packFloat(value: number): number {
  return (value < 0 ? 2 ** 31 : 0) + (788 - 10) * 2 ** 21 + Math.abs(value) * 1024;
}
