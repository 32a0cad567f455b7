/**
 * One CELT frame (RFC 6716 section 4.3), from its bytes to a quarter of its samples, both channels as one. Above
 * 5.6 kHz it is read and not made.
 */
import { BANDS, BITRES, capOf, edge, meanEnergy } from './tables';
import { decodeBit, decodeIcdf, decodeRaw, decodeUniform, rangeStart, rangeState, tell, tellEighths, useUp } from './range-decoder';
import { decodeCoarse, decodeFinal, decodeFine, earlierEnergies, energies, energyReset, joinEnergies, keepEnergies, lastEnergies } from './energy';
import { allocate, boosts, capsNow, shapeBits } from './allocation';
import { changes, masks, readBands, shapeBytes, shapes } from './bands';
import { nextNoise, setSeed } from './noise';
import { exp2 } from './exp2';
import { clear, mixTo, renormalize, scaleTo } from './shape-vectors';
import { OVERLAP, addBlock } from './imdct';
import { finishFrame, frameSamples, postFilterReset } from './post-filter';

/** Up to 5.6 kHz: 28 of the 30 coefficients that a short block keeps. */
const KEPT_BANDS: i32 = 15;

const mixed = memory.data(256 * 4, 16);
const tapsetSymbols = memory.data<u8>([2, 1, 0]);
const spreadSymbols = memory.data<u8>([25, 23, 2, 0]);
const trimSymbols = memory.data<u8>([126, 124, 119, 109, 87, 41, 19, 9, 4, 2, 0]);
/** For each frame size: long blocks, then short ones; each for two choices of two. */
const changeChoices = memory.data<i8>([
  0, -1, 0, -1, 0, -1, 0, -1,
  0, -1, 0, -2, 1, 0, 1, -1,
  0, -2, 0, -3, 2, 0, 1, -1,
  0, -2, 0, -3, 3, 0, 1, -1,
]);

export function frameReset(): void {
  energyReset();
  postFilterReset();
  setSeed(0);
}

function readChanges(end: i32, lm: i32, isTransient: i32, frameBits: i32): void {
  let used = tell();
  let log = isTransient ? 2 : 4;
  const reserved = lm > 0 && used + log + 1 <= frameBits;
  const budget = frameBits - (reserved ? 1 : 0);
  let current = 0, changed = 0;
  for (let i = 0; i < end; i++) {
    if (used + log <= budget) {
      current ^= decodeBit(log);
      used = tell();
      changed |= current;
    }
    store<i32>(changes + (i << 2), current);
    log = isTransient ? 4 : 5;
  }
  const choices = changeChoices + (lm * 8 + isTransient * 4);
  const choice = reserved && load<i8>(choices + changed) != load<i8>(choices + 2 + changed) ? decodeBit(1) : 0;
  for (let i = 0; i < end; i++) {
    const p = changes + (i << 2);
    store<i32>(p, load<i8>(choices + 2 * choice + load<i32>(p)));
  }
}

/** Answers how many eighths of bits the boosts took. */
function readBoosts(end: i32, channels: i32, lm: i32, total: i32): i32 {
  let log = 6, left = total;
  for (let i = 0; i < end; i++) {
    const width = (channels * (edge(i + 1) - edge(i))) << lm;
    const step = min(width << BITRES, max(6 << BITRES, width));
    const cap = capOf(lm, channels, i);
    store<i32>(capsNow + (i << 2), cap);
    let logNow = log, boost = 0;
    while (tellEighths() + (logNow << BITRES) < left && boost < cap) {
      if (!decodeBit(logNow)) break;
      boost += step;
      left -= step;
      logNow = 1;
    }
    store<i32>(boosts + (i << 2), boost);
    if (boost > 0) log = max(2, log - 1);
  }
  return total - left;
}

/** Fills short blocks that came out empty with noise as loud as the frames before allow (section 4.3.5). */
function fillCollapsed(channels: i32, lm: i32): void {
  for (let band = 0; band < KEPT_BANDS; band++) {
    const n = edge(band + 1) - edge(band);
    const depth = (1 + load<i32>(shapeBits + (band << 2))) / n >> lm;
    const threshold: f32 = 0.5 * exp2(-0.125 * <f32>depth);
    for (let channel = 0; channel < channels; channel++) {
      const at = (channel * BANDS + band) << 2;
      let last = load<f32>(lastEnergies + at), earlier = load<f32>(earlierEnergies + at);
      if (channels == 1) {
        last = max(last, load<f32>(lastEnergies + at, BANDS * 4));
        earlier = max(earlier, load<f32>(earlierEnergies + at, BANDS * 4));
      }
      const louder = max<f32>(0, load<f32>(energies + at) - min(last, earlier));
      let r: f32 = 2 * exp2(-louder);
      if (lm == 3) r *= 1.41421356;
      r = min(threshold, r) / sqrt<f32>(<f32>(n << lm));
      const x = shapes + channel * <i32>shapeBytes + (edge(band) << lm << 2);
      const mask = <i32>load<u8>(masks + band * 2 + channel);
      const whole = (1 << (1 << lm)) - 1;
      if ((mask & whole) == whole) continue;
      for (let block = 0; block < 1 << lm; block++) {
        if (mask & (1 << block)) continue;
        for (let j = 0; j < n; j++) store<f32>(x + (((j << lm) + block) << 2), nextNoise() & 0x8000 ? r : -r);
      }
      renormalize(x, n << lm, 1);
    }
  }
}

