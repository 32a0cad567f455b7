/** Seeded damage to files: the same seed does the same, so that a failure can be looked at again. */
export type Random = {
  /** In [0, 1). */
  share(): number;
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
};

/** mulberry32, public domain. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const share = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { share, below: (below) => Math.floor(share() * below) };
}

const headBytes = 200;
const extremes = [0x00, 0x01, 0x7f, 0x80, 0xff];

/** Each takes a copy of a file, and another file to take parts from. */
export const mutations: Record<string, (file: Buffer, other: Buffer, random: Random) => Buffer> = {
  'flipped bits': (file, _, random) => {
    for (let left = 1 + random.below(50); left > 0; left--) {
      const at = random.below(file.length);
      file[at] = (file[at] ?? 0) ^ (1 << random.below(8));
    }
    return file;
  },
  'cut short': (file, _, random) => file.subarray(0, random.below(file.length)),
  'a piece of another file inside': (file, other, random) => {
    const from = random.below(other.length);
    const piece = other.subarray(from, from + random.below(20_000));
    return Buffer.concat([
      file.subarray(0, random.below(file.length)),
      piece,
      file.subarray(random.below(file.length)),
    ]);
  },
  'a lying header': (file, _, random) => {
    for (let left = 1 + random.below(8); left > 0; left--) {
      file[random.below(Math.min(headBytes, file.length))] =
        extremes[random.below(extremes.length + 1)] ?? random.below(256);
    }
    return file;
  },
  'noise over it': (file, _, random) => {
    for (let left = 1 + random.below(3000); left > 0; left--)
      file[random.below(file.length)] = random.below(256);
    return file;
  },
  'a piece missing': (file, _, random) => {
    const at = random.below(file.length);
    return Buffer.concat([file.subarray(0, at), file.subarray(at + random.below(5000))]);
  },
};
