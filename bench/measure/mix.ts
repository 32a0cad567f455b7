/**
 * A long mix of real audio, made from any folder: its files one behind the other, over and over, each round at
 * another speed so that no second of the mix repeats another. Mono at 44.1 kHz; as Ogg where there is an ffmpeg
 * to encode it, else as the WAV that it is first.
 */
import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { decodeAudio, defaultAudioLimits } from '../../workers/audio/decode.ts';
import { openProgress, say } from '../report/progress.ts';
import { hasCommand, run } from './command.ts';

const mixRateHz = 44_100;
/** Round after round; the first is unaltered, so that scans of the mix find something. */
const speeds = [1, 0.985, 1.015, 0.95, 1.05, 0.92, 1.08, 0.89, 1.11, 0.86, 1.14, 0.83, 1.17, 0.8, 1.2];

const audioFile = /\.(ogg|oga|opus|mp3|flac|wav|m4a|aac)$/i;

/** Files of audio below a folder, in the order of their paths. */
export function audioFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => audioFile.test(entry.name) && statSync(join(entry.parentPath, entry.name)).isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export type MixCodec = 'vorbis' | 'opus' | 'wav';

const encoders: Record<Exclude<MixCodec, 'wav'>, readonly string[]> = {
  vorbis: ['-c:a', 'libvorbis', '-b:a', '160k'],
  opus: ['-c:a', 'libopus', '-b:a', '96k'],
};

/** Writes `target` without its extension; gives the whole path. */
export async function makeMix(
  files: readonly string[],
  minutes: number,
  codec: MixCodec,
  target: string,
): Promise<string> {
  const wav = `${target}.wav`;
  await writeWav(files, minutes * 60 * mixRateHz, wav);
  if (codec === 'wav') return wav;
  if (!hasCommand('ffmpeg')) {
    say('no ffmpeg here: the mix stays WAV');
    return wav;
  }
  const encoded = `${target}.${codec === 'opus' ? 'opus' : 'ogg'}`;
  say(`encoding ${minutes} min as ${codec}`);
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', wav, ...encoders[codec], encoded]);
  rmSync(wav);
  return encoded;
}

async function writeWav(files: readonly string[], sampleCount: number, path: string): Promise<void> {
  const part = `${path}.part`;
  const file = openSync(part, 'w');
  writeSync(file, wavHeader(sampleCount));
  const progress = openProgress('mixing, minutes', Math.ceil(sampleCount / mixRateHz / 60));
  let written = 0;
  for (let turn = 0; written < sampleCount; turn++) {
    const before = written;
    const speed = speeds[Math.floor(turn / files.length) % speeds.length] as number;
    const name = files[turn % files.length] as string;
    let at = 0;
    let last = 0;
    await decodeAudio(name, { decoder: 'auto', limits: defaultAudioLimits }, (samples, rateHz) => {
      // Linear interpolation: `at` counts this file's samples, from the last one of the chunk before.
      const step = (speed * rateHz) / mixRateHz;
      const block = Buffer.alloc(
        Math.min(sampleCount - written, Math.ceil((samples.length - at) / step) + 1) * 2,
      );
      let count = 0;
      for (; at < samples.length && count * 2 < block.length; at += step) {
        const i = Math.floor(at);
        const left = i === 0 ? last : (samples[i - 1] as number);
        const value = left + ((samples[i] as number) - left) * (at - i);
        block.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), count++ * 2);
      }
      at = Math.max(0, at - samples.length);
      last = samples.at(-1) ?? 0;
      writeSync(file, block, 0, count * 2);
      const minute = Math.floor(written / mixRateHz / 60);
      written += count;
      if (Math.floor(written / mixRateHz / 60) > minute) progress.step('');
    });
    if (written === before) throw new Error(`no audio came out of ${name}`);
  }
  closeSync(file);
  progress.end();
  renameSync(part, path);
}

function wavHeader(sampleCount: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + sampleCount * 2, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(mixRateHz, 24);
  header.writeUInt32LE(mixRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(sampleCount * 2, 40);
  return header;
}
