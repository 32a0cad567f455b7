/**
 * Polyphase synthesis, ISO/IEC 11172-3 section 2.4.3.2.2, of the lowest of 32 subbands at every `decimation`th sample:
 * of matrix and window only the rows are kept that fall on such a sample. Nothing is filtered besides; what the
 * dropped subbands held is missing, what the kept ones hold is exact.
 */
import { hybridOutput } from './hybrid';
import { SYNTHESIS_WINDOW } from './tables';

const SLOTS: usize = 18;
/** Vectors that one output sample looks back on. */
const PAST: usize = 15;

const matrix = heap.alloc(32 * 64 * 4);
const taps = heap.alloc(16 * 32 * 4);
const vectors = heap.alloc((PAST + SLOTS) * 64 * 4);

let bandCount: i32 = 0;

/** The samples kept are `phase`, `phase` + `decimation`, … of every frame. */
export function synthesisStart(decimation: i32, phase: i32): void {
  bandCount = 32 / decimation;
  const rows = 2 * bandCount;
  for (let row = 0; row < rows; row++) {
    const i = phase + decimation * row;
    for (let k = 0; k < bandCount; k++) {
      store<f32>(matrix + ((k * rows + row) << 2), <f32>Math.cos(Math.PI / 64 * <f64>((16 + i) * (2 * k + 1))));
    }
  }
  for (let tap = 0; tap < 16; tap++) {
    for (let m = 0; m < bandCount; m++) {
      const value = SYNTHESIS_WINDOW[32 * tap + phase + decimation * m];
      store<f32>(taps + ((tap * bandCount + m) << 2), <f32>value / 65536);
    }
  }
  memory.fill(vectors, 0, (PAST + SLOTS) * 64 * 4);
}

/** What the hybrid gave, to 18 × `bandCount` samples at `target`. */
export function synthesise(target: usize): void {
  const rowBytes = <usize>bandCount << 3, sampleBytes = <usize>bandCount << 2;
  let slot = vectors + PAST * rowBytes, bands = hybridOutput();
  for (let t: usize = 0; t < SLOTS; t++) {
    for (let row: usize = 0; row < rowBytes; row += 64) {
      let a = f32x4.splat(0), b = a, c = a, d = a;
      let m = matrix + row;
      for (let k: usize = 0; k < sampleBytes; k += 4) {
        const s = v128.load32_splat(bands + k);
        a = f32x4.add(a, f32x4.mul(s, v128.load(m)));
        b = f32x4.add(b, f32x4.mul(s, v128.load(m, 16)));
        c = f32x4.add(c, f32x4.mul(s, v128.load(m, 32)));
        d = f32x4.add(d, f32x4.mul(s, v128.load(m, 48)));
        m += rowBytes;
      }
      const to = slot + row;
      v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48);
    }
    for (let m: usize = 0; m < sampleBytes; m += 32) {
      let a = f32x4.splat(0), b = a, c = a, d = a;
      let v = slot + m, w = taps + m;
      for (let tap = 0; tap < 16; tap += 2) {
        a = f32x4.add(a, f32x4.mul(v128.load(v), v128.load(w)));
        b = f32x4.add(b, f32x4.mul(v128.load(v, 16), v128.load(w, 16)));
        // The odd ones are the upper half of the vector before.
        const u = v - sampleBytes, x = w + sampleBytes;
        c = f32x4.add(c, f32x4.mul(v128.load(u), v128.load(x)));
        d = f32x4.add(d, f32x4.mul(v128.load(u, 16), v128.load(x, 16)));
        v -= 2 * rowBytes;
        w += 2 * sampleBytes;
      }
      v128.store(target + m, f32x4.add(a, c));
      v128.store(target + m, f32x4.add(b, d), 16);
    }
    slot += rowBytes; bands += sampleBytes; target += sampleBytes;
  }
  memory.copy(vectors, vectors + SLOTS * rowBytes, PAST * rowBytes);
}
