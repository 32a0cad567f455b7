/** The granules of one frame, from main data to samples: which channels have to be read, and how they become one. */
import { bitsOpen, overrun, position } from '../msb-bits';
import { readLines } from './huffman';
import { hybrid, hybridStart } from './hybrid';
import { addLines, mixIntensity, orderLines, scaleLines, separateLines } from './lines';
import { readLsfScaleFactors, readScaleFactors } from './scale-factors';
import { granule, LINES } from './side-info';
import { synthesise } from './synthesis';
import { SHORT_BANDS } from './tables';

const LINE_BYTES: usize = (LINES + 8) * 4;
const INTENSITY: i32 = 1;
const MS: i32 = 2;

const left = heap.alloc(LINE_BYTES);
const right = heap.alloc(LINE_BYTES);

let rateIndex: i32 = 0;
let bandCount: i32 = 32;
let longLimit: i32 = 0;
let shortLimit: i32 = 0;
/** How many lines the last `readChannel` gave. */
let lineCount: i32 = 0;

export function granulesStart(rate: i32, bands: i32): void {
  rateIndex = rate;
  bandCount = bands;
  // Eight lines above the last band reach into it by alias reduction, and lines come in pairs.
  longLimit = min(LINES, bands * 18 + 8);
  shortLimit = LINES;
  for (let band = 12; band >= 0; band--) {
    const line = 3 * <i32>SHORT_BANDS[rate * 14 + band];
    if (line >= bands * 18) shortLimit = line;
  }
  hybridStart();
}

/** False for what no encoder may write; there are no lines then. */
function readChannel(
  reversed: usize, at: i32, total: i32, g: i32, channel: i32, isPosition: bool, isWhole: bool, quarters: i32,
): bool {
  const part = granule(g, channel);
  const lines = channel == 0 ? left : right;
  const end = at + part.bits;
  let valid = end <= total;
  lineCount = 0;
  if (valid && part.bits > 0) {
    bitsOpen(reversed, at, end);
    if (rateIndex > 2) readLsfScaleFactors(part, channel, isPosition);
    else readScaleFactors(part, channel);
    valid = !overrun();
    if (valid) {
      const limit = isWhole ? LINES : part.blockType == 2 ? shortLimit : longLimit;
      lineCount = readLines(reversed, position(), end, part, limit, lines);
      valid = lineCount >= 0;
      if (valid) scaleLines(lines, lineCount, part, channel, rateIndex, quarters);
    }
  }
  if (!valid || lineCount == 0) {
    memory.fill(lines, 0, LINE_BYTES);
    lineCount = 0;
  }
  return valid;
}

/**
 * `extension` of joint stereo: 1 intensity, 2 sum and difference. Without `there` it is silence that decays.
 * False where something was damaged.
 */
export function decodeGranules(
  reversed: usize, at: i32, total: i32, channelCount: i32, extension: i32, there: bool, target: usize,
): bool {
  let valid = true;
  const isMs = (extension & MS) != 0;
  const granuleCount = rateIndex > 2 ? 1 : 2;
  for (let g = 0; g < granuleCount; g++) {
    const first = granule(g, 0), second = granule(g, 1);
    if (!there) {
      memory.fill(left, 0, LINE_BYTES);
      hybrid(left, 0, first, bandCount, false);
    } else {
      const isAlike = channelCount == 1 || (first.blockType == second.blockType && first.mixed == second.mixed);
      const isIntensity = (extension & INTENSITY) != 0 && isAlike;
      const isSum = isMs && !isIntensity && isAlike;
      const readsSecond = channelCount == 2 && !isSum;
      // −4 halves, −2 is 1/√2; M and S that have to be told apart take both.
      const quarters = channelCount == 1 || isIntensity ? 0 : isSum ? -2 : isMs ? -6 : -4;
      if (!readChannel(reversed, at, total, g, 0, false, isIntensity || !isAlike, quarters)) valid = false;
      let count = lineCount, otherCount = 0;
      at += first.bits;
      if (channelCount == 2) {
        if (readsSecond) {
          const isPosition = (extension & INTENSITY) != 0;
          if (!readChannel(reversed, at, total, g, 1, isPosition, isIntensity || !isAlike, quarters)) valid = false;
          otherCount = lineCount;
        }
        at += second.bits;
      }
      if (isIntensity) mixIntensity(left, right, second, rateIndex, isMs);
      else if (readsSecond && isAlike) addLines(left, right, otherCount);
      else if (readsSecond && isMs) separateLines(left, right);
      // Reordering moves lines up to the end of their band.
      const isMoved = first.blockType == 2 || !isAlike;
      count = isMoved ? LINES : max(count, otherCount);
      orderLines(left, first, rateIndex);
      hybrid(left, count, first, bandCount, false);
      if (readsSecond && !isAlike) {
        orderLines(right, second, rateIndex);
        hybrid(right, LINES, second, bandCount, true);
      }
    }
    synthesise(target);
    target += <usize>(18 * bandCount) << 2;
  }
  return valid;
}
