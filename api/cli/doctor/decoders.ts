import { findFfmpeg } from '../../../workers/audio/find-ffmpeg.ts';
import { instantiate } from '../../../workers/kernels/kernel.ts';
import type { Config } from '../../config.ts';
import { type Finding, messageOf } from './check.ts';

export async function checkFfmpeg({ decoder }: Config): Promise<Finding> {
  const ffmpeg = await findFfmpeg();
  const name = 'ffmpeg';
  if (ffmpeg !== undefined) {
    const unused = decoder === 'wasm' ? ', not used: the decoder is set to wasm' : '';
    return { name, state: 'fine', found: `${ffmpeg.version}, ${ffmpeg.path}${unused}` };
  }
  return {
    name,
    state: decoder === 'ffmpeg' ? 'broken' : 'note',
    found:
      'not on the PATH. Ogg Vorbis, Opus, MP3, AAC, M4A, FLAC and WAV are read without it; ALAC, WMA and others are not.',
    next: 'Install it from your distribution: "apt install ffmpeg", "dnf install ffmpeg", "brew install ffmpeg".',
  };
}

/** Each of them is compiled and started, which is what fails where WebAssembly is switched off. */
const wasmDecoders: Readonly<Record<string, () => Promise<void>>> = {
  'Ogg Vorbis': async () => void instantiate('vorbis-decoder.wasm'),
  'Ogg Opus': async () => {
    instantiate('opus-decoder.wasm');
    await startAndStop(new (await import('opus-decoder')).OpusDecoder());
  },
  MP3: async () => {
    instantiate('mp3-decoder.wasm');
    await startAndStop(new (await import('mpg123-decoder')).MPEGDecoder());
  },
  AAC: async () => void instantiate('aac-decoder.wasm'),
  FLAC: async () => void instantiate('flac-decoder.wasm'),
};

async function startAndStop(decoder: { readonly ready: Promise<void>; free(): void }): Promise<void> {
  await decoder.ready;
  decoder.free();
}

export async function checkWasmDecoders({ decoder }: Config): Promise<Finding> {
  const broken: string[] = [];
  for (const [format, start] of Object.entries(wasmDecoders)) {
    try {
      await start();
    } catch (error) {
      broken.push(`${format} (${messageOf(error)})`);
    }
  }
  const name = 'WASM decoders';
  if (broken.length === 0)
    return { name, state: 'fine', found: `${Object.keys(wasmDecoders).join(', ')}, WAV` };
  const state = decoder === 'ffmpeg' ? 'note' : 'broken';
  return {
    name,
    state,
    found: `do not start: ${broken.join('; ')}`,
    next: 'Run "npm ci" again where earmark is installed.',
  };
}
