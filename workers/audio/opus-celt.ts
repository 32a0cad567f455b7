/** The CELT decoder of `kernels/assembly/opus`: mono at 12 kHz, right below 5 kHz. */
import { instantiate } from '../kernels/kernel.ts';

type CeltExports = {
  readonly memory: WebAssembly.Memory;
  readonly INPUT_BYTES: WebAssembly.Global;
  readonly PACKETS_MAX: WebAssembly.Global;
  start(gain: number): void;
  input(): number;
  lengths(): number;
  output(): number;
  delay(): number;
  damaged(): number;
  decode(packetCount: number): number;
};

export class CeltDecoder {
  readonly #module = instantiate('opus-decoder.wasm') as unknown as CeltExports;
  readonly #input: Uint8Array;
  readonly #lengths: Int32Array;
  readonly #output: number;
  /** Samples of the output that come before the first of the stream. */
  #early: number;
  damaged = false;

  /** `gain` is applied to every sample. */
  constructor(gain: number) {
    const { memory, INPUT_BYTES, PACKETS_MAX } = this.#module;
    this.#input = new Uint8Array(memory.buffer, this.#module.input(), INPUT_BYTES.value as number);
    this.#lengths = new Int32Array(memory.buffer, this.#module.lengths(), PACKETS_MAX.value as number);
    this.#output = this.#module.output();
    this.#early = this.#module.delay();
    this.#module.start(gain);
  }

  /** Hands on what the packets hold, in pieces that are overwritten by the next; one that breaks the rules is damage. */
  decode(packets: readonly Uint8Array[], onSamples: (samples: Float32Array) => void): void {
    let count = 0;
    let bytes = 0;
    for (const packet of packets) {
      if (packet.length > this.#input.length) {
        this.damaged = true;
        continue;
      }
      if (count === this.#lengths.length || bytes + packet.length > this.#input.length) {
        this.#run(count, onSamples);
        count = 0;
        bytes = 0;
      }
      this.#input.set(packet, bytes);
      this.#lengths[count++] = packet.length;
      bytes += packet.length;
    }
    this.#run(count, onSamples);
  }

  #run(count: number, onSamples: (samples: Float32Array) => void): void {
    if (count === 0) return;
    const made = this.#module.decode(count);
    if (this.#module.damaged() > 0) this.damaged = true;
    const early = Math.min(made, this.#early);
    this.#early -= early;
    if (made === early) return;
    onSamples(new Float32Array(this.#module.memory.buffer, this.#output + early * 4, made - early));
  }
}
