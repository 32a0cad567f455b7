/**
 * What Prometheus can scrape. Labels are routes, methods, statuses and codes, all from closed lists: never an id,
 * which would make a time series per recording and tell outsiders what is registered.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Context } from '../context.ts';
import type { UploadGate } from './upload-gate.ts';

export type Metrics = {
  readonly registry: Registry;
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly registrations: Counter<'outcome'>;
  readonly scans: Counter<'outcome'>;
  readonly problems: Counter<'code'>;
};

// From a cached read to the scan of a long mix.
const secondBuckets = [0.005, 0.02, 0.1, 0.3, 1, 3, 10, 30, 120, 600];

export function openMetrics(context: Context, gate: UploadGate): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });
  const { workers, index, store } = context;
  gauge('earmark_uploads_admitted', 'Uploads being received or worked on.', () => gate.admitted);
  gauge('earmark_pool_queued_tasks', 'Tasks that wait for a worker thread.', () => workers.queued());
  gauge('earmark_pool_threads', 'Worker threads.', () => workers.threadCount);
  gauge(
    'earmark_index_position',
    'Change-feed position the index has reached.',
    () => index.status().position,
  );
  gauge(
    'earmark_index_lag',
    'Change-feed entries the index is behind; NaN while the database is away.',
    async () => {
      const head = await store.feedHead().catch(() => Number.NaN);
      return Math.max(0, head - index.status().position);
    },
  );
  gauge('earmark_index_bytes', 'Bytes of the index in memory.', () => index.status().bytes);
  gauge('earmark_index_references', 'References in the index.', () => index.status().recordings);
  gauge('earmark_index_seconds', 'Seconds of audio in the index.', () => index.status().seconds);
  gauge('earmark_index_segments', 'Segments that a search looks at.', () => index.status().segments);
  gauge(
    'earmark_index_merging',
    'Postings in the merges that run.',
    () => index.status().merges.runningPostings,
  );
  new Counter({
    name: 'earmark_index_merges_total',
    help: 'Merges of segments that have ended.',
    registers,
    collect() {
      this.reset();
      this.inc(index.status().merges.done);
    },
  });
  gauge('earmark_index_ready', '1 when the index is caught up and searches are answered.', () =>
    Number(index.ready()),
  );
  countByState(registers, store);
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'earmark_http_request_seconds',
      help: 'From the first byte of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: secondBuckets,
      registers,
    }),
    registrations: new Counter({
      name: 'earmark_registrations_total',
      help: 'Registrations acknowledged, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    scans: new Counter({
      name: 'earmark_scans_total',
      help: 'Scans answered: with a match, or with none.',
      labelNames: ['outcome'],
      registers,
    }),
    problems: new Counter({
      name: 'earmark_problems_total',
      help: 'Refusals and failures, by code.',
      labelNames: ['code'],
      registers,
    }),
  };
}

/** Of what stands in the database, so of all processes on it. While that is away there are no figures. */
function countByState(registers: Registry[], store: Context['store']): void {
  new Gauge({
    name: 'earmark_jobs',
    help: 'Jobs that wait (created), run (active) or are to be tried again (retry), by queue.',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { queue, state, count } of await store.countJobs().catch(() => [])) {
        this.set({ queue, state }, count);
      }
    },
  });
  new Gauge({
    name: 'earmark_webhook_deliveries',
    help: 'Deliveries to webhooks that are still to be made (pending), or failed for good (dead).',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      const counts = await store.countWebhookDeliveries().catch(() => ({}));
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
}
