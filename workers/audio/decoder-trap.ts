/**
 * How the WASM packages are called: what they print is not passed on, and a trap costs one instance.
 *
 * Hostile data makes the codecs' C code divide by zero or reach outside its memory now and then (libopus on one
 * mutated file in forty). In WASM that is an exception and does no harm outside the instance, whose memory,
 * however, is not to be trusted any more: a fresh one takes its place.
 */

/** Fresh instances for one stream. One costs half a millisecond, and 17 to 29 MiB of address space. */
export const maxFreshInstances = 100;

/** A trap inside an instance. By name, because `WebAssembly.RuntimeError` is missing from Node's types. */
export function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}

/** A trap, or a packet that does not fit the package's buffers. */
export function isDecoderFailure(error: unknown): boolean {
  return isTrap(error) || error instanceof RangeError;
}

/**
 * Runs a package's synchronous call. The packages print to the console for every bad packet, from C and from
 * JavaScript, and a damaged file would fill the log; what matters of it they also return.
 */
export function withoutPrinting<Result>(call: () => Result): Result {
  const print = console.error;
  console.error = () => {};
  try {
    return call();
  } finally {
    console.error = print;
  }
}
