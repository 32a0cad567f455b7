/**
 * How far a long command is: a bar on a terminal, a plain line now and then in a pipe or a log. Everything goes to
 * stderr, so that stdout holds nothing but the result.
 */
import { SingleBar } from 'cli-progress';
import { duration, timesRealTime, whole } from '../output/quantities.ts';
import { type OutputStream, printable } from '../output/terminal-text.ts';

const plainLineEveryMs = 10_000;
const barRedrawsPerSecond = 8;
const barUpdateEveryMs = 300;
/** A remaining time from fewer items than this would jump about. */
const itemsBeforeEstimate = 3;

export type Progress = {
  /** One item is done, well or badly. `audioMs` is 0 where nothing had to be listened to. */
  itemDone(audioMs: number): void;
  /** So many items are done in all, with so much audio. */
  advanceTo(doneCount: number, audioMs: number): void;
  /** A line for the person, above the bar where there is one. */
  note(line: string): void;
  /** Something else is about to write to the same terminal: the bar steps aside for a moment. */
  stepAside(): void;
  stop(): void;
  readonly audioMs: number;
  readonly elapsedMs: number;
};

export type ProgressOptions = {
  /** What is being done, as the bar's first word: `registering`. */
  readonly doing: string;
  readonly itemCount: number;
  /** Items are bytes of a file: shown as what share of it is read. */
  readonly isBytes?: boolean;
  readonly stream?: OutputStream;
  /** Milliseconds from any start. */
  readonly now?: () => number;
};

export function openProgress({
  doing,
  itemCount,
  isBytes = false,
  stream = process.stderr,
  now = () => performance.now(),
}: ProgressOptions): Progress {
  const startedMs = now();
  let doneCount = 0;
  let audioMs = 0;
  const elapsedMs = () => now() - startedMs;
  const payload = () => ({
    speed: timesRealTime(audioMs, elapsedMs()),
    left: timeLeft(doneCount, itemCount, elapsedMs()),
  });
  const bar = stream.isTTY === true && itemCount > 0 ? makeBar(doing, stream, isBytes) : undefined;
  // The bar remembers where on the screen it began and goes back there when it stops, so it is stopped before
  // anything else is written and begun anew below it.
  const stepAside = () => bar?.stop();
  // However the process ends, the terminal gets its cursor back.
  process.on('exit', stepAside);
  const draw = () => {
    if (bar?.isActive === false) bar.start(itemCount, doneCount, payload());
    else bar?.update(doneCount, payload());
  };
  const advanceTo = (newDoneCount: number, newAudioMs: number) => {
    doneCount = newDoneCount;
    audioMs = newAudioMs;
    if (bar?.isActive === true) draw();
  };
  const plainLine = () => {
    const { speed, left } = payload();
    if (isBytes) return `${doing} ${Math.floor((100 * doneCount) / Math.max(1, itemCount))} %: ${left}`;
    return `${doing} ${whole(doneCount)} of ${whole(itemCount)}: ${duration(audioMs)} of audio, ${speed}, ${left}`;
  };
  const [tick, everyMs] = bar
    ? [draw, barUpdateEveryMs]
    : [() => stream.write(`${plainLine()}\n`), plainLineEveryMs];
  const ticking = setInterval(tick, everyMs).unref();
  draw();
  return {
    itemDone: (itemAudioMs) => advanceTo(doneCount + 1, audioMs + itemAudioMs),
    advanceTo,
    note(line) {
      stepAside();
      stream.write(`${line.split('\n').map(printable).join('\n')}\n`);
    },
    stepAside,
    stop() {
      clearInterval(ticking);
      stepAside();
      process.off('exit', stepAside);
    },
    get audioMs() {
      return audioMs;
    },
    get elapsedMs() {
      return elapsedMs();
    },
  };
}

function makeBar(doing: string, stream: OutputStream, isBytes: boolean): SingleBar {
  return new SingleBar({
    stream,
    format: isBytes
      ? `${doing} {bar} {percentage} % · {left}`
      : `${doing} {bar} {value}/{total} · {speed} · {left}`,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 24,
    fps: barRedrawsPerSecond,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is the command's own to handle.
    gracefulExit: false,
  });
}

function timeLeft(doneCount: number, itemCount: number, elapsedMs: number): string {
  if (doneCount >= itemCount) return 'done';
  if (doneCount < itemsBeforeEstimate) return 'estimating';
  return `${duration((elapsedMs / doneCount) * (itemCount - doneCount))} left`;
}
