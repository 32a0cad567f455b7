/**
 * By how much decoders of low frequencies lower the rate: the largest of 1, 2, 4, 8 and 16 that leaves 10 kHz or more. A
 * fingerprint hears up to 3.5 kHz, and what lies above 4.5 kHz its own filter takes away.
 */
const lowestRateHz = 10_000;
const maxDecimation = 16;

export function decimationOf(sampleRateHz: number): number {
  let decimation = 1;
  while (decimation < maxDecimation && sampleRateHz / (decimation * 2) >= lowestRateHz) decimation *= 2;
  return decimation;
}
