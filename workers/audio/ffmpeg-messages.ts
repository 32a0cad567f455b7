/** What ffmpeg says on its standard error, kept bounded and read for the few things we need of it. */

/** The description of the input stands at the beginning, the reason of a failure at the end. */
const headChars = 32 * 1024;
const tailChars = 4 * 1024;

export class FfmpegMessages {
  readonly #headChars: number;
  #head = '';
  #tail = '';
  #sawError = false;

  constructor(inputCount = 1) {
    this.#headChars = inputCount * headChars;
  }

  add(text: string): void {
    const room = this.#headChars - this.#head.length;
    this.#head += text.slice(0, room);
    const seen = this.#tail + text;
    this.#sawError ||= seen.includes('[error]');
    this.#tail = seen.slice(-tailChars);
  }

  /** Something could not be decoded. */
  get sawError(): boolean {
    return this.#sawError;
  }

  /** The file itself says it goes on. */
  get saysCutShort(): boolean {
    return /partial file|ended prematurely|Truncat/i.test(this.#head + this.#tail);
  }

  get saysNoDecoder(): boolean {
    return /Decoder \(codec .*\) not found|no decoder found|Decoder not found/i.test(this.#head);
  }

  get saysNoAudio(): boolean {
    return /matches no streams|does not contain any stream/.test(this.#head + this.#tail);
  }

  /** Container and codec of the first audio stream, such as `mov/aac`. */
  get format(): string {
    const container = /^(?:\[info\] )?Input #0, ([a-z0-9_]+)/m.exec(this.#head)?.[1] ?? 'unknown';
    const codec = /Stream #0:\d+.*?: Audio: ([a-z0-9_]+)/.exec(this.#head)?.[1] ?? 'no audio';
    return `${container}/${codec}`;
  }

  /** The length the container declares; undefined where it is not known or only estimated from the bitrate. */
  get declaredMs(): number | undefined {
    if (/Estimating duration from bitrate/.test(this.#head)) return undefined;
    const found = /^(?:\[info\] )? {2}Duration: (\d+):(\d+):(\d+)\.(\d+)/m.exec(this.#head);
    if (found === null) return undefined;
    const [hours, minutes, seconds, hundredths] = found.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10;
  }

  /** Container and codec, layout of the channels and declared length of one of several; undefined until all is said. */
  findInput(index: number): { format: string; layout: string; declaredMs: number | undefined } | undefined {
    const rest = this.#head.split(new RegExp(`^(?:\\[info\\] )?Input #${index}, `, 'm'))[1];
    const end = rest?.search(/^(?:\[info\] )?(?:Input #|Stream mapping:)/m) ?? -1;
    if (rest === undefined || end === -1) return undefined;
    const one = new FfmpegMessages();
    one.add(`Input #0, ${rest.slice(0, end).replaceAll(`Stream #${index}:`, 'Stream #0:')}`);
    const layout = /Stream #0:\d+.*?: Audio: [^,]*(?:\([^)]*\))?[^,]*, \d+ Hz, ([^,\n]+)/.exec(
      one.#head,
    )?.[1];
    return { format: one.format, layout: layout ?? 'unknown', declaredMs: one.declaredMs };
  }

  /** The last complaint, without the path: messages go out to whoever sent the file. */
  reason(path: string): string {
    const lines = `${this.#tail}`.split('\n').filter((line) => /\[(error|fatal)\]/.test(line));
    const line = lines.at(-1) ?? 'no reason given';
    return line
      .replaceAll(`file:${path}`, 'the file')
      .replaceAll(path, 'the file')
      .replace(/\[[^\]]*@ 0x[0-9a-f]+\] |\[(error|fatal)\] /g, '')
      .slice(0, 200);
  }
}
