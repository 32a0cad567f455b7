/**
 * Registrations that come while one is being committed are committed together: every commit waits for the disk with the
 * feed's lock in hand, and one wait does for many. Only what is asked under the same session goes together, because a
 * transaction has one, and in the order in which it is asked: of two with the same external id the first is made. Each is
 * answered after the commit it was part of, and for itself: what cannot be done together is done alone.
 */
import type { Connections } from './connections.ts';
import { registerNew } from './register-new.ts';
import {
  type Registered,
  type Registration,
  type RegistrationRefused,
  registerRecording,
} from './registration.ts';
import { StoreUnavailable } from './store-unavailable.ts';

/** In one transaction. */
const maxTogether = 64;

type Answer = Registered | RegistrationRefused;
type Waiting = {
  readonly registration: Registration;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
};

export type RegistrationLines = (
  session: string,
  connections: Connections,
  registration: Registration,
) => Promise<Answer>;

/** How many may wait is for the callers to bound. */
export function openRegistrationLines(): RegistrationLines {
  const lines = new Map<string, Waiting[]>();

  async function work(session: string, line: Waiting[], connections: Connections): Promise<void> {
    // What is asked in the same turn of the event loop goes along.
    await Promise.resolve();
    while (line.length > 0) await registerTogether(connections, line.splice(0, maxTogether));
    lines.delete(session);
  }

  return (session, connections, registration) => {
    // Its key is claimed and answered in one transaction with it.
    if (registration.idempotency !== undefined) return registerRecording(connections, registration);
    return new Promise((resolve, reject) => {
      const waiting = { registration, resolve, reject };
      const line = lines.get(session);
      if (line) {
        line.push(waiting);
        return;
      }
      const begun = [waiting];
      lines.set(session, begun);
      void work(session, begun, connections);
    });
  };
}

/** Never rejects: who waits is told. */
async function registerTogether(connections: Connections, together: readonly Waiting[]): Promise<void> {
  const registrations = together.map(({ registration }) => registration);
  let answers: readonly (Registered | undefined)[] = [];
  if (together.length > 1) {
    try {
      answers = await connections.transaction((on) => registerNew(on, registrations));
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        for (const { reject } of together) reject(error);
        return;
      }
      // One of them is refused, or is a bug of ours: alone, each is told its own.
    }
  }
  for (const [i, { resolve }] of together.entries()) {
    const answer = answers[i];
    if (answer !== undefined) resolve(answer);
  }
  for (const [i, { registration, resolve, reject }] of together.entries()) {
    if (answers[i] === undefined) await registerRecording(connections, registration).then(resolve, reject);
  }
}
