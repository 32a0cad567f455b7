/**
 * What time it is, for everything that compares an instant with a deadline: one clock for the process, which a test
 * sets instead of waiting for days. How long a socket or a statement may take is not asked here: that is real time.
 */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
