/**
 * The spectrum of a channel (ISO/IEC 14496-3, 4.6.1, 4.6.3, 4.6.13): code words to coefficients, up to where they are wanted.
 * Beyond, code words are only passed over, and of the last channel of a frame not even that. A window's coefficients lie
 * from 128 times its number on.
 */
import { overrun, position, skip, wordAt } from '../msb-bits';
import { bandEdges, edge } from './bands';
import { Channel, groupStride, noiseBook } from './channel';
import {
  codeAndSignBits, codeBits, entryOf, escapes, firstTable, largestValue, nonZero, pairSigns, powers, quadSigns, secondShift,
  secondTable, valuesAt, valuesOf,
} from './code-words';

/** 2^(n/4 − 25) times the scale of the window: a spectrum goes through the transform to samples in [−1, 1]. */
const gains = heap.alloc(256 * 4);
const noiseGains = heap.alloc(512 * 4);
const noiseOffset: i32 = 155;
for (let n = 0; n < 256; n++) store<f32>(gains + (<usize>n << 2), <f32>Math.pow(2, 0.25 * <f64>(n - 100) - 25));
for (let n = 0; n <= 511; n++) {
  store<f32>(noiseGains + (<usize>n << 2), <f32>Math.pow(2, 0.25 * <f64>(n - noiseOffset - 100) - 25));
}
/** A transform of 128 coefficients is to be divided by an eighth of what one of 1024 is. */
const shortGain: f32 = 8;

let noise: u32 = 1;
let sawBadEscape = false;

export function openNoise(): void { noise = 1; }

/**
 * Reads up to coefficient `wanted` of each window. `midOnly`, where given, says for each band whether it is passed over;
 * with `isLast` nothing need be read behind the last wanted coefficient.
 */
export function readSpectrum(channel: Channel, top: usize, end: i32, wanted: i32, midOnly: usize, isLast: bool): bool {
  memory.fill(channel.spectrum, 0, 4096);
  sawBadEscape = false;
  const edges = bandEdges(channel.isShort);
  const isLong = !channel.isShort;
  let at = position();
  let spectrum = channel.spectrum;
  for (let group = 0; group < channel.groupCount; group++) {
    const windows = channel.windowsOf(group);
    const books = channel.books + <usize>(group * groupStride);
    const isLastGroup = group == channel.groupCount - 1;
    for (let band = 0; band < channel.maxBand; band++) {
      const book = <i32>load<u8>(books + band);
      const begin = edge(edges, band), width = edge(edges, band + 1) - begin;
      if (isLast && isLastGroup && begin >= wanted) break;
      if (book == 0 || book > <i32>noiseBook) continue;
      if (at > end) return false;
      const slot = group * groupStride + band;
      const isWanted = begin < wanted && (midOnly == 0 || load<u8>(midOnly + slot) == 0);
      const target = spectrum + (<usize>begin << 2);
      if (book == <i32>noiseBook) {
        if (isWanted) makeNoise(channel, slot, target, windows, width);
      } else if (!isWanted) {
        at = passOver(top, at, book, windows * width);
      } else {
        let gain = load<f32>(gains + <usize>(load<i32>(channel.factors + (<usize>slot << 2)) << 2));
        if (!isLong) gain *= shortGain;
        for (let window = 0; window < windows; window++) {
          at = readBand(top, at, book, target + (<usize>window << 9), width, gain);
        }
      }
    }
    spectrum += <usize>windows << 9;
  }
  skip(at - position());
  if (channel.pulseCount != 0) addPulses(channel, wanted);
  return !overrun() && !sawBadEscape;
}

function passOver(top: usize, from: i32, book: i32, count: i32): i32 {
  const first = firstTable(book), second = secondTable(book), shift = secondShift(book);
  const perWord = book <= 4 ? 4 : 2;
  let at = from;
  for (let i = 0; i < count; i += perWord) {
    const entry = entryOf(wordAt(top, at), first, second, shift);
    at += codeAndSignBits(entry);
    let escaping = escapes(entry);
    while (escaping != 0) {
      at += 2 * escapeOnes(wordAt(top, at)) + 5;
      escaping &= escaping - 1;
    }
  }
  return at;
}

function readBand(top: usize, from: i32, book: i32, target: usize, width: i32, gain: f32): i32 {
  if (book <= 4) return readQuads(top, from, book, target, width, gain);
  if (book <= 6) return readSignedPairs(top, from, book, target, width, gain);
  return readPairs(top, from, book, target, width, gain);
}

function readQuads(top: usize, from: i32, book: i32, target: usize, width: i32, gain: f32): i32 {
  const first = firstTable(book), second = secondTable(book), shift = secondShift(book), values = valuesOf(book);
  const gains = f32x4.splat(gain);
  let at = from;
  for (const end = target + (<usize>width << 2); target < end; target += 16) {
    const word = wordAt(top, at);
    const entry = entryOf(word, first, second, shift);
    at += codeAndSignBits(entry);
    const signBits = <u32>(word << codeBits(entry) >> 60);
    // Of a signed book the pattern is 0, and so are its signs.
    const signs = v128.load(quadSigns + (<usize>(nonZero(entry) << 4 | signBits) << 4));
    v128.store(target, f32x4.mul(v128.xor(v128.load(values + valuesAt(entry)), signs), gains));
  }
  return at;
}

