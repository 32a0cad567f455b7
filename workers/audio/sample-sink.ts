/**
 * The one door through which decoded audio leaves, whichever decoder made it: mixes to mono, makes every
 * sample a number in [-1, 1], counts the time, and stops a file that breaks a limit.
 *
 * The mix is the plain average of all channels, in both decoders alike. Not ffmpeg's own `-ac 1`: its weights
 * depend on the channel layout and on the sample format (a 5.1 file leaves out the LFE, a float stereo file
 * comes out 3 dB hotter than a 16-bit one), so the same audio would give two fingerprints.
 */
import { WorkerError } from '../errors.ts';
import type { AudioLimits, OnSamples } from './decode.ts';

/** Samples handed on at once: a third of a second at 48 kHz, and it stays in the L2 cache. */
const chunkSamples = 16_384;

export class SampleSink {
  readonly #limits: AudioLimits;
  readonly #onSamples: OnSamples;
  readonly #deadlineMs: number;
  readonly #mono = new Float32Array(chunkSamples);
  #rateHz = 0;
  #samplesAtRate = 0;
  #msBefore = 0;

  constructor(limits: AudioLimits, onSamples: OnSamples) {
    this.#limits = limits;
    this.#onSamples = onSamples;
    this.#deadlineMs = performance.now() + limits.maxWallMs;
  }

  get durationMs(): number {
    return this.#msBefore + (this.#rateHz === 0 ? 0 : (this.#samplesAtRate / this.#rateHz) * 1000);
  }

  /** How long the file may still take. */
  get remainingWallMs(): number {
    return this.#deadlineMs - performance.now();
  }

  /** Throws `AUDIO_TIMEOUT` once the file has taken longer than it may. */
  checkWallTime = (): void => {
    if (this.remainingWallMs <= 0) throw this.timeout();
  };

  timeout(): WorkerError {
    return new WorkerError(
      'AUDIO_TIMEOUT',
      `expected to be done within ${this.#limits.maxWallMs} ms, had ${Math.floor(this.durationMs)} ms of audio by then`,
    );
  }

  /** Throws `AUDIO_UNREADABLE` for a rate or channel count no real recording has. */
  checkFormat(sampleRateHz: number, channelCount: number): void {
    const { minSampleRateHz, maxSampleRateHz, maxChannels } = this.#limits;
    if (!(sampleRateHz >= minSampleRateHz && sampleRateHz <= maxSampleRateHz)) {
      throw new WorkerError(
        'AUDIO_UNREADABLE',
        `expected a sample rate from ${minSampleRateHz} to ${maxSampleRateHz} Hz, received ${sampleRateHz} Hz`,
      );
    }
    if (!(channelCount >= 1 && channelCount <= maxChannels)) {
      throw new WorkerError(
        'AUDIO_UNREADABLE',
        `expected 1 to ${maxChannels} channels, received ${channelCount}`,
      );
    }
  }

  /** Takes one array per channel; samples `from` to `to` of each. */
  deliverPlanar(channels: readonly Float32Array[], from: number, to: number, sampleRateHz: number): void {
    const [first] = channels;
    if (channels.length === 1 && first !== undefined) {
      this.deliverInterleaved(first.subarray(from, to), 1, sampleRateHz);
      return;
    }
    this.checkFormat(sampleRateHz, channels.length);
    for (let offset = from; offset < to; offset += chunkSamples) {
      const count = Math.min(chunkSamples, to - offset);
      averagePlanar(channels, offset, this.#mono, count);
      this.#handOn(this.#mono.subarray(0, count), sampleRateHz);
    }
  }

  /** Takes frames of interleaved channels; a rest shorter than one frame is not looked at. */
  deliverInterleaved(samples: Float32Array, channelCount: number, sampleRateHz: number): void {
    this.checkFormat(sampleRateHz, channelCount);
    const frameCount = Math.floor(samples.length / channelCount);
    if (channelCount === 1 && areWithin(samples)) {
      for (let offset = 0; offset < frameCount; offset += chunkSamples) {
        this.#handOn(samples.subarray(offset, offset + chunkSamples), sampleRateHz);
      }
      return;
    }
    for (let offset = 0; offset < frameCount; offset += chunkSamples) {
      const count = Math.min(chunkSamples, frameCount - offset);
      averageInterleaved(samples, offset * channelCount, channelCount, this.#mono, count);
      this.#handOn(this.#mono.subarray(0, count), sampleRateHz);
    }
  }

  #handOn(mono: Float32Array, sampleRateHz: number): void {
    this.checkWallTime();
    if (sampleRateHz !== this.#rateHz) {
      this.#msBefore = this.durationMs;
      this.#samplesAtRate = 0;
      this.#rateHz = sampleRateHz;
    }
    this.#samplesAtRate += mono.length;
    if (this.durationMs > this.#limits.maxDurationMs) {
      throw new WorkerError(
        'AUDIO_TOO_LONG',
        `expected at most ${this.#limits.maxDurationMs} ms of audio, received more`,
      );
    }
    this.#onSamples(mono, sampleRateHz);
  }
}

function averagePlanar(channels: readonly Float32Array[], offset: number, out: Float32Array, count: number) {
  const [first, second] = channels.slice(0, 2).map((channel) => channel.subarray(offset, offset + count));
  if (first === undefined) return;
  if (second === undefined) {
    for (let i = 0; i < count; i++) out[i] = within(first[i] as number);
  } else if (channels.length === 2) {
    for (let i = 0; i < count; i++) out[i] = within(((first[i] as number) + (second[i] as number)) * 0.5);
  } else {
    const share = 1 / channels.length;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[offset + i] as number;
      out[i] = within(sum * share);
    }
  }
}

function averageInterleaved(
  samples: Float32Array,
  offset: number,
  channelCount: number,
  out: Float32Array,
  count: number,
) {
  let at = offset;
  if (channelCount === 2) {
    for (let i = 0; i < count; i++, at += 2) {
      out[i] = within(((samples[at] as number) + (samples[at + 1] as number)) * 0.5);
    }
    return;
  }
  const share = 1 / channelCount;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let channel = 0; channel < channelCount; channel++) sum += samples[at++] as number;
    out[i] = within(sum * share);
  }
}

/** True of nearly all there is; what is not a number is not within. */
function areWithin(samples: Float32Array): boolean {
  // Read once: that of an array in a module's memory is a call.
  const { length } = samples;
  for (let i = 0; i < length; i++) {
    const sample = samples[i] as number;
    if (!(sample <= 1 && sample >= -1)) return false;
  }
  return true;
}

/** NaN and the infinities become silence: one of them would poison every spectrum it is summed into. */
function within(sample: number): number {
  if (sample <= 1 && sample >= -1) return sample;
  if (!Number.isFinite(sample)) return 0;
  return sample > 0 ? 1 : -1;
}
