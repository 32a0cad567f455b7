/** Our CELT decoder against libopus, which decodes to 12 kHz too. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OpusDecoder } from 'opus-decoder';
import { expect, test } from 'vitest';
import { OggPackets } from '../../workers/audio/ogg-packets.ts';
import { CeltDecoder } from '../../workers/audio/opus-celt.ts';
import { splitPages } from './ogg-file.ts';

const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', name);
const bundled = (name: string) => path.join(import.meta.dirname, '../audio-bundle/catalog', name);
const delaySamples = 5;

test.each([
  { file: fixture('brandenburg-2.5-ms.opus'), what: 'frames of 2.5 ms' },
  { file: fixture('brandenburg-5-ms.opus'), what: 'frames of 5 ms' },
  { file: fixture('brandenburg-10-ms.opus'), what: 'frames of 10 ms' },
  { file: fixture('brandenburg-20-ms.opus'), what: 'frames of 20 ms' },
  { file: fixture('brandenburg-mono.opus'), what: 'one channel' },
  { file: bundled('void-sensor.opus'), what: 'transients and stereo' },
  { file: bundled('reeves-david01.opus'), what: 'the pitch filter' },
])('agrees with libopus below 3.5 kHz to 40 dB: $what', async ({ file }) => {
  const packets = packetsOf(file);
  const expected = lowPassed(await byLibopus(packets));
  const { samples, damaged } = decode(packets);
  expect(damaged).toBe(false);
  expect(samples.length).toBe(expected.length - delaySamples);
  expect(signalToErrorDb(expected, lowPassed(samples))).toBeGreaterThan(40);
});

test('reads packets of several frames, padded or not, as the frames one by one', () => {
  const packets = packetsOf(fixture('brandenburg-5-ms.opus')).slice(0, 40);
  const alone = decode(packets).samples;
  expect(decode(inPairs(packets, joinVariable)).samples).toEqual(alone);
  expect(decode(inPairs(packets, joinPadded)).samples).toEqual(alone);
});

test('a frame that was not sent lasts as long as one that was', () => {
  const packets = packetsOf(fixture('brandenburg-20-ms.opus'));
  const gaps = packets.map((packet, i) => (i % 7 === 3 ? packet.subarray(0, 1) : packet));
  const { samples, damaged } = decode(gaps);
  expect(damaged).toBe(false);
  expect(samples.length).toBe(decode(packets).samples.length);
});

test('packets that break the rules are damage, and what follows is heard', () => {
  const packets = packetsOf(fixture('brandenburg-20-ms.opus'));
  const broken = [Uint8Array.of(), Uint8Array.of(0xff), Uint8Array.of(0xfd, 1), Uint8Array.of(0xff, 63, 0)];
  const { samples, damaged } = decode([...broken, ...packets]);
  expect(damaged).toBe(true);
  expect(samples).toEqual(decode(packets).samples);
});

test('mutated packets give numbers, whatever is in them', () => {
  const packets = packetsOf(bundled('void-sensor.opus')).slice(0, 60);
  let state = 1;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let round = 0; round < 50; round++) {
    const mutated = packets.map((packet) => {
      const copy = packet.slice(0, below(3) === 0 ? below(packet.length) : packet.length);
      for (let left = below(20); left > 0 && copy.length > 0; left--) copy[below(copy.length)] = below(256);
      if (copy.length > 0) copy[0] = (copy[0] as number) | 0x80;
      return copy;
    });
    expect(decode(mutated).samples.every(Number.isFinite)).toBe(true);
  }
});

function packetsOf(file: string): Uint8Array[] {
  const packets = new OggPackets();
  const all = splitPages(readFileSync(file)).flatMap((page, sequence) => {
    const bodyAt = 27 + (page[26] as number);
    const flags = page[5] as number;
    return packets.take({
      serial: 1,
      sequence,
      isContinued: (flags & 1) !== 0,
      isFirst: (flags & 2) !== 0,
      isLast: (flags & 4) !== 0,
      granule: undefined,
      segmentLengths: page.subarray(27, bodyAt),
      body: page.subarray(bodyAt),
    });
  });
  return all.slice(2);
}

function decode(packets: readonly Uint8Array[]): { samples: Float32Array; damaged: boolean } {
  const decoder = new CeltDecoder(1);
  const heard: number[] = [];
  decoder.decode(packets, (samples) => {
    for (const sample of samples) heard.push(sample);
  });
  return { samples: Float32Array.from(heard), damaged: decoder.damaged };
}

async function byLibopus(packets: readonly Uint8Array[]): Promise<Float32Array> {
  const decoder = new OpusDecoder({ channels: 2, sampleRate: 12_000 });
  await decoder.ready;
  const heard: number[] = [];
  for (const packet of packets) {
    const [left, right] = decoder.decodeFrame(packet).channelData;
    left?.forEach((sample, i) => {
      heard.push((sample + (right?.[i] ?? sample)) / 2);
    });
  }
  decoder.free();
  return Float32Array.from(heard);
}

/** 3.5 kHz of 12 pass, 4.5 do not. */
function lowPassed(samples: Float32Array): Float64Array {
  const reach = 40;
  const taps = Array.from({ length: 2 * reach + 1 }, (_, k) => {
    const x = k - reach;
    const sinc = x === 0 ? 2 / 3 : Math.sin((Math.PI * 2 * x) / 3) / (Math.PI * x);
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1)));
  });
  return Float64Array.from(samples, (_, i) =>
    taps.reduce((sum, tap, k) => sum + tap * (samples[i + k - reach] ?? 0), 0),
  );
}

function signalToErrorDb(expected: Float64Array, heard: Float64Array): number {
  let signal = 0;
  let error = 0;
  for (let i = 50; i < heard.length - 50; i++) {
    const a = expected[i] as number;
    signal += a * a;
    error += (a - (heard[i] as number)) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

function inPairs(packets: readonly Uint8Array[], join: (a: Uint8Array, b: Uint8Array) => Uint8Array) {
  return packets.flatMap((packet, i) => (i % 2 ? [join(packets[i - 1] as Uint8Array, packet)] : []));
}

/** Code 2: two frames, the first one's length told. */
function joinVariable(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.of(((a[0] as number) & 0xfc) | 2, ...lengthOf(a), ...a.subarray(1), ...b.subarray(1));
}

/** Code 3 with 300 bytes of padding. */
function joinPadded(a: Uint8Array, b: Uint8Array): Uint8Array {
  const head = ((a[0] as number) & 0xfc) | 3;
  const padding = new Uint8Array(300);
  return Uint8Array.of(head, 0xc2, 255, 46, ...lengthOf(a), ...a.subarray(1), ...b.subarray(1), ...padding);
}

function lengthOf(packet: Uint8Array): number[] {
  const bytes = packet.length - 1;
  if (bytes < 252) return [bytes];
  const first = 252 + (bytes & 3);
  return [first, (bytes - first) / 4];
}
