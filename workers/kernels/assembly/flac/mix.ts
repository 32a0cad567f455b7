/** The plain average of all channels, from -1 to 1; joint stereo (RFC 9639 section 9.1.3) needs no left and right for it. */
import { BLOCK_MAX, channelSamples } from './subframe';

export const mono = heap.alloc((BLOCK_MAX + 8) * 4);

/** `stereo`: 0 independent, 1 left and side, 2 side and right, 3 mid and side. */
export function mix(channelCount: i32, stereo: i32, bitsPerSample: i32, count: i32): void {
  const scale = f32x4.splat(<f32>(1 / (<f64>channelCount * <f64>(<i64>1 << (bitsPerSample - 1)))));
  const a = channelSamples(0), b = channelSamples(1);
  const end = count << 2;
  if (stereo != 0) {
    for (let i = 0; i < end; i += 16) {
      const first = v128.load(a + i), second = v128.load(b + i);
      let sum: v128;
      if (stereo == 1) sum = i32x4.sub(i32x4.add(first, first), second);
      else if (stereo == 2) sum = i32x4.add(first, i32x4.add(second, second));
      else sum = i32x4.add(i32x4.add(first, first), v128.and(second, i32x4.splat(1)));
      v128.store(mono + i, f32x4.mul(f32x4.convert_i32x4_s(sum), scale));
    }
    return;
  }
  for (let i = 0; i < end; i += 16) {
    let sum = f32x4.mul(f32x4.convert_i32x4_s(v128.load(a + i)), scale);
    for (let channel = 1; channel < channelCount; channel++) {
      sum = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(v128.load(channelSamples(channel) + i)), scale));
    }
    v128.store(mono + i, sum);
  }
}
