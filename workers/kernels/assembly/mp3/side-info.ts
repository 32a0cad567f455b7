/** Side information of a frame, ISO/IEC 11172-3 section 2.4.1.7 and 13818-3 section 2.4.1.7. */
import { read, skip } from '../msb-bits';
import { LONG_BANDS, SHORT_BANDS } from './tables';

export const LINES: i32 = 576;

/** One channel of one granule. */
@unmanaged
export class Granule {
  bits: i32;
  bigValues: i32;
  gain: i32;
  compress: i32;
  /** 0 long, 1 start, 2 short, 3 stop. */
  blockType: i32;
  mixed: i32;
  table0: i32;
  table1: i32;
  table2: i32;
  windowGain0: i32;
  windowGain1: i32;
  windowGain2: i32;
  /** Lines where the second and third region of big values begin. */
  region1: i32;
  region2: i32;
  preflag: i32;
  scaleShift: i32;
  quadrupleTable: i32;
  /** Bands of scale factors, four bits, as of the granule before it. */
  shared: i32;
}

const granules = heap.alloc(4 * offsetof<Granule>());

export function granule(index: i32, channel: i32): Granule {
  return changetype<Granule>(granules + <usize>(index * 2 + channel) * offsetof<Granule>());
}

/** Bytes before the first of this frame where its main data begins. */
export let mainDataBegin: i32 = 0;

/** The bits are open at the side information. False for what no encoder may write. */
export function readSideInfo(isLsf: bool, channelCount: i32, rate: i32): bool {
  mainDataBegin = read(isLsf ? 8 : 9);
  skip(isLsf ? channelCount : channelCount == 1 ? 5 : 3);
  for (let c = 0; c < channelCount; c++) {
    granule(0, c).shared = 0;
    granule(1, c).shared = isLsf ? 0 : read(4);
  }
  let valid = true;
  const granuleCount = isLsf ? 1 : 2;
  for (let g = 0; g < granuleCount; g++) {
    for (let c = 0; c < channelCount; c++) {
      if (!readGranule(granule(g, c), isLsf, rate)) valid = false;
    }
  }
  return valid;
}

function readGranule(g: Granule, isLsf: bool, rate: i32): bool {
  g.bits = read(12);
  g.bigValues = read(9);
  g.gain = read(8);
  g.compress = read(isLsf ? 9 : 4);
  let valid = g.bigValues * 2 <= LINES;
  g.blockType = 0; g.mixed = 0;
  g.windowGain0 = 0; g.windowGain1 = 0; g.windowGain2 = 0;
  if (read(1)) {
    g.blockType = read(2);
    g.mixed = read(1);
    g.table0 = read(5); g.table1 = read(5); g.table2 = 0;
    g.windowGain0 = read(3); g.windowGain1 = read(3); g.windowGain2 = read(3);
    if (g.blockType == 0) valid = false;
    g.region1 = g.blockType == 2
      ? 3 * <i32>SHORT_BANDS[rate * 14 + 3]
      : <i32>LONG_BANDS[rate * 23 + 8];
    g.region2 = LINES;
  } else {
    g.table0 = read(5); g.table1 = read(5); g.table2 = read(5);
    const first = <i32>read(4) + 1;
    const second = first + <i32>read(3) + 1;
    g.region1 = <i32>LONG_BANDS[rate * 23 + first];
    g.region2 = <i32>LONG_BANDS[rate * 23 + min(second, 22)];
  }
  // Only short blocks are mixed; with a start or stop window the flag says nothing.
  if (g.blockType != 2) g.mixed = 0;
  g.preflag = isLsf ? 0 : read(1);
  g.scaleShift = read(1);
  g.quadrupleTable = read(1);
  return valid;
}
