/** Compares a whole decode with one of low frequencies at a part of its rate, where a fingerprint hears. */
const passHz = 3500;
/** Half the length of the low-pass filter. */
const reachSeconds = 0.006;

/** Level of the difference under that of the whole, in decibels, below 3.5 kHz. */
export function lowBandDb(
  whole: readonly Float32Array[],
  low: Float32Array,
  { sampleRateHz, decimation }: { readonly sampleRateHz: number; readonly decimation: number },
): number {
  const mono = Float64Array.from(
    { length: whole[0]?.length ?? 0 },
    (_, i) => whole.reduce((sum, channel) => sum + (channel[i] as number), 0) / whole.length,
  );
  let error = 0;
  let power = 0;
  const step = Math.max(1, Math.floor(low.length / 1500));
  for (let i = 0; i < low.length; i += step) {
    const expected = lowPassed(mono, (i + 0.5) * decimation - 0.5, sampleRateHz);
    const received = lowPassed(low, i, sampleRateHz / decimation);
    error += (expected - received) ** 2;
    power += expected ** 2;
  }
  return 10 * Math.log10(power / error);
}

/** At a time in samples that need not be whole: a sinc under a Blackman window. */
function lowPassed(samples: Float64Array | Float32Array, at: number, rateHz: number): number {
  const reach = reachSeconds * rateHz;
  const cut = passHz / rateHz;
  let sum = 0;
  for (let i = Math.max(0, Math.ceil(at - reach)); i <= Math.min(samples.length - 1, at + reach); i++) {
    const off = at - i;
    const turn = (Math.PI * off) / reach;
    const window = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
    const sinc = off === 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * off) / (Math.PI * off);
    sum += (samples[i] as number) * window * sinc;
  }
  return sum;
}
