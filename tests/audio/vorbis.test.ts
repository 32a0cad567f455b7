/** The decoder of low frequencies beside libvorbis, which decodes all of them. */
import { readFileSync } from 'node:fs';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { describe, expect, test } from 'vitest';
import { withoutPrinting } from '../../workers/audio/decoder-trap.ts';
import { OggPackets } from '../../workers/audio/ogg-packets.ts';
import { isVorbisHead, openVorbisCodec } from '../../workers/audio/ogg-vorbis.ts';
import { WorkerError } from '../../workers/errors.ts';
import { instantiate } from '../../workers/kernels/kernel.ts';
import { bundledCatalog } from '../support/bundled-audio.ts';
import { chirps } from './chirp.ts';
import { lowBandDb } from './low-band.ts';
import { mutations, seededRandom } from './mutation.ts';
import { splitPages } from './ogg-file.ts';
import {
  type Book,
  everyKindOfBook,
  identificationHeader,
  packetOfChance,
  type Shape,
  setupHeader,
} from './vorbis-stream.ts';

type Packets = readonly Uint8Array[];

const mono: Shape = { channels: 1, residueType: 1, submaps: [0], couplings: [] };

/** Head, setup, and what follows, without the comments. */
function packetsOf(file: string): Packets {
  const reader = new OggPackets();
  const packets = splitPages(readFileSync(file)).flatMap((bytes, sequence) => {
    const segmentCount = bytes[26] as number;
    return reader.take({
      serial: 0,
      sequence,
      isContinued: ((bytes[5] as number) & 1) !== 0,
      isFirst: false,
      isLast: false,
      granule: undefined,
      segmentLengths: bytes.subarray(27, 27 + segmentCount),
      body: bytes.subarray(27 + segmentCount),
    });
  });
  return packets.filter((packet) => packet[0] !== 3);
}

async function decodeLow([head, setup, ...audio]: Packets) {
  const codec = openVorbisCodec(head as Uint8Array);
  await codec.acceptHeader(setup as Uint8Array);
  const samples: number[] = [];
  for (let at = 0; at < audio.length; at += 255) {
    await codec.decode(audio.slice(at, at + 255), ([mono], count) => {
      samples.push(...(mono as Float32Array).subarray(0, count));
    });
  }
  return { samples: Float32Array.from(samples), codec };
}

/** By libvorbis, below its package's own Ogg parser. */
async function decodeWhole([head, setup, ...audio]: Packets): Promise<Float32Array[]> {
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  const { decodeOggPages } = decoder as unknown as {
    decodeOggPages(pages: unknown[]): Promise<{ channelData: Float32Array[] }>;
  };
  const page = (data: Uint8Array, packets: Packets) => ({
    data,
    codecFrames: packets.map((packet) => ({ data: packet, header: { vorbisSetup: setup } })),
    isLastPage: false,
  });
  const decode = (pages: unknown[]) => withoutPrinting(() => decodeOggPages.call(decoder, pages));
  await decode([page(head as Uint8Array, [])]);
  const parts: Float32Array[][] = [];
  for (let at = 0; at < audio.length; at += 16) {
    parts.push((await decode([page(new Uint8Array(1), audio.slice(at, at + 16))])).channelData);
  }
  decoder.free();
  return (parts[0] ?? []).map((_, channel) =>
    Float32Array.from(parts.flatMap((part) => [...(part[channel] as Float32Array)])),
  );
}

async function agreementDb(packets: Packets): Promise<number> {
  const { samples, codec } = await decodeLow(packets);
  const whole = await decodeWhole(packets);
  expect(samples.length * codec.decimation).toBe(whole[0]?.length);
  expect(codec.damaged).toBe(false);
  return lowBandDb(whole, samples, codec);
}

