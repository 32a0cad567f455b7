/** How far a bench is, on stderr: one line that is written over on a terminal, a line now and then elsewhere. */

const plainLineEveryMs = 10_000;
const redrawEveryMs = 200;

export type Progress = {
  /** `count` is how much was done since the last step; 1 unless told. */
  step(text: string, count?: number): void;
  end(): void;
};

/** A line that stays. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function openProgress(doing: string, total: number): Progress {
  const isTerminal = process.stderr.isTTY;
  const begun = performance.now();
  let done = 0;
  let last = begun;
  const write = (text: string) => {
    const seconds = (performance.now() - begun) / 1000;
    const left = done > 2 ? `, ${Math.round((seconds / done) * (total - done))} s left` : '';
    const line = `${doing} ${done} of ${total}${left}${text === '' ? '' : ` · ${text}`}`;
    process.stderr.write(
      isTerminal ? `\r\x1b[K${line.slice(0, (process.stderr.columns ?? 100) - 1)}` : `${line}\n`,
    );
  };
  return {
    step(text, count = 1) {
      done += count;
      const now = performance.now();
      if (now - last < (isTerminal ? redrawEveryMs : plainLineEveryMs)) return;
      last = now;
      write(text);
    },
    end() {
      write(`${((performance.now() - begun) / 1000).toFixed(1)} s`);
      if (isTerminal) process.stderr.write('\n');
    },
  };
}
