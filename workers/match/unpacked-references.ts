/** Constellations of references that a scan has unpacked, each as far as it was needed. */
import type { Constellation } from '../fingerprint/constellation.ts';
import { getConstellation } from '../index/reference-constellation.ts';
import type { Segment } from '../index/segment.ts';

/** Kept during a scan: about 20 MB. */
const maxKept = 512;

type Kept = {
  readonly constellation: Constellation;
  readonly fromFrame: number;
  readonly untilFrame: number;
};

export class UnpackedReferences {
  readonly #kept = new Map<string, Kept>();

  /** Its peaks from one frame up to another at least. */
  get(
    referenceId: string,
    segment: Segment,
    index: number,
    fromFrame: number,
    untilFrame: number,
  ): Constellation {
    const kept = this.#kept.get(referenceId);
    if (kept !== undefined && kept.fromFrame <= Math.max(0, fromFrame) && kept.untilFrame >= untilFrame)
      return kept.constellation;
    // Who is asked for again is likely to be asked for once more.
    const [from, until] = kept === undefined ? [fromFrame, untilFrame] : [0, Number.POSITIVE_INFINITY];
    const constellation = getConstellation(segment, index, from, until);
    if (kept === undefined && this.#kept.size >= maxKept) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as string);
    }
    this.#kept.set(referenceId, { constellation, fromFrame: from, untilFrame: until });
    return constellation;
  }
}
