/**
 * So many requests a second, whatever has been answered. Not by autocannon, whose rate is a whole number of requests a
 * second for each connection: a connection that waits for an answer sends nothing, so a slow server would be offered less.
 */
import { Agent, request } from 'node:http';
import { openPhase, type Phase, type PhaseOptions } from './cannon.ts';
import type { Sent } from './traffic.ts';

const tickMs = 5;
const timeoutMs = 120_000;
/** Fewer than a server takes; what finds none free is counted as a failure and not left out. */
const maxSockets = 1500;

export async function runOpenLoop(
  options: PhaseOptions & { readonly rate: number; readonly everySecond: () => void },
): Promise<Phase> {
  const { address, traffic, seconds, rate, everySecond } = options;
  const phase = openPhase(seconds);
  const agent = new Agent({ keepAlive: true, maxSockets });
  const inFlight = new Set<Promise<void>>();
  const begun = performance.now();
  let sentCount = 0;
  const ticking = setInterval(everySecond, 1000);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - begun;
      if (elapsedMs >= seconds * 1000) {
        clearInterval(timer);
        resolve();
        return;
      }
      for (; sentCount < (elapsedMs / 1000) * rate; sentCount++) {
        const sent = traffic.next();
        if (inFlight.size >= maxSockets) {
          phase.fail('no socket was free');
          continue;
        }
        const answer = ask(agent, address, sent).then(
          ({ status, ms, hasRetryAfter }) => phase.take(sent, status, ms, hasRetryAfter),
          (error: Error) => phase.fail(error.message),
        );
        inFlight.add(answer);
        answer.finally(() => inFlight.delete(answer));
      }
    }, tickMs);
  });
  clearInterval(ticking);
  await Promise.all(inFlight);
  agent.destroy();
  return phase.end();
}

type Answer = { readonly status: number; readonly ms: number; readonly hasRetryAfter: boolean };

function ask(agent: Agent, address: string, { method, path, headers, body }: Sent): Promise<Answer> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': body.length };
    const outgoing = request(address + path, { agent, method, headers: { ...headers, ...length } });
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          ms: performance.now() - begun,
          hasRetryAfter: response.headers['retry-after'] !== undefined,
        }),
      );
    });
    outgoing.end(body);
  });
}
