/**
 * Loads the WASM kernels (`assembly/`, built by `npm run build:kernel`, compared by `npm run check`).
 * A module is compiled once a thread; every stream has an instance of its own, so no state crosses.
 */
import { readFileSync } from 'node:fs';

/** What every module has: samples go in, peaks come out. */
type WindowExports = {
  readonly memory: WebAssembly.Memory;
  readonly inputMax: WebAssembly.Global;
  push(count: number): number;
  finish(): void;
  input(): number;
  peaks(): number;
  takePeaks(): number;
};

type KernelExports = WindowExports & {
  start(rateHz: number): void;
  flush(): number;
  resampled(): number;
};

const compiled = new Map<string, WebAssembly.Module>();

export function instantiateKernel(): KernelExports {
  return instantiate('fingerprint.wasm') as unknown as KernelExports;
}

/** Takes 8 kHz samples only: what the kernel gives at `resampled`. */
export function instantiateOtherWindow(window: 'short' | 'long'): WindowExports {
  return instantiate(`${window}-window.wasm`) as unknown as WindowExports;
}

/** `file` is a module beside this one. A trap in it is thrown as `WebAssembly.RuntimeError`. */
export function instantiate(file: string): Record<string, unknown> {
  const module = compiled.get(file) ?? new WebAssembly.Module(readFileSync(new URL(file, import.meta.url)));
  compiled.set(file, module);
  const instance = new WebAssembly.Instance(module, {
    env: {
      abort: () => {
        throw new Error(`${file} aborted`);
      },
    },
  });
  return instance.exports;
}
