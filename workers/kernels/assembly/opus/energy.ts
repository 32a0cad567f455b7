/**
 * Energies of the bands (RFC 6716 section 4.3.2): coarse ones predicted from the frame before and the band below,
 * refined by bits of the allocation and, at the end, by what is left over. All bands of both channels are followed,
 * heard or not: the next frame is predicted from them. log2 amplitudes.
 */
import { BANDS, MAX_FINE_BITS, energyModelOf } from './tables';
import { beginFrequency, decodeBit, decodeIcdf, decodeRaw, frequencyBegun, liesBelow, take, tell } from './range-decoder';
import { finePriorities, fineBits } from './allocation';

/** Of this frame, of the last one without transients, of the one before: two channels each. */
export const energies = memory.data(BANDS * 2 * 4, 16);
export const lastEnergies = memory.data(BANDS * 2 * 4, 16);
export const earlierEnergies = memory.data(BANDS * 2 * 4, 16);
const energyBytes: usize = BANDS * 2 * 4;

const smallSteps = memory.data<u8>([2, 1, 0]);
const predictions = memory.data<f32>([0.8984375, 0.796875, 0.6484375, 0.5]);
const slopes = memory.data<f32>([0.92001342773, 0.67999267578, 0.36999511719, 0.20001220703]);
const intraSlope: f32 = 4915.0 / 32768.0;

export function energyReset(): void {
  memory.fill(energies, 0, energyBytes);
  for (let i = 0; i < BANDS * 2; i++) {
    store<f32>(lastEnergies + (i << 2), -28);
    store<f32>(earlierEnergies + (i << 2), -28);
  }
}

/** Before a frame with one channel: what it is predicted from is the louder of two. */
export function joinEnergies(): void {
  for (let i = 0; i < BANDS; i++) {
    const p = energies + (i << 2);
    store<f32>(p, max(load<f32>(p), load<f32>(p, BANDS * 4)));
  }
}

function decodeLaplace(model: usize, band: i32): i32 {
  const p = model + 2 * min(band, 20);
  let frequency: u32 = <u32>load<u8>(p) << 7;
  const decay: u32 = <u32>load<u8>(p, 1) << 6;
  beginFrequency(15);
  let step = 0, low: u32 = 0;
  if (!liesBelow(32768 - frequency)) {
    step = 1;
    low = frequency;
    frequency = ((32768 - 32 - frequency) * (16384 - decay) >> 15) + 1;
    while (frequency > 1 && !liesBelow(32768 - low - 2 * frequency)) {
      frequency *= 2;
      low += frequency;
      frequency = ((frequency - 2) * decay >> 15) + 1;
      step++;
    }
    if (frequency <= 1) {
      const more = (frequencyBegun(32768) - low) >> 1;
      step += more;
      low += 2 * more;
    }
    if (liesBelow(32768 - low - frequency)) step = -step;
    else low += frequency;
  }
  take(low, min<u32>(low + frequency, 32768), 32768);
  return step;
}

export function decodeCoarse(end: i32, intra: i32, channels: i32, lm: i32, budget: i32): void {
  const model = energyModelOf(lm, intra);
  const prediction: f32 = intra ? 0 : load<f32>(predictions + (lm << 2));
  const slope: f32 = intra ? intraSlope : load<f32>(slopes + (lm << 2));
  let below0: f32 = 0, below1: f32 = 0;
  for (let band = 0; band < end; band++) {
    for (let channel = 0; channel < channels; channel++) {
      const left = budget - tell();
      let step = -1;
      if (left >= 15) {
        step = decodeLaplace(model, band);
      } else if (left >= 2) {
        step = decodeIcdf(smallSteps, 2);
        step = (step >> 1) ^ -(step & 1);
      } else if (left >= 1) {
        step = -decodeBit(1);
      }
      const p = energies + ((channel * BANDS + band) << 2);
      const below = channel ? below1 : below0;
      const q = <f32>step;
      store<f32>(p, prediction * max<f32>(-9, load<f32>(p)) + below + q);
      if (channel) below1 = below + q - slope * q;
      else below0 = below + q - slope * q;
    }
  }
}

export function decodeFine(end: i32, channels: i32): void {
  for (let band = 0; band < end; band++) {
    const bits = load<i32>(fineBits + (band << 2));
    if (bits <= 0) continue;
    for (let channel = 0; channel < channels; channel++) {
      const p = energies + ((channel * BANDS + band) << 2);
      store<f32>(p, load<f32>(p) + (<f32>decodeRaw(bits) + 0.5) / <f32>(1 << bits) - 0.5);
    }
  }
}

export function decodeFinal(end: i32, channels: i32, bitsLeft: i32): void {
  for (let priority = 0; priority < 2; priority++) {
    for (let band = 0; band < end && bitsLeft >= channels; band++) {
      const bits = load<i32>(fineBits + (band << 2));
      if (bits >= MAX_FINE_BITS || load<i32>(finePriorities + (band << 2)) != priority) continue;
      for (let channel = 0; channel < channels; channel++) {
        const p = energies + ((channel * BANDS + band) << 2);
        store<f32>(p, load<f32>(p) + (<f32>decodeRaw(1) - 0.5) / <f32>(1 << (bits + 1)));
        bitsLeft--;
      }
    }
  }
}

/** After a frame: what the next ones are predicted from and compared with. */
export function keepEnergies(end: i32, channels: i32, isTransient: bool, isSilent: bool): void {
  const half: usize = BANDS * 4;
  if (isSilent) for (let i = 0; i < channels * BANDS; i++) store<f32>(energies + (i << 2), -28);
  if (channels == 1) memory.copy(energies + half, energies, half);
  if (!isTransient) {
    memory.copy(earlierEnergies, lastEnergies, energyBytes);
    memory.copy(lastEnergies, energies, energyBytes);
  } else {
    for (let i = 0; i < 2 * BANDS; i++) {
      const p = lastEnergies + (i << 2);
      store<f32>(p, min(load<f32>(p), load<f32>(energies + (i << 2))));
    }
  }
  for (let channel = 0; channel < 2; channel++) {
    for (let band = end; band < BANDS; band++) {
      const at = (channel * BANDS + band) << 2;
      store<f32>(energies + at, 0);
      store<f32>(lastEnergies + at, -28);
      store<f32>(earlierEnergies + at, -28);
    }
  }
}
