/**
 * Works through a stream of items with a bounded number in flight and hands the results over in the order of the
 * items. One item that takes long (a two-hour mix among excerpts) does not idle the rest: others may run ahead of it,
 * but only so far, because their results wait in memory.
 */
export type WorkBounds = {
  readonly maxInFlight: number;
  /** Items begun and not yet handed over, finished or not. */
  readonly maxAhead: number;
  /** When it aborts, nothing new is begun; what is in flight is finished and handed over. */
  readonly signal: AbortSignal;
};

/** `work` answers failures in its result: a rejection is our own bug and ends the whole. */
export async function* workThrough<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  { maxInFlight, maxAhead, signal }: WorkBounds,
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const line: Promise<Result>[] = [];
  let inFlight = 0;
  let isExhausted = false;
  let wake = () => {};
  try {
    while (true) {
      while (!isExhausted && !signal.aborted && inFlight < maxInFlight && line.length < maxAhead) {
        const next = await source.next();
        if (next.done === true) {
          isExhausted = true;
          break;
        }
        inFlight += 1;
        const result = work(next.value).finally(() => {
          inFlight -= 1;
          wake();
        });
        // Whoever waits for the head of the line hears of a rejection; until then it must not end the process.
        result.catch(() => {});
        line.push(result);
      }
      const head = line[0];
      if (head === undefined) return;
      const freed = new Promise<'freed'>((resolve) => {
        wake = () => resolve('freed');
      });
      const first = await Promise.race([head.then((result) => ({ result })), freed]);
      if (first === 'freed') continue;
      line.shift();
      yield first.result;
    }
  } finally {
    await source.return?.();
  }
}
