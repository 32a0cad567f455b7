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
import Meyda from 'meyda';
import { amplitudeSpectrum } from './amplitude-spectrum.ts';
import { sampleRateHz } from './parameters.ts';

const windowSamples = 512;

/** Meyda's types describe its CommonJS build; the object itself is the default export. */
const meyda = Meyda as unknown as typeof Meyda.default;
meyda.bufferSize = windowSamples;
meyda.sampleRate = sampleRateHz;
meyda.windowingFunction = 'hanning';
/** Meyda makes its tables with the first extraction. */
meyda.extract('rms', new Float32Array(windowSamples));

type Extractors = {
  readonly rms: (given: Given) => number;
  readonly loudness: (given: Given) => { readonly total: number };
  readonly spectralFlatness: (given: Given) => number;
  readonly spectralCentroid: (given: Given) => number;
  readonly zcr: (given: Given) => number;
};
type Given = {
  readonly signal: Float64Array;
  readonly ampSpectrum: Float32Array;
  readonly barkScale: Float32Array;
};
/**
 * Its extractors are called one by one: `extract` computes sines again in every transform, and walks
 * through arrays by callbacks, most of the track's time. What comes out is the same to the last bit.
 */
const { featureExtractors, barkScale, chromaFilterBank } = meyda as unknown as {
  readonly featureExtractors: Extractors;
  readonly barkScale: Float32Array;
  readonly chromaFilterBank: readonly (readonly number[])[];
};
const chromaRows = chromaFilterBank.map((row) => Float64Array.from(row));

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
    const { signal, ampSpectrum } = amplitudeSpectrum(this.#window);
    const given = { signal, ampSpectrum, barkScale };
    const rms = featureExtractors.rms(given);
    this.#bytes.push(
      byte(rms > 0 ? -40 * Math.log10(rms) : 255),
      byte(featureExtractors.loudness(given).total * 4),
      byte(featureExtractors.spectralFlatness(given) * 255),
      byte(featureExtractors.spectralCentroid(given)),
      byte(featureExtractors.zcr(given) / 2),
    );
    const chroma = chromaOf(ampSpectrum);
    for (let i = 0; i < 12; i += 2) this.#bytes.push((nibble(chroma[i]) << 4) | nibble(chroma[i + 1]));
  }
}

/** Meyda's, the largest of the twelve 1. */
function chromaOf(ampSpectrum: Float32Array): number[] {
  const sums = chromaRows.map((row) => {
    let sum = 0;
    for (let i = 0; i < ampSpectrum.length; i++) sum += (ampSpectrum[i] as number) * (row[i] as number);
    return sum;
  });
  const most = Math.max(...sums);
  return most ? sums.map((sum) => sum / most) : sums;
}

/** Silence has no centroid and no flatness: Meyda says NaN, the track says 0. */
function byte(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(0, Math.min(255, Math.round(value)));
}

function nibble(value: number | undefined): number {
  return byte((value ?? 0) * 15) & 15;
}