test('the inverse MDCT gives the cosines of its definition, at every size', () => {
  const module = instantiate('vorbis-decoder.wasm') as {
    memory: { buffer: ArrayBuffer };
    samples(): number;
    reserve(bytes: number): number;
    transform(points: number): void;
  };
  for (let points = 4; points <= 8192; points *= 2) {
    const half = points / 2;
    const spectrum = new Float32Array(module.memory.buffer, module.samples(), half);
    const { share } = seededRandom(points);
    for (let k = 0; k < half; k++) spectrum[k] = share() - 0.5;
    module.transform(points);
    const result = new Float32Array(module.memory.buffer, module.reserve(0), half);
    const input = new Float32Array(module.memory.buffer, module.samples(), half);
    for (let j = 0; j < half; j += Math.max(1, half >> 6)) {
      const exact = input.reduce(
        (sum, x, k) => sum + x * Math.cos((Math.PI / half) * (j + 0.5) * (k + 0.5)),
        0,
      );
      expect(Math.abs((result[j] as number) - exact)).toBeLessThan(2e-6 * Math.sqrt(points));
    }
  }
});

describe('below 3.5 kHz it is what libvorbis gives', () => {
  const recordings = bundledCatalog().filter(({ path }) => path.endsWith('.ogg'));
  test.each([chirps.vorbis, ...recordings.slice(0, 3).map(({ path }) => path)])('of %s', async (file) => {
    const packets = packetsOf(file).slice(0, 400);
    expect(await agreementDb(packets)).toBeGreaterThan(60);
  });

  const stereo: Shape = { channels: 2, residueType: 2, submaps: [0, 0], couplings: [[0, 1]] };
  const shapes: Record<string, Shape> = {
    'mono, residue 0': { channels: 1, residueType: 0, submaps: [0], couplings: [] },
    'mono, residue 1': { channels: 1, residueType: 1, submaps: [0], couplings: [] },
    'mono, residue 2': { channels: 1, residueType: 2, submaps: [0], couplings: [] },
    'stereo, residue 0': { ...stereo, residueType: 0 },
    'stereo, residue 1': { ...stereo, residueType: 1 },
    'stereo, residue 2': stereo,
    'stereo, not coupled': { ...stereo, couplings: [] },
    'a residue that begins late': { ...stereo, begin: 48 },
    'multiplier 2': { ...stereo, multiplier: 2 },
    'multiplier 3': { ...stereo, multiplier: 3 },
    'multiplier 4': { ...stereo, multiplier: 4 },
    'three channels in two submaps': {
      channels: 3,
      residueType: 2,
      submaps: [0, 1, 0],
      couplings: [
        [0, 2],
        [2, 1],
      ],
    },
    'six channels': {
      channels: 6,
      residueType: 1,
      submaps: [0, 0, 0, 1, 1, 2],
      couplings: [
        [0, 1],
        [3, 4],
      ],
    },
    'blocks of 64 and 8192': { ...stereo, blocks: [64, 8192] },
    'blocks of 512 and 512': { ...stereo, blocks: [512, 512] },
    '8 kHz': { ...stereo, sampleRateHz: 8000 },
    '22.05 kHz': { ...stereo, sampleRateHz: 22_050 },
    '96 kHz': { ...stereo, sampleRateHz: 96_000 },
    '192 kHz': { ...stereo, sampleRateHz: 192_000, blocks: [2048, 8192] },
  };
  test.each(Object.entries(shapes))('of chance: %s', async (_, shape) => {
    const random = seededRandom(7);
    // Never shorter than what is coded: the package reads on behind a packet's end.
    const bytes = (shape.blocks?.[1] ?? 2048) * shape.channels;
    const audio = Array.from({ length: 24 }, () =>
      packetOfChance(random, shape, { bytes, isLong: random.share() < 0.5 }),
    );
    const packets = [identificationHeader(shape), setupHeader(shape), ...audio];
    expect(await agreementDb(packets)).toBeGreaterThan(50);
  });
});

