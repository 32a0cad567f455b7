/** A folder of one codec for a bench: real audio cut or joined to one length, encoded by ffmpeg. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { say } from '../report/progress.ts';
import { cacheFolder } from '../report/results.ts';
import { inParallel, run } from './command.ts';
import { audioFilesIn } from './mix.ts';

type Encoder = {
  readonly extension: string;
  readonly arguments: readonly string[];
  /** Bar of processor time against fpcalc's. */
  readonly bar: number;
};
export const encoders: Readonly<Record<string, Encoder>> = {
  vorbis: { extension: 'ogg', arguments: ['-c:a', 'libvorbis', '-b:a', '160k', '-ar', '44100'], bar: 1 },
  opus: { extension: 'opus', arguments: ['-c:a', 'libopus', '-b:a', '96k'], bar: 1.1 },
  mp3: { extension: 'mp3', arguments: ['-c:a', 'libmp3lame', '-b:a', '128k', '-ar', '44100'], bar: 1 },
  aac: { extension: 'm4a', arguments: ['-c:a', 'aac', '-b:a', '128k', '-ar', '44100'], bar: 1.1 },
  flac: { extension: 'flac', arguments: ['-c:a', 'flac', '-sample_fmt', 's16', '-ar', '44100'], bar: 1 },
};
export const quiet = ['-nostdin', '-v', 'error', '-y'];
/** Many recordings begin with silence. */
const skippedSeconds = 2;

export type CodecFolder = {
  /** Where the audio is. */
  readonly audio: string;
  readonly fileCount: number;
  readonly seconds: number;
  readonly copies: number;
  /** Where the folder is to be. */
  readonly scratch: string;
};

/** One codec and nothing else, every file several times with another comment. */
export async function makeCodecFolder(codec: string, wanted: CodecFolder): Promise<string> {
  const encoder = encoders[codec];
  if (encoder === undefined)
    throw new Error(`--codecs knows ${Object.keys(encoders).join(', ')}, received ${codec}`);
  const { audio, fileCount, seconds, copies, scratch } = wanted;
  const sources = audioFilesIn(resolve(audio));
  if (sources.length === 0) throw new Error(`no audio in ${audio}`);
  const kept = join(cacheFolder, `fingerprint-${basename(resolve(audio))}-${seconds}s-${codec}`);
  mkdirSync(kept, { recursive: true });
  const folder = join(scratch, codec);
  mkdirSync(folder);
  const numbers = Array.from({ length: fileCount }, (_, i) => i);
  say(`${numbers.length} files as ${codec}, each ${copies} times`);
  await inParallel(numbers, 2, async (i) => {
    const target = join(kept, `${i}.${encoder.extension}`);
    if (!existsSync(target)) await encode(sources, i, seconds, encoder, target);
    for (let copy = 0; copy < copies; copy++) {
      const name = join(folder, `${i}-${copy}${extname(target)}`);
      await run('ffmpeg', [...quiet, '-i', target, '-c', 'copy', '-metadata', `comment=${copy}`, name]);
    }
  });
  return folder;
}

/** The audio of the sources from number `i` on, joined until it is long enough. */
async function encode(
  sources: readonly string[],
  i: number,
  seconds: number,
  encoder: Encoder,
  target: string,
): Promise<void> {
  const inputs: string[] = [];
  let joinedSeconds = 0;
  for (let k = i; joinedSeconds < seconds; k++) {
    const source = sources[k % sources.length] as string;
    const query = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', source];
    joinedSeconds += Math.max(0, Number(await run('ffprobe', query)) - skippedSeconds);
    inputs.push('-ss', String(skippedSeconds), '-i', source);
  }
  const count = inputs.length / 4;
  const same = inputs
    .slice(0, count)
    .map((_, k) => `[${k}:a:0]aformat=channel_layouts=stereo,aresample=44100[a${k}]`);
  const joined = Array.from({ length: count }, (_, k) => `[a${k}]`).join('');
  const filter = `${same.join(';')};${joined}concat=n=${count}:v=0:a=1[out]`;
  const part = `${target}.part${extname(target)}`;
  const cut = ['-map', '[out]', '-t', String(seconds)];
  await run('ffmpeg', [...quiet, ...inputs, '-filter_complex', filter, ...cut, ...encoder.arguments, part]);
  renameSync(part, target);
}
