/** Haar transforms and reorderings that trade a band's resolution in time for one in frequency (RFC 6716 section 4.3.4.5). */

const scratch = memory.data(184 * 4, 16);
/** For 2, 4, 8 and 16 blocks: where each of them, in natural order, stands among the Hadamard sequences. */
const sequences = memory.data<u8>([1, 0, 3, 0, 2, 1, 7, 0, 4, 3, 6, 1, 5, 2, 15, 0, 8, 7, 12, 3, 11, 4, 14, 1, 9, 6, 13, 2, 10, 5]);
const rootHalf: f32 = 0.70710678;

/** `n` × `stride` values; `n` is even. */
export function haar(x: usize, n: i32, stride: i32): void {
  const far = <usize>stride << 2;
  if (stride >= 4) {
    for (let j = 0; j < n >> 1; j++) {
      let p = x + (stride * 2 * j << 2);
      for (let i = 0; i < stride; i += 4, p += 16) {
        const a = f32x4.mul(v128.load(p), f32x4.splat(rootHalf)), b = f32x4.mul(v128.load(p + far), f32x4.splat(rootHalf));
        v128.store(p, f32x4.add(a, b));
        v128.store(p + far, f32x4.sub(a, b));
      }
    }
    return;
  }
  if ((n * stride & 3) == 0) {
    const isOne = stride == 1;
    const signs = isOne ? f32x4(rootHalf, -rootHalf, rootHalf, -rootHalf) : f32x4(rootHalf, rootHalf, -rootHalf, -rootHalf);
    for (const end = x + (n * stride << 2); x < end; x += 16) {
      const v = v128.load(x);
      const other = isOne ? v128.shuffle<f32>(v, v, 1, 0, 3, 2) : v128.shuffle<f32>(v, v, 2, 3, 0, 1);
      v128.store(x, f32x4.add(f32x4.mul(v, signs), f32x4.mul(other, f32x4.splat(rootHalf))));
    }
    return;
  }
  for (let j = 0; j < n >> 1; j++) {
    let p = x + (stride * 2 * j << 2);
    for (let i = 0; i < stride; i++, p += 4) {
      const a = rootHalf * load<f32>(p), b = rootHalf * load<f32>(p + far);
      store<f32>(p, a + b);
      store<f32>(p + far, a - b);
    }
  }
}

/** From frequency order to time order: `stride` blocks of `n` each. */
export function deinterleave(x: usize, n: i32, stride: i32, hadamard: bool): void {
  for (let i = 0; i < stride; i++) {
    let target = scratch + ((hadamard ? <i32>load<u8>(sequences + stride - 2 + i) : i) * n << 2);
    let p = x + (i << 2);
    for (let j = 0; j < n; j++, p += stride << 2, target += 4) store<f32>(target, load<f32>(p));
  }
  memory.copy(x, scratch, n * stride << 2);
}

/** Back again. */
export function interleave(x: usize, n: i32, stride: i32, hadamard: bool): void {
  memory.copy(scratch, x, n * stride << 2);
  for (let i = 0; i < stride; i++) {
    let source = scratch + ((hadamard ? <i32>load<u8>(sequences + stride - 2 + i) : i) * n << 2);
    let p = x + (i << 2);
    for (let j = 0; j < n; j++, p += stride << 2, source += 4) store<f32>(p, load<f32>(source));
  }
}