describe('a setup header that contradicts itself is refused', () => {
  const refusal = async (setup: Uint8Array, shape: Shape) => {
    const error = await decodeLow([identificationHeader(shape), setup]).catch((thrown: unknown) => thrown);
    return error instanceof WorkerError ? error.code : error;
  };
  const withBook = (book: Book): Shape => ({ ...mono, books: [...everyKindOfBook.slice(0, -1), book] });

  test.each([
    ['more codes than there are', [1, 1, 1]],
    ['fewer codes than there are', [2, 2, 2]],
    ['one code that is longer than a bit', [0, 2, 0]],
  ])('%s', async (_, lengths) => {
    const shape = withBook({ dimensions: 1, lengths, lookup: { type: 1, values: [0, 1, 2] } });
    expect(await refusal(setupHeader(shape), shape)).toBe('AUDIO_UNREADABLE');
  });

  test('a book without a code, where it is used', async () => {
    const shape = withBook({ dimensions: 1, lengths: [0, 0, 0], lookup: { type: 1, values: [0, 1, 2] } });
    expect(await refusal(setupHeader(shape), shape)).toBe('AUDIO_UNREADABLE');
  });

  test('a header that ends early, wherever it ends', async () => {
    const setup = setupHeader(mono);
    for (let bytes = 7; bytes < setup.length - 1; bytes += 5) {
      expect(await refusal(setup.subarray(0, bytes), mono)).toBe('AUDIO_UNREADABLE');
    }
  });

  test('blocks shorter than 64 samples, or a long one shorter than the short one', () => {
    for (const blocks of [
      [32, 2048],
      [1024, 512],
      [64, 16_384],
    ] as const) {
      expect(() => openVorbisCodec(identificationHeader({ ...mono, blocks }))).toThrow(WorkerError);
    }
  });
});

test('a packet that ends early gives what it holds, and lasts as long', async () => {
  const random = seededRandom(5);
  const [first, second] = [0, 1].map(() => packetOfChance(random, mono, { bytes: 2000, isLong: true }));
  const decodeCut = async (bytes: number) => {
    const packets = [(first as Uint8Array).subarray(0, bytes), second as Uint8Array];
    return (await decodeLow([identificationHeader(mono), setupHeader(mono), ...packets])).samples;
  };
  const whole = await decodeCut(2000);
  const misses = await Promise.all(
    [1, 30, 90, 200, 400, 2000].map(async (bytes) => {
      const samples = await decodeCut(bytes);
      expect(samples.length).toBe(whole.length);
      return samples.reduce((sum, sample, i) => sum + (sample - (whole[i] as number)) ** 2, 0);
    }),
  );
  expect(misses).toEqual([...misses].sort((a, b) => b - a));
  expect(misses.at(-1)).toBe(0);
  expect(misses[0]).toBeGreaterThan(0);
});

test('a packet of a mode that is not there is damage, and the rest is decoded', async () => {
  const random = seededRandom(3);
  const sound = () => packetOfChance(random, mono, { bytes: 300, isLong: true, modeBits: 2 });
  const head = [identificationHeader(mono), setupHeader({ ...mono, modes: [0, 1, 1] })];
  const stranger = Uint8Array.of(0b110, 0, 0);
  const whole = await decodeLow([...head, sound(), sound(), sound()]);
  expect(whole.codec.damaged).toBe(false);
  const { samples, codec } = await decodeLow([...head, sound(), stranger, sound(), sound()]);
  expect(codec.damaged).toBe(true);
  expect(samples.length).toBe(whole.samples.length);
});

test('changed packets and headers end in samples that are numbers, or in a refusal', async () => {
  const original = packetsOf(chirps.vorbis);
  const kinds = Object.values(mutations);
  let heard = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const mutate = (packet: Uint8Array) => {
      const change = kinds[random.below(kinds.length)] as (typeof kinds)[number];
      return change(Buffer.from(packet), Buffer.from(original[1] as Uint8Array), random);
    };
    const packets = original.map((packet, i) => {
      if (i === 0) return packet;
      if (i === 1) return random.share() < 0.3 ? mutate(packet) : packet;
      return random.share() < 0.5 ? mutate(packet) : packet;
    });
    try {
      const { samples } = await decodeLow(packets);
      expect(samples.every(Number.isFinite)).toBe(true);
      heard++;
    } catch (error) {
      if (!(error instanceof WorkerError)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  expect(heard).toBeGreaterThan(150);
});

test('a head is told by its signature and its length', () => {
  const head = identificationHeader({ channels: 1, residueType: 0, submaps: [0], couplings: [] });
  expect(isVorbisHead(head)).toBe(true);
  expect(isVorbisHead(head.subarray(0, 20))).toBe(false);
});