/** Both channels' coefficients at their loudness, averaged. */
function mix(end: i32, channels: i32, lm: i32): void {
  clear(mixed, 256);
  for (let band = 0; band < min(end, KEPT_BANDS); band++) {
    const p = energies + (band << 2), begin = edge(band) << lm, n = (edge(band + 1) << lm) - begin;
    const x = shapes + (begin << 2), target = mixed + (begin << 2);
    const left = exp2(min<f32>(32, load<f32>(p) + meanEnergy(band)));
    if (channels == 1) scaleTo(target, x, n, left);
    else mixTo(target, x, 0.5 * left, x + shapeBytes, 0.5 * exp2(min<f32>(32, load<f32>(p, BANDS * 4) + meanEnergy(band))), n);
  }
}

/** Writes 30 × 2^`lm` samples to `out`; false for a frame that read past its end or left no numbers. */
export function decodeFrame(bytes: usize, count: i32, end: i32, channels: i32, lm: i32, out: usize, scale: f32): bool {
  const frameBits = count * 8;
  rangeStart(bytes, count);
  if (channels == 1) joinEnergies();
  const isSilent = decodeBit(15) != 0;
  if (isSilent) useUp();
  let period = 15, gain: f32 = 0, tapset = 0;
  if (tell() + 16 <= frameBits && decodeBit(1)) {
    const octave = decodeUniform(6);
    period = (16 << octave) + decodeRaw(4 + octave) - 1;
    gain = 0.09375 * <f32>(decodeRaw(3) + 1);
    if (tell() + 2 <= frameBits) tapset = decodeIcdf(tapsetSymbols, 2);
  }
  const isTransient = lm > 0 && tell() + 3 <= frameBits ? decodeBit(3) : 0;
  const intra = tell() + 3 <= frameBits ? decodeBit(3) : 0;
  decodeCoarse(end, intra, channels, lm, frameBits);
  readChanges(end, lm, isTransient, frameBits);
  const spread = tell() + 4 <= frameBits ? decodeIcdf(spreadSymbols, 5) : 2;
  const boosted = readBoosts(end, channels, lm, frameBits << BITRES);
  const trim = tellEighths() + (6 << BITRES) <= (frameBits << BITRES) - boosted ? decodeIcdf(trimSymbols, 7) : 5;
  let bits = (frameBits << BITRES) - tellEighths() - 1;
  const reserve = isTransient && lm >= 2 && bits >= (lm + 2) << BITRES ? 8 : 0;
  bits -= reserve;
  allocate(end, trim, bits, channels, lm);
  decodeFine(end, channels);
  readBands(end, KEPT_BANDS, channels, lm, isTransient ? 1 << lm : 1, spread, (frameBits << BITRES) - reserve);
  const fills = reserve ? decodeRaw(1) : 0;
  decodeFinal(end, channels, frameBits - tell());
  if (fills) fillCollapsed(channels, lm);
  if (isSilent) clear(mixed, 256);
  else mix(end, channels, lm);
  keepEnergies(end, channels, isTransient != 0, isSilent);
  setSeed(rangeState());
  synthesize(isTransient ? 1 << lm : 1, lm);
  const isSound = tell() <= frameBits;
  if (finishFrame(lm, max(15, period), gain, tapset, out, scale)) return isSound;
  energyReset();
  return false;
}

/** In place of a frame that was lost or not sent: what the one before it left over, then silence. */
export function decodeNothing(lm: i32, out: usize, scale: f32): void {
  clear(mixed, 256);
  synthesize(1, lm);
  finishFrame(lm, 15, 0, 0, out, scale);
}

function synthesize(blocks: i32, lm: i32): void {
  if (blocks == 1) {
    addBlock(mixed, 1, lm, frameSamples);
    return;
  }
  for (let block = 0; block < blocks; block++) addBlock(mixed + (block << 2), blocks, 0, frameSamples + (block * OVERLAP << 2));
}
