/**
 * The descriptor track: how the sound is, second by second, in eleven bytes a second. It says silence from
 * noise from tone, and is what pages draw; it is not what matches.
 *
 * Bytes of one second, taken from 64 ms in its middle (512 samples at 8 kHz):
 *   0      RMS level, dB below full scale × 2, 255 = −127.5 dB or less
 *   1      total loudness (Meyda, Bark bands), × 4
 *   2      spectral flatness × 255: 0 a tone, 255 noise
 *   3      spectral centroid, FFT bins
 *   4      zero-crossing rate: crossings in 512 samples, ÷ 2
 *   5–10   chroma, twelve times four bits, C first, high half first
 */
import Meyda, { type MeydaFeaturesObject } from 'meyda';
import { sampleRateHz } from './parameters.ts';

const windowSamples = 512;

/** Meyda's types describe its CommonJS build; the object itself is the default export. */
const meyda = Meyda as unknown as typeof Meyda.default;
meyda.bufferSize = windowSamples;
meyda.sampleRate = sampleRateHz;
meyda.windowingFunction = 'hanning';
const features = ['rms', 'loudness', 'spectralFlatness', 'spectralCentroid', 'zcr', 'chroma'] as const;

export class DescriptorTrack {
  readonly #bytes: number[] = [];
  readonly #window = new Float32Array(windowSamples);
  #samples = 0;

  /** 8 kHz samples. */
  push(samples: Float32Array): void {
    const from = (sampleRateHz - windowSamples) / 2;
    let at = 0;
    while (at < samples.length) {
      const second = this.#samples % sampleRateHz;
      const end = second < from ? from : second < from + windowSamples ? from + windowSamples : sampleRateHz;
      const count = Math.min(end - second, samples.length - at);
      if (second >= from && second < from + windowSamples) {
        this.#window.set(samples.subarray(at, at + count), second - from);
        if (second + count === from + windowSamples) this.#describe();
      }
      this.#samples += count;
      at += count;
    }
  }

  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  #describe(): void {
    const found = meyda.extract([...features], this.#window) as Partial<MeydaFeaturesObject> | null;
    const rms = found?.rms ?? 0;
    this.#bytes.push(
      byte(rms > 0 ? -40 * Math.log10(rms) : 255),
      byte((found?.loudness?.total ?? 0) * 4),
      byte((found?.spectralFlatness ?? 0) * 255),
      byte(found?.spectralCentroid ?? 0),
      byte((found?.zcr ?? 0) / 2),
    );
    const chroma = found?.chroma ?? [];
    for (let i = 0; i < 12; i += 2) this.#bytes.push((nibble(chroma[i]) << 4) | nibble(chroma[i + 1]));
  }
}

/** Silence has no centroid and no flatness: Meyda says NaN, the track says 0. */
function byte(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(0, Math.min(255, Math.round(value)));
}

function nibble(value: number | undefined): number {
  return byte((value ?? 0) * 15) & 15;
}
