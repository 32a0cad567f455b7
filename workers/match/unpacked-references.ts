/** Constellations of references that a scan has unpacked, each as far as it was needed. */
import type { Constellation } from '../fingerprint/constellation.ts';
import { getConstellation } from '../index/reference-constellation.ts';
import type { Segment } from '../index/segment.ts';

/** Kept during a scan: about 20 MB. */
const maxKept = 512;

export class UnpackedReferences {
  readonly #kept = new Map<string, { readonly constellation: Constellation; readonly untilFrame: number }>();

  /** Its peaks up to a frame at least. */
  get(referenceId: string, segment: Segment, index: number, untilFrame: number): Constellation {
    const kept = this.#kept.get(referenceId);
    if (kept !== undefined && kept.untilFrame >= untilFrame) return kept.constellation;
    const constellation = getConstellation(segment, index, untilFrame);
    if (kept === undefined && this.#kept.size >= maxKept) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as string);
    }
    this.#kept.set(referenceId, { constellation, untilFrame });
    return constellation;
  }
}
