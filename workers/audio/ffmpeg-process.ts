/**
 * One ffmpeg, started with as little as it needs: no standard input, no network, no environment, named
 * containers only, bounded memory and processor time, and its own process group so that it ends as a whole.
 */
import {
  type ChildProcessByStdio,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
  spawn,
} from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Ffmpeg } from './find-ffmpeg.ts';

/**
 * Containers of audio, or of video with audio. Left out on purpose is everything that names other files (hls,
 * dash, concat, image sequences, playlists, scripts) or is no file at all (devices, lavfi).
 */
const containers = [
  ...[
    'aac',
    'ac3',
    'aiff',
    'amr',
    'ape',
    'asf',
    'au',
    'avi',
    'caf',
    'dsf',
    'dts',
    'dtshd',
    'eac3',
    'flac',
    'flv',
  ],
  ...['iff', 'matroska', 'mov', 'mp3', 'mpc', 'mpc8', 'mpeg', 'mpegts', 'ogg', 'rm', 'tak', 'truehd', 'tta'],
  ...['voc', 'w64', 'wav', 'webm', 'wv', 'xwma'],
].join(',');

/** Debian's ffmpeg maps 250 MiB before it does anything; large pictures in tags take some more. */
const memoryKib = 2 * 1024 * 1024;

export type FfmpegProcess = {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when both streams are closed. `failure` says why it could not be started at all. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; failure?: Error }>;
  /** Ends it and whatever it may have started, at once; harmless when it is gone. */
  kill(): void;
};

/** One file's audio on standard output. */
export function startFfmpeg(ffmpeg: Ffmpeg, path: string, cpuSeconds: number): FfmpegProcess {
  return start(ffmpeg, [...common, ...inputArguments(path), ...outputArguments(0), 'pipe:1'], cpuSeconds);
}

/**
 * Several files' audio, each to the FIFO of its place: as mono where it is stereo (`mixFilter`).
 *
 * One after the other, because ffmpeg goes on with the output whose time is lowest and each file's begins where no
 * other's can end: side by side their tables push one another out of the cache, and 200 s of Vorbis take 20 to 50 ms
 * more. Without a queue an input has no thread of its own, whose locks cost 130 ms a file.
 */
export function startFfmpegBatch(
  ffmpeg: Ffmpeg,
  files: readonly { readonly path: string; readonly fifo: string }[],
  cpuSeconds: number,
): FfmpegProcess {
  const inputs = files.flatMap(({ path }, i) => [
    ...['-thread_queue_size', '0', '-itsoffset', String(i * maxFileSeconds)],
    ...inputArguments(path),
  ]);
  const outputs = files.flatMap(({ fifo }, i) => [
    ...['-af', mixFilter, '-flush_packets', '0'],
    ...outputArguments(i),
    `file:${fifo}`,
  ]);
  return start(ffmpeg, [...common, '-y', ...inputs, ...outputs], cpuSeconds);
}

function start(ffmpeg: Ffmpeg, args: readonly string[], cpuSeconds: number): FfmpegProcess {
  const options: SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe> = {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C' },
    windowsHide: true,
  };
  const isWindows = process.platform === 'win32';
  const child: ChildProcessByStdio<null, Readable, Readable> = isWindows
    ? spawn(ffmpeg.path, args, options)
    : spawn('/bin/sh', ['-c', limitScript(cpuSeconds), ffmpeg.path, ...args], { ...options, detached: true });
  const ended = new Promise<Awaited<FfmpegProcess['ended']>>((settle) => {
    child.once('error', (failure) => settle({ code: null, signal: null, failure }));
    child.once('close', (code, signal) => settle({ code, signal }));
  });
  let isGone = false;
  ended.then(() => {
    isGone = true;
  });
  const kill = () => {
    if (isGone || child.pid === undefined) return;
    try {
      // A negative number is the group, of which the child is the leader because it was detached.
      process.kill(isWindows ? child.pid : -child.pid, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  };
  return { stdout: child.stdout, stderr: child.stderr, ended, kill };
}

/** Limits a system does not know (macOS has no address-space limit) are left out rather than fatal. */
function limitScript(cpuSeconds: number): string {
  const limits = [`-v ${memoryKib}`, `-t ${Math.max(1, Math.ceil(cpuSeconds))}`, '-f 0', '-c 0'];
  return `${limits.map((limit) => `ulimit ${limit} 2>/dev/null`).join('; ')}; exec "$0" "$@"`;
}

/** Longer than any file may be: a day. */
const maxFileSeconds = 86_400;

/**
 * The average of two channels, bit for bit what `sample-sink.ts` makes of them: a half is exact, and so both sums are
 * rounded once. Of mono it is half the sample. Blocks of 64 KiB: as many writes and wake-ups as a pipe needs, an
 * eighth of what packets would make.
 */
const mixFilter = 'aformat=sample_fmts=fltp,pan=mono|c0=.5*c0+.5*c1,asetnsamples=n=16384:p=0';

const common = ['-hide_banner', '-nostdin', '-nostats', '-v', 'level+info', '-filter_threads', '1'];

function inputArguments(path: string): string[] {
  return [
    ...['-protocol_whitelist', 'file,pipe', '-format_whitelist', containers],
    ...['-threads', '1', '-vn', '-sn', '-dn'],
    // With the protocol in front, neither a colon nor a dash in a name means anything.
    ...['-i', `file:${resolve(path)}`],
  ];
}

function outputArguments(input: number): string[] {
  return [
    ...['-map', `${input}:a:0`, '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
    // Floats, because 16 bits clip what lossy decoders overshoot; all channels, because the mix is made here
    // (`sample-sink.ts`); RF64, because four hours of that pass the 4 GiB of a plain WAVE header.
    ...['-c:a', 'pcm_f32le', '-bitexact', '-f', 'wav', '-rf64', 'always'],
  ];
}
