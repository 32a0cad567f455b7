import type { Clock } from '../../api/clock.ts';

/** A clock that stands still until a test moves it. */
export class SettableClock implements Clock {
  #now: number;

  constructor(start: Date = new Date()) {
    this.#now = start.getTime();
  }
  now(): Date {
    return new Date(this.#now);
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}
