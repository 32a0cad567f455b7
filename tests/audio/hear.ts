/** Decodes to memory, which only a test may do, and files that last as long as a test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type AudioLimits,
  type DecoderChoice,
  type DecodeSummary,
  decodeAudio,
  defaultAudioLimits,
} from '../../workers/audio/decode.ts';
import { WorkerError, type WorkerErrorCode } from '../../workers/errors.ts';

export type Heard = {
  readonly summary: DecodeSummary;
  readonly samples: Float32Array;
  /** Rates in the order in which they came. */
  readonly ratesHz: readonly number[];
};

export async function hear(
  file: string,
  decoder: DecoderChoice = 'wasm',
  limits: Partial<AudioLimits> = {},
): Promise<Heard> {
  const chunks: Float32Array[] = [];
  const ratesHz: number[] = [];
  const summary = await decodeAudio(
    file,
    { decoder, limits: { ...defaultAudioLimits, ...limits } },
    (samples, rateHz) => {
      chunks.push(samples.slice());
      if (ratesHz.at(-1) !== rateHz) ratesHz.push(rateHz);
    },
  );
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  return { summary, samples, ratesHz };
}

/** The code a file is refused with, and the message; fails where the file is taken. */
export async function refusalOf(
  file: string,
  decoder: DecoderChoice = 'wasm',
  limits: Partial<AudioLimits> = {},
): Promise<{ code: WorkerErrorCode; message: string }> {
  try {
    const { summary } = await hear(file, decoder, limits);
    throw new Error(`expected a refusal, received ${JSON.stringify(summary)}`);
  } catch (error) {
    if (error instanceof WorkerError) return { code: error.code, message: error.message };
    throw error;
  }
}

export type Scratch = AsyncDisposable & {
  readonly directory: string;
  write(name: string, bytes: Uint8Array | string): Promise<string>;
};

export async function scratchDirectory(): Promise<Scratch> {
  const directory = await mkdtemp(path.join(tmpdir(), 'earmark-audio-'));
  return {
    directory,
    async write(name, bytes) {
      const file = path.join(directory, name);
      await writeFile(file, bytes);
      return file;
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
    },
  };
}
