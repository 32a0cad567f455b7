/**
 * Which of a stream's decoded samples are to be heard, by the granule positions of its pages: encoders code more
 * than the recording at either end (Vorbis I appendix A.2, RFC 7845 sections 4.2 to 4.5).
 *
 * Positions count decoded samples from the first one. What is decoded on the first page is held back until
 * the page is done, because only then is it known where the stream begins. A codec that hands on one sample for
 * several is counted in the stream's own; what is cut falls on the nearest of its samples.
 */
import type { OnPlanar } from './ogg-codec.ts';

export type HearSamples = (channels: readonly Float32Array[], from: number, to: number) => void;

/** A first page is a second or so; one that lasts longer was made to fill the memory. */
const maxHeldSamples = 2 ** 19;

export class GranuleTrim {
  readonly #hear: HearSamples;
  readonly #decimation: number;
  #firstHeard: number;
  #endHeard = Number.POSITIVE_INFINITY;
  #decodedSamples = 0;
  /** The granule position of the first decoded sample; undefined until a page told. */
  #startGranule: number | undefined;
  #heldSamples = 0;
  #held: { channels: Float32Array[]; sampleCount: number }[] = [];

  constructor(
    { preSkipSamples, decimation = 1 }: { readonly preSkipSamples: number; readonly decimation?: number },
    hear: HearSamples,
  ) {
    this.#firstHeard = preSkipSamples;
    this.#decimation = decimation;
    this.#hear = hear;
  }

  /** Called before a page's packets are decoded. */
  beginPage(granule: number | undefined, isLast: boolean): void {
    if (!isLast || granule === undefined || this.#startGranule === undefined) return;
    this.#endHeard = Math.max(0, granule - this.#startGranule);
  }

  take: OnPlanar = (channels, sampleCount) => {
    if (this.#startGranule !== undefined) {
      this.#pass(channels, sampleCount);
      return;
    }
    this.#held.push({ channels: channels.map((channel) => channel.slice(0, sampleCount)), sampleCount });
    this.#heldSamples += sampleCount * this.#decimation;
    if (this.#heldSamples > maxHeldSamples) this.flush();
  };

  /** Called when the packets of a page with a granule are decoded. */
  endPage(granule: number, isLast: boolean): void {
    if (this.#startGranule !== undefined || this.#held.length === 0) return;
    const heldSamples = this.#heldSamples;
    const start = granule - heldSamples;
    // Before zero: on a first page samples to drop from the front, on an only page samples to drop from the end.
    if (start < 0 && isLast) this.#endHeard = Math.max(0, heldSamples + start);
    if (start < 0 && !isLast) this.#firstHeard = Math.max(this.#firstHeard, -start);
    this.#startGranule = isLast ? Math.max(0, start) : start;
    this.flush();
  }

  /** Lets go what was held back; for a stream whose pages never tell. */
  flush(): void {
    this.#startGranule ??= 0;
    const held = this.#held;
    this.#held = [];
    for (const { channels, sampleCount } of held) this.#pass(channels, sampleCount);
  }

  #pass(channels: readonly Float32Array[], sampleCount: number): void {
    const begin = this.#decodedSamples;
    this.#decodedSamples += sampleCount * this.#decimation;
    const from = Math.max(0, Math.round((this.#firstHeard - begin) / this.#decimation));
    const to = Math.min(sampleCount, Math.round((this.#endHeard - begin) / this.#decimation));
    if (to > from) this.#hear(channels, from, to);
  }
}
