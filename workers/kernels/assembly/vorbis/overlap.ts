/**
 * Windows and overlap-add (Vorbis I, sections 1.3.2 and 4.3.8) of blocks as `imdct.ts` gives them: from the middle of one
 * block to the middle of the next, both on the coarse grid. The overlap is as long as half the shorter block.
 */
/** Of an overlap of 2^i values: the rising half of the window up to its middle, then the falling one. */
const windows = heap.alloc(16 * 4);
memory.fill(windows, 0, 16 * 4);

function makeWindow(overlap: i32): usize {
  const half = overlap >> 1;
  const window = heap.alloc(<usize>overlap << 2);
  for (let i = 0; i < half; i++) {
    store<f32>(window + (<usize>i << 2), slope(<f64>i + 0.5, overlap));
    store<f32>(window + (<usize>(half + i) << 2), slope(<f64>(overlap - 1 - i) + 0.5, overlap));
  }
  return window;
}

function slope(at: f64, overlap: i32): f32 {
  const sine = Math.sin(at / overlap * (Math.PI / 2));
  return <f32>Math.sin(Math.PI / 2 * sine * sine);
}

/**
 * `before` and `now` are what `inverseMdct` gave for two blocks of `halfBefore` and `halfNow` values; writes
 * (halfBefore + halfNow) / 2 samples to `out`.
 */
export function overlapAdd(before: usize, halfBefore: i32, now: usize, halfNow: i32, out: usize): void {
  const overlap = min(halfBefore, halfNow), half = overlap >> 1;
  const slot = windows + (ctz(overlap) << 2);
  if (load<u32>(slot) == 0) store<u32>(slot, <u32>makeWindow(overlap));
  const rising = <usize>load<u32>(slot), falling = rising + (<usize>half << 2);
  const plainBefore = (halfBefore >> 1) - half, plainNow = (halfNow >> 1) - half;
  const overlapped = out + (<usize>plainBefore << 2);
  reverseInto(before + (<usize>half << 2), plainBefore, out);
  const current = now + (<usize>(halfNow - half) << 2);
  const last = overlapped + (<usize>overlap << 2);
  const past = before + (<usize>half << 2);
  let i: i32 = 0;
  for (; i + 4 <= half; i += 4) {
    const at = <usize>i << 2;
    // The block before is negated and runs backwards.
    const p = backwards(v128.load(past - 16 - at)), c = v128.load(current + at);
    const up = v128.load(rising + at), down = v128.load(falling + at);
    v128.store(overlapped + at, f32x4.sub(f32x4.mul(c, up), f32x4.mul(p, down)));
    v128.store(last - 16 - at, backwards(f32x4.neg(f32x4.add(f32x4.mul(p, up), f32x4.mul(c, down)))));
  }
  for (; i < half; i++) {
    const at = <usize>i << 2;
    const p = load<f32>(past - 4 - at), c = load<f32>(current + at);
    const up = load<f32>(rising + at), down = load<f32>(falling + at);
    store<f32>(overlapped + at, c * up - p * down);
    store<f32>(last - 4 - at, -(p * up + c * down));
  }
  reverseInto(now + (<usize>(halfNow >> 1) << 2), plainNow, last);
}

/** `count` values, negated, the last first. */
function reverseInto(from: usize, count: i32, to: usize): void {
  let i: i32 = 0;
  const end = from + (<usize>count << 2);
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(to + at, f32x4.neg(backwards(v128.load(end - 16 - at))));
  }
  for (; i < count; i++) store<f32>(to + (<usize>i << 2), -load<f32>(end - 4 - (<usize>i << 2)));
}

// @ts-ignore: decorator
@inline
function backwards(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 3, 2, 1, 0);
}
