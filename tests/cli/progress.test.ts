import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openProgress } from '../../api/cli/work/progress.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

function pipe() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}

it('writes a plain line now and then where there is no terminal', () => {
  const { stream, text } = pipe();
  let nowMs = 0;
  const progress = openProgress({ doing: 'scanning', itemCount: 8, stream, now: () => nowMs });
  for (let n = 0; n < 4; n += 1) progress.itemDone(60_000);
  nowMs = 10_000;
  vi.advanceTimersByTime(10_000);
  progress.stop();
  vi.advanceTimersByTime(60_000);
  expect(text()).toBe('scanning 4 of 8: 4 min 0 s of audio, 24 × real time, 10 s left\n');
});

it('takes control characters out of a note', () => {
  const { stream, text } = pipe();
  const progress = openProgress({ doing: 'scanning', itemCount: 1, stream });
  progress.note('one\u001b[2J\ntwo');
  progress.stop();
  expect(text()).toBe('one�[2J\ntwo\n');
});
