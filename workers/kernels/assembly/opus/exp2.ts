/** 2^x to 24 bits, for x from −126 to 127; what lies below counts as −126. */
// @ts-ignore: decorator
@inline
export function exp2(x: f32): f32 {
  x = max<f32>(-126, x);
  const whole = nearest<f32>(x);
  const f = (x - whole) * <f32>Math.LN2;
  const y: f32 = 1 + f * (1 + f * (0.5 + f * (<f32>(1 / 6.0) + f * (<f32>(1 / 24.0) + f * (<f32>(1 / 120.0) + f * <f32>(1 / 720.0))))));
  return y * reinterpret<f32>((<i32>whole + 127) << 23);
}
