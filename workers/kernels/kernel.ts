/**
 * Loads the WASM kernel (`assembly/`, built by `npm run build:kernel`, compared by `npm run check`).
 * The module is compiled once a thread; every stream has an instance of its own, so no state crosses.
 */
import { readFileSync } from 'node:fs';

type KernelExports = {
  readonly memory: WebAssembly.Memory;
  readonly inputMax: WebAssembly.Global;
  start(rateHz: number): void;
  push(count: number): number;
  flush(): number;
  finish(): void;
  input(): number;
  resampled(): number;
  peaks(): number;
  takePeaks(): number;
};

let compiled: WebAssembly.Module | undefined;

export function instantiateKernel(): KernelExports {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./fingerprint.wasm', import.meta.url)));
  const instance = new WebAssembly.Instance(compiled, {
    env: {
      abort: () => {
        throw new Error('the fingerprint kernel aborted');
      },
    },
  });
  return instance.exports as unknown as KernelExports;
}
