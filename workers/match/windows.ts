/** An upload is searched in overlapping windows of 10 s. */
import { windowFrames, windowHopFrames } from './parameters.ts';
import type { Window } from './verify.ts';

export function windowsOf(frameCount: number): Window[] {
  const count = Math.max(1, Math.ceil(frameCount / windowHopFrames) - 1);
  return Array.from({ length: count }, (_, i) => ({
    begin: i * windowHopFrames,
    end: Math.min(i * windowHopFrames + windowFrames, frameCount),
  }));
}
