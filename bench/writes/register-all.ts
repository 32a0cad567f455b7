import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../measure/command.ts';
import {
  type Asked,
  type NewRecording,
  type Registered,
  registerOne,
  registerStream,
} from './registry-client.ts';

/** Single requests at a time. */
const inFlight = 8;
/** Of one stream: the server takes 10,000. */
const linesPerStream = 5000;

/**
 * Registers at a rate, in so many streams of which each has its share, or by single requests where that is 0. A recording
 * that is late is sent at once.
 */
export async function registerAll(
  asked: Asked,
  recordings: readonly NewRecording[],
  {
    perSecond,
    streams,
    onAcknowledged,
  }: {
    readonly perSecond: number;
    readonly streams: number;
    readonly onAcknowledged: (made: Registered, externalId: string) => void;
  },
): Promise<void> {
  const begun = performance.now();
  const whenDue = async (i: number) => {
    const wait = begun + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
  };
  if (streams === 0) {
    await inParallel([...recordings.entries()], inFlight, async ([i, recording]) => {
      await whenDue(i);
      onAcknowledged(await registerOne(asked, recording), recording.externalId);
    });
    return;
  }
  await inParallel([...Array(streams).keys()], streams, async (stream) => {
    const own = recordings.filter((_, i) => i % streams === stream);
    for (let from = 0; from < own.length; from += linesPerStream) {
      const lines = async function* () {
        for (const [i, recording] of own.slice(from, from + linesPerStream).entries()) {
          await whenDue((from + i) * streams + stream);
          yield recording;
        }
      };
      await registerStream(asked, lines(), onAcknowledged);
    }
  });
}