function readSignedPairs(top: usize, from: i32, book: i32, target: usize, width: i32, gain: f32): i32 {
  const first = firstTable(book), second = secondTable(book), shift = secondShift(book), values = valuesOf(book);
  const gains = f32x4.splat(gain);
  let at = from;
  for (const end = target + (<usize>width << 2); target < end; target += 8) {
    const entry = entryOf(wordAt(top, at), first, second, shift);
    at += codeBits(entry);
    v128.store64_lane(target, f32x4.mul(v128.load64_zero(values + valuesAt(entry)), gains), 0);
  }
  return at;
}

function readPairs(top: usize, from: i32, book: i32, target: usize, width: i32, gain: f32): i32 {
  const first = firstTable(book), second = secondTable(book), shift = secondShift(book), values = valuesOf(book);
  const gains = f32x4.splat(gain);
  let at = from;
  for (const end = target + (<usize>width << 2); target < end; target += 8) {
    const word = wordAt(top, at);
    const entry = entryOf(word, first, second, shift);
    at += codeAndSignBits(entry);
    const signBits = <u32>(word << codeBits(entry) >> 62);
    const signs = v128.load64_zero(pairSigns + (<usize>(nonZero(entry) << 2 | signBits) << 3));
    v128.store64_lane(target, f32x4.mul(v128.xor(v128.load64_zero(values + valuesAt(entry)), signs), gains), 0);
    const escaping = escapes(entry);
    if (escaping != 0) at = readEscapes(top, at, escaping, target, gain);
  }
  return at;
}

/** Ones before the first zero, of at most eight that may be. */
// @ts-ignore: decorator
@inline
function escapeOnes(word: u64): i32 { return min(<i32>clz(~word), 8); }

function readEscapes(top: usize, from: i32, escaping: u32, target: usize, gain: f32): i32 {
  let at = from;
  for (let i = 0; i < 2; i++) {
    if ((escaping >> (1 - i) & 1) == 0) continue;
    const word = wordAt(top, at);
    const ones = escapeOnes(word);
    if ((word << ones) >> 63 != 0) sawBadEscape = true;
    const value = (1 << (ones + 4)) + <i32>(word << (ones + 1) >> (60 - ones));
    at += 2 * ones + 5;
    const place = target + (<usize>i << 2);
    const power = load<f32>(powers + (<usize>min(value, largestValue) << 2)) * gain;
    store<f32>(place, copysign<f32>(power, load<f32>(place)));
  }
  return at;
}

/** Pulses are added to what was coded, before it is raised to the power of 4/3. */
function addPulses(channel: Channel, wanted: i32): void {
  const edges = bandEdges(false);
  let place = edge(edges, channel.pulseBand), band = channel.pulseBand;
  for (let i = 0; i < channel.pulseCount; i++) {
    const pulse = <i32>(channel.pulses >> <u64>(16 * i)) & 511;
    place += pulse >> 4;
    while (edge(edges, band + 1) <= place) band++;
    if (place >= wanted || band >= channel.maxBand) return;
    const book = load<u8>(channel.books + band);
    if (book == 0 || book >= noiseBook) continue;
    const gain = load<f32>(gains + <usize>(load<i32>(channel.factors + (<usize>band << 2)) << 2));
    const at = channel.spectrum + (<usize>place << 2);
    const value = load<f32>(at);
    const coded = <i32>Math.round(Math.pow(<f64>(abs(value) / gain), 0.75));
    const power = load<f32>(powers + (<usize>min(coded + (pulse & 15), largestValue) << 2)) * gain;
    store<f32>(at, value > 0 ? power : -power);
  }
}

/** Random numbers of the energy that is said, the same in every run. */
function makeNoise(channel: Channel, slot: i32, target: usize, windows: i32, width: i32): void {
  let gain = load<f32>(noiseGains + <usize>((load<i32>(channel.factors + (<usize>slot << 2)) + noiseOffset) << 2));
  if (channel.isShort) gain *= shortGain;
  for (let window = 0; window < windows; window++) {
    const first = target + (<usize>window << 9), last = first + (<usize>width << 2);
    let energy: f32 = 0;
    for (let at = first; at < last; at += 4) {
      noise = noise * 1664525 + 1013904223;
      const value = <f32><i32>noise * <f32>(1.0 / 2147483648.0);
      store<f32>(at, value);
      energy += value * value;
    }
    const scale = gain / sqrt<f32>(max<f32>(energy, 1e-9));
    for (let at = first; at < last; at += 4) store<f32>(at, load<f32>(at) * scale);
  }
}
