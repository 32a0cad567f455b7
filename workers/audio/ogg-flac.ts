/** FLAC packets in Ogg (the FLAC-to-Ogg mapping 1.0): one frame to a packet. */
import { type FlacFormat, FlacFrameDecoder, FlacFrameError, readStreamInfo } from './flac-frame.ts';
import type { OggCodec, OnPlanar } from './ogg-codec.ts';

/** 0x7F "FLAC", version, number of header packets, "fLaC", the STREAMINFO block's header and body. */
const headBytes = 51;
const streamInfoOffset = 17;

export function isFlacHead(packet: Uint8Array): boolean {
  return packet.length >= headBytes && String.fromCharCode(...packet.subarray(0, 5)) === '\x7fFLAC';
}

export function openFlacCodec(head: Uint8Array): OggCodec {
  return new FlacCodec(readStreamInfo(head.subarray(streamInfoOffset)));
}

class FlacCodec implements OggCodec {
  readonly decimation = 1;
  readonly name = 'flac';
  readonly preSkipSamples = 0;
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly #decoder: FlacFrameDecoder;
  damaged = false;

  constructor(format: FlacFormat) {
    this.sampleRateHz = format.sampleRateHz;
    this.channelCount = format.channelCount;
    this.#decoder = new FlacFrameDecoder(format);
  }

  /** Metadata blocks follow until the one marked as the last, in the highest bit. */
  async acceptHeader(packet: Uint8Array): Promise<boolean> {
    return ((packet[0] ?? 0x80) & 0x80) !== 0;
  }

  async decode(packets: readonly Uint8Array[], onPlanar: OnPlanar): Promise<void> {
    for (const packet of packets) {
      if (packet.length === 0) continue;
      try {
        const frame = this.#decoder.decode(packet);
        onPlanar([frame.mono], frame.sampleCount);
      } catch (error) {
        if (!(error instanceof FlacFrameError)) throw error;
        this.damaged = true;
      }
    }
  }
}
