import fc from 'fast-check';
import { expect, test } from 'vitest';
import { referenceRankCount } from '../../workers/fingerprint/parameters.ts';
import {
  areBlocksWhole,
  constellationBlockFrames,
  packBlocks,
  unpackBlocks,
} from '../../workers/index/constellation-blocks.ts';
import { anyConstellation } from '../fingerprint/arbitrary.ts';

const frameCount = 5000;
const anyReference = anyConstellation({ frameCount, maxPeaks: 300, ranks: referenceRankCount });

/** Bytes as they lie between others. */
function placed({ bytes, checksum }: ReturnType<typeof packBlocks>) {
  const source = new SharedArrayBuffer(bytes.length + 20);
  new Uint8Array(source).set(bytes, 7);
  return { source, begin: 7, end: 7 + bytes.length, checksum, frameCount };
}

test('all blocks give back what was packed', () => {
  fc.assert(
    fc.property(anyReference, (constellation) => {
      const of = placed(packBlocks(constellation, frameCount));
      expect(unpackBlocks(of, 0, Number.POSITIVE_INFINITY)).toEqual(constellation);
    }),
  );
});

test('some blocks hold every peak between two frames, and none that is further from them than a block', () => {
  const anyFrame = fc.integer({ min: -1000, max: frameCount + 1000 });
  fc.assert(
    fc.property(anyReference, anyFrame, anyFrame, (constellation, one, other) => {
      const [from, until] = [Math.min(one, other), Math.max(one, other)];
      const of = placed(packBlocks(constellation, frameCount));
      const { frames } = unpackBlocks(of, from, until) ?? { frames: undefined };
      const between = (reach: number) =>
        constellation.frames.filter((frame) => frame >= from - reach && frame <= until + reach);
      expect([...(frames ?? [])]).toEqual(expect.arrayContaining([...between(0)]));
      expect([...between(constellationBlockFrames)]).toEqual(expect.arrayContaining([...(frames ?? [])]));
    }),
  );
});

test('a bit that has changed is seen: by a look at its block, and by who looks at all', () => {
  fc.assert(
    fc.property(anyReference, fc.nat(), (constellation, place) => {
      const packed = packBlocks(constellation, frameCount);
      const at = place % (packed.bytes.length * 8);
      expect(areBlocksWhole(packed.bytes, packed.checksum, frameCount)).toBe(true);
      const bytes = packed.bytes.slice();
      bytes[at >> 3] = (bytes[at >> 3] as number) ^ (1 << (at & 7));
      expect(areBlocksWhole(bytes, packed.checksum, frameCount)).toBe(false);
      expect(areBlocksWhole(bytes.subarray(0, -1), packed.checksum, frameCount)).toBe(false);
      const of = placed({ bytes, checksum: packed.checksum });
      expect(unpackBlocks(of, 0, Number.POSITIVE_INFINITY)).toBeUndefined();
    }),
  );
});
