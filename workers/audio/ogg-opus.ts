/** Opus packets by libopus in WASM (`opus-decoder`, the frame decoder inside `ogg-opus-decoder`). */
import { type OpusDecodedAudio, OpusDecoder } from 'opus-decoder';
import { WorkerError } from '../errors.ts';
import { isDecoderFailure, maxFreshInstances, withoutPrinting } from './decoder-trap.ts';
import type { OggCodec, OnPlanar } from './ogg-codec.ts';

/** Opus is always decoded at this rate, whatever the original was (RFC 7845 section 5.1). */
const opusRateHz = 48_000;

export function isOpusHead(packet: Uint8Array): boolean {
  return packet.length >= 19 && String.fromCharCode(...packet.subarray(0, 8)) === 'OpusHead';
}

/** `head` is the identification header (RFC 7845 section 5.1). */
export function openOpusCodec(head: Uint8Array): OggCodec {
  const fields = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const channelCount = head[9] as number;
  const preSkipSamples = fields.getUint16(10, true);
  // Q7.8 decibels that every player has to apply.
  const gain = 10 ** (fields.getInt16(16, true) / 256 / 20);
  return new OpusCodec(readChannelMapping(head, channelCount), preSkipSamples, gain);
}

type ChannelMapping = {
  readonly channels: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
};

function readChannelMapping(head: Uint8Array, channels: number): ChannelMapping {
  if (head[18] === 0) {
    if (channels !== 1 && channels !== 2) throw unreadable(`${channels} channels in mapping family 0`);
    const channelMappingTable = channels === 2 ? [0, 1] : [0];
    return { channels, streamCount: 1, coupledStreamCount: channels - 1, channelMappingTable };
  }
  const streamCount = head[19] ?? 0;
  const coupledStreamCount = head[20] ?? 0;
  const channelMappingTable = [...head.subarray(21, 21 + channels)];
  const decodedChannels = streamCount + coupledStreamCount;
  // libopus refuses these too, but the package does not look at its refusal.
  const isSound =
    streamCount > 0 &&
    coupledStreamCount <= streamCount &&
    decodedChannels <= 255 &&
    channelMappingTable.length === channels &&
    channelMappingTable.every((index) => index === 255 || index < decodedChannels);
  if (!isSound) throw unreadable('a channel mapping that contradicts itself');
  return { channels, streamCount, coupledStreamCount, channelMappingTable };
}

class OpusCodec implements OggCodec {
  readonly decimation = 1;
  readonly name = 'opus';
  readonly sampleRateHz = opusRateHz;
  readonly channelCount: number;
  readonly preSkipSamples: number;
  readonly #mapping: ChannelMapping;
  readonly #gain: number;
  #decoder: OpusDecoder | undefined;
  #freshInstances = 0;
  damaged = false;

  constructor(mapping: ChannelMapping, preSkipSamples: number, gain: number) {
    this.#mapping = mapping;
    this.channelCount = mapping.channels;
    this.preSkipSamples = preSkipSamples;
    this.#gain = gain;
  }

  /** The comment header is the only one that follows. */
  async acceptHeader(): Promise<boolean> {
    await this.#open();
    return true;
  }

  async decode(packets: readonly Uint8Array[], onPlanar: OnPlanar): Promise<void> {
    for (const packet of packets) {
      const output = await this.#decodePacket(packet);
      if (output === undefined || output.samplesDecoded === 0) {
        this.damaged = true;
        continue;
      }
      if (this.#gain !== 1) for (const channel of output.channelData) scale(channel, this.#gain);
      onPlanar(output.channelData, output.samplesDecoded);
    }
  }

  async #open(): Promise<void> {
    this.#decoder = new OpusDecoder(this.#mapping);
    await this.#decoder.ready;
  }

  async #decodePacket(packet: Uint8Array): Promise<OpusDecodedAudio | undefined> {
    try {
      return withoutPrinting(() => this.#decoder?.decodeFrame(packet));
    } catch (error) {
      if (!isDecoderFailure(error) || this.#freshInstances++ === maxFreshInstances) throw error;
      await this.#open();
      return undefined;
    }
  }
}

function scale(samples: Float32Array, gain: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) * gain;
}

function unreadable(received: string): WorkerError {
  return new WorkerError('AUDIO_UNREADABLE', `expected an Opus identification header, received ${received}`);
}
