/** What is done to a band's shape as a vector. Lengths are seldom no multiple of four. */

// @ts-ignore: decorator
@inline
function sumOfLanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

export function renormalize(x: usize, n: i32, gain: f32): void {
  let i = 0, lanes = f32x4.splat(0);
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(x + (i << 2));
    lanes = f32x4.add(lanes, f32x4.mul(v, v));
  }
  let power = sumOfLanes(lanes) + 1e-15;
  for (; i < n; i++) power += load<f32>(x + (i << 2)) * load<f32>(x + (i << 2));
  scaleTo(x, x, n, gain / sqrt<f32>(power));
}

export function scaleTo(target: usize, x: usize, n: i32, gain: f32): void {
  let i = 0;
  const gains = f32x4.splat(gain);
  for (; i + 4 <= n; i += 4) v128.store(target + (i << 2), f32x4.mul(v128.load(x + (i << 2)), gains));
  for (; i < n; i++) store<f32>(target + (i << 2), load<f32>(x + (i << 2)) * gain);
}

export function mixTo(target: usize, x: usize, xGain: f32, y: usize, yGain: f32, n: i32): void {
  let i = 0;
  const xGains = f32x4.splat(xGain), yGains = f32x4.splat(yGain);
  for (; i + 4 <= n; i += 4) {
    v128.store(target + (i << 2), f32x4.add(f32x4.mul(v128.load(x + (i << 2)), xGains), f32x4.mul(v128.load(y + (i << 2)), yGains)));
  }
  for (; i < n; i++) store<f32>(target + (i << 2), load<f32>(x + (i << 2)) * xGain + load<f32>(y + (i << 2)) * yGain);
}

export function copyTo(target: usize, x: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(target + (i << 2), v128.load(x + (i << 2)));
  for (; i < n; i++) store<f32>(target + (i << 2), load<f32>(x + (i << 2)));
}

export function clear(x: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(x + (i << 2), f32x4.splat(0));
  for (; i < n; i++) store<f32>(x + (i << 2), 0);
}

/** Mid and side, of which the first has length one, to left and right, each of length one. */
export function merge(x: usize, y: usize, mid: f32, n: i32): void {
  let i = 0, crosses = f32x4.splat(0), sides = crosses;
  for (; i + 4 <= n; i += 4) {
    const b = v128.load(y + (i << 2));
    crosses = f32x4.add(crosses, f32x4.mul(v128.load(x + (i << 2)), b));
    sides = f32x4.add(sides, f32x4.mul(b, b));
  }
  let cross = sumOfLanes(crosses), side = sumOfLanes(sides);
  for (; i < n; i++) {
    const b = load<f32>(y + (i << 2));
    cross += load<f32>(x + (i << 2)) * b;
    side += b * b;
  }
  cross *= mid;
  const left = mid * mid + side - 2 * cross, right = mid * mid + side + 2 * cross;
  if (!(right >= 6e-4 && left >= 6e-4)) {
    copyTo(y, x, n);
    return;
  }
  const leftGain: f32 = 1 / sqrt<f32>(left), rightGain: f32 = 1 / sqrt<f32>(right);
  for (i = 0; i + 4 <= n; i += 4) {
    const m = f32x4.mul(f32x4.splat(mid), v128.load(x + (i << 2))), s = v128.load(y + (i << 2));
    v128.store(x + (i << 2), f32x4.mul(f32x4.splat(leftGain), f32x4.sub(m, s)));
    v128.store(y + (i << 2), f32x4.mul(f32x4.splat(rightGain), f32x4.add(m, s)));
  }
  for (; i < n; i++) {
    const m = mid * load<f32>(x + (i << 2)), s = load<f32>(y + (i << 2));
    store<f32>(x + (i << 2), leftGain * (m - s));
    store<f32>(y + (i << 2), rightGain * (m + s));
  }
}
