/** Notices a sender that has stopped sending: it holds a place that another could have. */
import type { IncomingMessage } from 'node:http';
import { RegistryError } from '../errors.ts';

type PauseWatch = Disposable & {
  /** Aborts with the refusal. */
  readonly signal: AbortSignal;
  /** Rejects with the refusal, and never resolves. */
  readonly tooLong: Promise<never>;
};

/** Counts bytes on the connection, not in the parser: what is only slow is not a pause. */
export function watchPauses(message: IncomingMessage, maxPauseMs: number): PauseWatch {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  // Whoever races against it has lost interest by the time it rejects, if the body came first.
  promise.catch(() => undefined);
  let bytesBefore = message.socket.bytesRead;
  const timer = setInterval(() => {
    const { bytesRead } = message.socket;
    if (bytesRead === bytesBefore && !message.complete) {
      const refusal = new RegistryError(
        'REQUEST_TIMEOUT',
        `Expected the body without a pause of ${maxPauseMs} ms.`,
      );
      reject(refusal);
      controller.abort(refusal);
    }
    bytesBefore = bytesRead;
  }, maxPauseMs);
  return { signal: controller.signal, tooLong: promise, [Symbol.dispose]: () => clearInterval(timer) };
}
