/** A phase of load, second by second: what was answered, what was refused, and how soon. In a closed loop by autocannon. */
import autocannon from 'autocannon';
import { type Kind, kinds, type Sent, type Traffic } from './traffic.ts';

export type Second = {
  answered: number;
  refused: number;
  failed: number;
  readonly byKind: Record<Kind, number>;
};

export type Phase = {
  readonly seconds: readonly Second[];
  readonly answeredMs: readonly number[];
  readonly refusedMs: readonly number[];
  /** Refusals that did not say when to come again. */
  readonly withoutRetryAfter: number;
  /** By what came instead of an answer or a refusal. */
  readonly failures: Readonly<Record<string, number>>;
  readonly acknowledged: readonly Sent[];
};

export type PhaseOptions = {
  readonly address: string;
  readonly traffic: Traffic;
  readonly seconds: number;
};

/** Gathers what comes back. */
export function openPhase(length: number) {
  const seconds: Second[] = [];
  const begun = performance.now();
  const [answeredMs, refusedMs]: [number[], number[]] = [[], []];
  const acknowledged: Sent[] = [];
  const failures: Record<string, number> = {};
  let withoutRetryAfter = 0;
  const now = (): Second => {
    const at = Math.floor((performance.now() - begun) / 1000);
    while (seconds.length <= at) {
      const byKind = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
      seconds.push({ answered: 0, refused: 0, failed: 0, byKind });
    }
    return seconds[at] as Second;
  };
  return {
    take(sent: Sent, status: number, ms: number, hasRetryAfter: boolean): void {
      if (status >= 200 && status < 300) {
        now().answered += 1;
        now().byKind[sent.kind] += 1;
        answeredMs.push(ms);
        if (sent.externalId !== undefined) acknowledged.push(sent);
      } else if (status === 503) {
        now().refused += 1;
        refusedMs.push(ms);
        if (!hasRetryAfter) withoutRetryAfter += 1;
      } else this.fail(`status ${status}`);
    },
    fail(what: string): void {
      failures[what] = (failures[what] ?? 0) + 1;
      now().failed += 1;
    },
    /** Of the seconds in which something was sent; what came after them is no goodput of theirs. */
    end(): Phase {
      now();
      return {
        seconds: seconds.slice(0, length),
        answeredMs,
        refusedMs,
        withoutRetryAfter,
        failures,
        acknowledged,
      };
    },
  };
}

const timeoutSeconds = 60;

/** So many connections, each of which sends again as soon as it is answered. */
export async function runClosedLoop(
  options: PhaseOptions & { readonly connections: number },
): Promise<Phase> {
  const { address, traffic, seconds, connections } = options;
  const phase = openPhase(seconds);
  type Asked = { sent?: Sent; atMs: number };
  const ended = Promise.withResolvers<void>();
  const shot: autocannon.Options = {
    url: address,
    connections,
    duration: seconds,
    timeout: timeoutSeconds,
    requests: [
      {
        setupRequest: (request, context) => {
          const sent = traffic.next();
          Object.assign(context, { sent, atMs: performance.now() });
          const { method, path, headers, body } = sent;
          return { ...request, method, path, headers: { ...headers }, ...(body ? { body } : {}) };
        },
        onResponse: (status, _body, context, headers) => {
          const { sent, atMs } = context as Asked;
          if (sent) phase.take(sent, status, performance.now() - atMs, 'retry-after' in (headers ?? {}));
        },
      },
    ],
  };
  const instance = autocannon(shot, (error) => (error ? ended.reject(error) : ended.resolve()));
  instance.on('reqError', (error) => phase.fail(error.message));
  await ended.promise;
  return phase.end();
}
