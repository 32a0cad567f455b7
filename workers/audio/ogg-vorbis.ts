/**
 * Vorbis packets by our own decoder of low frequencies (`kernels/assembly/vorbis`): mono, at a whole part of the rate.
 */
import { WorkerError } from '../errors.ts';
import { instantiate } from '../kernels/kernel.ts';
import { decimationOf } from './decimation.ts';
import { isTrap } from './decoder-trap.ts';
import type { OggCodec, OnPlanar } from './ogg-codec.ts';

type VorbisExports = {
  readonly memory: WebAssembly.Memory;
  readonly maxPackets: WebAssembly.Global;
  reserve(bytes: number): number;
  packetTable(): number;
  padding(): number;
  open(
    channelCount: number,
    sampleRateHz: number,
    shortPoints: number,
    longPoints: number,
    decimation: number,
    setupBytes: number,
  ): number;
  /** The packets from `from` to `count` as far as there is room for samples; gives the first that is left. */
  decode(from: number, count: number): number;
  samples(): number;
  samplesDecoded(): number;
  takeBadPackets(): number;
};

/** What `open` gives. */
const opened = 0;
const isFloorZero = 2;

/** Real ones are a few kilobytes, headers up to a few hundred. */
const maxPacketBytes = 2 ** 20;
const headBytes = 30;

export function isVorbisHead(packet: Uint8Array): boolean {
  return isHeader(packet, 1) && packet.length >= headBytes;
}

/** `head` is the identification header (Vorbis I specification, section 4.2.2). */
export function openVorbisCodec(head: Uint8Array): OggCodec {
  const fields = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const shortPoints = 2 ** ((head[28] as number) & 15);
  const longPoints = 2 ** ((head[28] as number) >> 4);
  const isSound =
    fields.getUint32(7, true) === 0 && shortPoints >= 64 && shortPoints <= longPoints && longPoints <= 8192;
  if (!isSound) throw unreadable('identification header');
  return new VorbisCodec(head[11] as number, fields.getUint32(12, true), shortPoints, longPoints);
}

class VorbisCodec implements OggCodec {
  readonly name = 'vorbis';
  readonly preSkipSamples = 0;
  readonly channelCount: number;
  readonly sampleRateHz: number;
  readonly decimation: number;
  readonly #shortPoints: number;
  readonly #longPoints: number;
  readonly #module = instantiate('vorbis-decoder.wasm') as VorbisExports;
  damaged = false;

  constructor(channelCount: number, sampleRateHz: number, shortPoints: number, longPoints: number) {
    this.channelCount = channelCount;
    this.sampleRateHz = sampleRateHz;
    this.decimation = decimationOf(sampleRateHz);
    this.#shortPoints = shortPoints;
    this.#longPoints = longPoints;
  }

  async acceptHeader(packet: Uint8Array): Promise<boolean> {
    if (isHeader(packet, 3)) return false;
    if (!isHeader(packet, 5) || packet.length > maxPacketBytes) throw unreadable('setup header');
    this.#put([packet]);
    const answer = this.#open(packet.length);
    if (answer === isFloorZero) {
      throw new WorkerError(
        'AUDIO_UNSUPPORTED',
        'expected Vorbis with floor 1, received floor 0, of encoders before 2002; install ffmpeg to read it',
      );
    }
    if (answer !== opened) throw unreadable('setup header');
    return true;
  }

  async decode(packets: readonly Uint8Array[], onPlanar: OnPlanar): Promise<void> {
    const audio = packets.filter((packet) => this.#isAudio(packet));
    const count = this.#put(audio);
    const { maxPackets } = this.#module;
    const size = maxPackets.value;
    if (count > size) throw new Error(`expected at most ${size} packets, received ${count}`);
    for (let next = 0; next < count; ) {
      next = this.#module.decode(next, count);
      const sampleCount = this.#module.samplesDecoded();
      if (sampleCount === 0) continue;
      onPlanar(
        [new Float32Array(this.#module.memory.buffer, this.#module.samples(), sampleCount)],
        sampleCount,
      );
    }
    if (this.#module.takeBadPackets() > 0) this.damaged = true;
  }

  /** The lowest bit tells a header from audio; a header here belongs to nothing. */
  #isAudio(packet: Uint8Array): boolean {
    if (packet.length > maxPacketBytes) this.damaged = true;
    return packet.length > 0 && packet.length <= maxPacketBytes && ((packet[0] as number) & 1) === 0;
  }

  #open(setupBytes: number): number {
    try {
      return this.#module.open(
        this.channelCount,
        this.sampleRateHz,
        this.#shortPoints,
        this.#longPoints,
        this.decimation,
        setupBytes,
      );
    } catch (error) {
      // The engine has no more memory to give.
      if (!isTrap(error)) throw error;
      throw unreadable('setup header');
    }
  }

  /** Copies packets into the module, and where they lie into its table; gives how many. */
  #put(packets: readonly Uint8Array[]): number {
    const padding = this.#module.padding();
    let bytes = 0;
    for (const packet of packets) bytes += packet.length + padding;
    const start = this.#module.reserve(bytes);
    const memory = new Uint8Array(this.#module.memory.buffer);
    const table = new Uint32Array(memory.buffer, this.#module.packetTable(), packets.length * 2);
    let offset = 0;
    packets.forEach((packet, i) => {
      table[2 * i] = offset;
      table[2 * i + 1] = packet.length;
      memory.set(packet, start + offset);
      memory.fill(0, start + offset + packet.length, start + offset + packet.length + padding);
      offset += packet.length + padding;
    });
    return packets.length;
  }
}

function unreadable(expected: string): WorkerError {
  return new WorkerError('AUDIO_UNREADABLE', `expected a Vorbis ${expected}, received something else`);
}

function isHeader(packet: Uint8Array, type: number): boolean {
  return packet[0] === type && String.fromCharCode(...packet.subarray(1, 7)) === 'vorbis';
}
