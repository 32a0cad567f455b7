/**
 * Vorbis packets by libvorbis in WASM (`@wasm-audio-decoders/ogg-vorbis`), fed below the package's own Ogg
 * parser: see `ogg-pages.ts` for why.
 */
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { WorkerError } from '../errors.ts';
import { isDecoderFailure, maxFreshInstances, withoutPrinting } from './decoder-trap.ts';
import type { OggCodec, OnPlanar } from './ogg-codec.ts';

/**
 * Packets decoded by one call. A page holds up to 255 and each may become 8192 samples of every channel: 16 of
 * them are at most 8 MiB at 16 channels.
 */
const batchPackets = 16;
/** The package's input buffer. */
const maxPacketBytes = 128 * 1024;

/** The part of a page that `decodeOggPages` looks at; its own types ask for codec-parser's whole class. */
type PacketPage = {
  readonly data: Uint8Array;
  readonly codecFrames: readonly {
    readonly data: Uint8Array;
    readonly header: { vorbisSetup: Uint8Array };
  }[];
  readonly isLastPage: false;
};
type VorbisOutput = { channelData: Float32Array[]; samplesDecoded: number };
type DecodePages = (pages: readonly PacketPage[]) => Promise<VorbisOutput>;
const noHead = new Uint8Array(1);

export function isVorbisHead(packet: Uint8Array): boolean {
  return isHeader(packet, 1) && packet.length >= 30;
}

/** `head` is the identification header (Vorbis I specification, section 4.2.2). */
export function openVorbisCodec(head: Uint8Array): OggCodec {
  const fields = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return new VorbisCodec(head.slice(), head[11] as number, fields.getUint32(12, true));
}

class VorbisCodec implements OggCodec {
  readonly decimation = 1;
  readonly name = 'vorbis';
  readonly preSkipSamples = 0;
  readonly channelCount: number;
  readonly sampleRateHz: number;
  readonly #head: Uint8Array;
  #setup = new Uint8Array(0);
  #decodePages: DecodePages | undefined;
  #freshInstances = 0;
  damaged = false;

  constructor(head: Uint8Array, channelCount: number, sampleRateHz: number) {
    this.#head = head;
    this.channelCount = channelCount;
    this.sampleRateHz = sampleRateHz;
  }

  async acceptHeader(packet: Uint8Array): Promise<boolean> {
    if (isHeader(packet, 3)) return false;
    if (!isHeader(packet, 5) || packet.length > maxPacketBytes) {
      throw new WorkerError('AUDIO_UNREADABLE', 'expected a Vorbis setup header, received something else');
    }
    this.#setup = packet.slice();
    await this.#open();
    return true;
  }

  async decode(packets: readonly Uint8Array[], onPlanar: OnPlanar): Promise<void> {
    // The lowest bit tells a header from audio; a header here belongs to nothing.
    const audio = packets.filter((packet) => packet.length > 0 && ((packet[0] as number) & 1) === 0);
    for (let from = 0; from < audio.length; from += batchPackets) {
      const output = await this.#decodeBatch(audio.slice(from, from + batchPackets));
      if (output === undefined) this.damaged = true;
      else onPlanar(output.channelData, output.samplesDecoded);
    }
  }

  async #open(): Promise<void> {
    const decoder = new OggVorbisDecoder();
    await decoder.ready;
    const pageDecoder: { decodeOggPages: unknown } = decoder;
    this.#decodePages = (pageDecoder.decodeOggPages as DecodePages).bind(decoder);
    await this.#decodePages([{ data: this.#head, codecFrames: [], isLastPage: false }]);
  }

  async #decodeBatch(packets: readonly Uint8Array[]): Promise<VorbisOutput | undefined> {
    const header = { vorbisSetup: this.#setup };
    const codecFrames = packets.map((data) => ({ data, header }));
    try {
      // Its work is done when the promise comes back; only the result is wrapped.
      return await withoutPrinting(() =>
        this.#decodePages?.([{ data: noHead, codecFrames, isLastPage: false }]),
      );
    } catch (error) {
      if (!isDecoderFailure(error) || this.#freshInstances++ === maxFreshInstances) throw error;
      await this.#open();
      return undefined;
    }
  }
}

function isHeader(packet: Uint8Array, type: number): boolean {
  return packet[0] === type && String.fromCharCode(...packet.subarray(1, 7)) === 'vorbis';
}
