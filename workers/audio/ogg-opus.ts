/**
 * Opus packets, at a quarter of their rate. Music is coded as CELT throughout and decoded by our own decoder
 * (`opus-celt.ts`). From the first packet on that holds SILK, which speech is coded as, and where there are more than
 * two channels, libopus in WASM takes over (`opus-decoder`), which can do 12 kHz too.
 */
import { type OpusDecodedAudio, OpusDecoder } from 'opus-decoder';
import { WorkerError } from '../errors.ts';
import { isDecoderFailure, maxFreshInstances, withoutPrinting } from './decoder-trap.ts';
import type { OggCodec, OnPlanar } from './ogg-codec.ts';
import { CeltDecoder } from './opus-celt.ts';

/** Opus is always decoded at this rate, whatever the original was (RFC 7845 section 5.1). */
const opusRateHz = 48_000;
const decimation = 4;
const outputRateHz = 12_000;
/** Configurations below it are SILK, alone or with CELT above it (RFC 6716 section 3.1). */
const firstCeltConfiguration = 16;

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
  readonly decimation = decimation;
  readonly name = 'opus';
  readonly sampleRateHz = opusRateHz;
  readonly channelCount: number;
  readonly preSkipSamples: number;
  readonly #mapping: ChannelMapping;
  readonly #gain: number;
  #celt: CeltDecoder | undefined;
  #decoder: OpusDecoder<typeof outputRateHz> | undefined;
  #freshInstances = 0;
  #hasDamage = false;

  constructor(mapping: ChannelMapping, preSkipSamples: number, gain: number) {
    this.#mapping = mapping;
    this.channelCount = mapping.channels;
    this.preSkipSamples = preSkipSamples;
    this.#gain = gain;
  }

  get damaged(): boolean {
    return this.#hasDamage || this.#celt?.damaged === true;
  }

  /** The comment header is the only one that follows. */
  async acceptHeader(): Promise<boolean> {
    if (isPlain(this.#mapping)) this.#celt = new CeltDecoder(this.#gain);
    else await this.#open();
    return true;
  }

  async decode(packets: readonly Uint8Array[], onPlanar: OnPlanar): Promise<void> {
    const rest = this.#decoder === undefined ? this.#decodeCelt(packets, onPlanar) : packets;
    if (rest.length === 0) return;
    if (this.#decoder === undefined) await this.#open();
    for (const packet of rest) {
      const output = await this.#decodePacket(packet);
      if (output === undefined || output.samplesDecoded === 0) {
        this.#hasDamage = true;
        continue;
      }
      if (this.#gain !== 1) for (const channel of output.channelData) scale(channel, this.#gain);
      onPlanar(output.channelData, output.samplesDecoded);
    }
  }

  /** The packets from the first on that is not CELT. */
  #decodeCelt(packets: readonly Uint8Array[], onPlanar: OnPlanar): readonly Uint8Array[] {
    const other = packets.findIndex((packet) => packet.length > 0 && !isCelt(packet));
    const celt = other === -1 ? packets : packets.slice(0, other);
    this.#celt?.decode(celt, (samples) => onPlanar([samples], samples.length));
    return packets.slice(celt.length);
  }

  async #open(): Promise<void> {
    this.#decoder = new OpusDecoder({ ...this.#mapping, sampleRate: outputRateHz });
    await this.#decoder.ready;
  }

  async #decodePacket(packet: Uint8Array): Promise<OpusDecodedAudio<typeof outputRateHz> | undefined> {
    try {
      return withoutPrinting(() => this.#decoder?.decodeFrame(packet));
    } catch (error) {
      if (!isDecoderFailure(error) || this.#freshInstances++ === maxFreshInstances) throw error;
      await this.#open();
      return undefined;
    }
  }
}

/** Whether the average of all channels is that of the one stream's. */
function isPlain({
  channels,
  streamCount,
  coupledStreamCount,
  channelMappingTable,
}: ChannelMapping): boolean {
  if (streamCount !== 1 || channels !== coupledStreamCount + 1) return false;
  return channels === 1 || channelMappingTable[0] !== channelMappingTable[1];
}

function isCelt(packet: Uint8Array): boolean {
  return (packet[0] as number) >> 3 >= firstCeltConfiguration;
}

function scale(samples: Float32Array, gain: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) * gain;
}

function unreadable(received: string): WorkerError {
  return new WorkerError('AUDIO_UNREADABLE', `expected an Opus identification header, received ${received}`);
}
