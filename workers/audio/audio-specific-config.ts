/** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): what an AAC stream is, in a container that says it once. */
import { WorkerError } from '../errors.ts';

export type AacConfig = {
  /** Of the core: what spectral band replication adds is not decoded. */
  readonly rateHz: number;
  /** Place in the table of sample rates, whose bands the stream has. */
  readonly rateIndex: number;
  /** 0 where only the frames themselves tell. */
  readonly channelCount: number;
  /** Spectral band replication is announced. */
  readonly isReplicated: boolean;
};

export const aacRatesHz = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
] as const;

const lowComplexity = 2;
const bandReplication = 5;
const parametricStereo = 29;
const objectNames: Readonly<Record<number, string>> = {
  1: 'AAC Main',
  3: 'AAC SSR',
  4: 'AAC LTP',
  17: 'ER AAC LC',
  23: 'ER AAC LD',
  34: 'MPEG layer III',
  36: 'ALS',
  39: 'ER AAC ELD',
  42: 'xHE-AAC (USAC)',
};
/** A rate that is written out has the bands of the table's entry it is nearest to (4.5.2.8.2). */
const leastRatesHz = [92_017, 75_132, 55_426, 46_009, 37_566, 27_713, 23_004, 18_783, 13_856, 11_502, 9391];
const extensionSync = 0x2b7;

/** Throws `AUDIO_UNSUPPORTED` for object types other than low complexity, `AUDIO_UNREADABLE` for what is none. */
export function readAudioSpecificConfig(bytes: Uint8Array): AacConfig {
  const bits = new Bits(bytes);
  let objectType = readObjectType(bits);
  const { rateHz, rateIndex } = readRate(bits);
  const channelConfiguration = bits.read(4);
  let isReplicated = false;
  if (objectType === bandReplication || objectType === parametricStereo) {
    isReplicated = true;
    readRate(bits);
    objectType = readObjectType(bits);
  }
  if (objectType !== lowComplexity) {
    throw unsupported(objectNames[objectType] ?? `MPEG-4 audio object type ${objectType}`);
  }
  if (bits.read(1) === 1) throw unsupported('frames of 960 samples');
  if (bits.read(1) === 1) bits.read(14);
  bits.read(1);
  // Behind the rest of the configuration an older reader need not know; of channels laid out one by one it is not sought.
  if (channelConfiguration !== 0 && bits.left >= 17 && bits.read(11) === extensionSync) {
    isReplicated ||= readObjectType(bits) === bandReplication && bits.read(1) === 1;
  }
  if (bits.left < 0)
    throw new WorkerError('AUDIO_UNREADABLE', 'expected an AAC configuration, received a part of one');
  return { rateHz, rateIndex, channelCount: channelCountOf(channelConfiguration), isReplicated };
}

/** Throws `AUDIO_UNSUPPORTED` for a configuration that came after the first edition. */
export function channelCountOf(channelConfiguration: number): number {
  if (channelConfiguration > 7) throw unsupported(`channel configuration ${channelConfiguration}`);
  return channelConfiguration === 7 ? 8 : channelConfiguration;
}

function unsupported(received: string): WorkerError {
  return new WorkerError('AUDIO_UNSUPPORTED', `expected AAC of low complexity, received ${received}`);
}

function readObjectType(bits: Bits): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function readRate(bits: Bits): { rateHz: number; rateIndex: number } {
  const rateIndex = bits.read(4);
  if (rateIndex < 15) return { rateHz: aacRatesHz[rateIndex] ?? 0, rateIndex };
  const rateHz = bits.read(24);
  const nearest = leastRatesHz.findIndex((leastHz) => rateHz >= leastHz);
  return { rateHz, rateIndex: nearest === -1 ? 11 : nearest };
}

/** Behind the end there are zeros, and `left` is negative. */
class Bits {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length * 8 - this.#position;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      value = value * 2 + (((this.#bytes[this.#position >> 3] ?? 0) >> (7 - (this.#position & 7))) & 1);
    }
    return value;
  }
}
