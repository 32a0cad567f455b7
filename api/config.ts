/**
 * The only reader of the environment. Every setting is one variable with its unit in its name, a default, and
 * a schema; a value outside the schema stops the start with the variable, what was expected and what was received.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type AudioLimits, type DecoderChoice, defaultAudioLimits } from '../workers/audio/decode.ts';
import { RegistryError } from './errors.ts';
import { deadlineDays } from './rules/claim-guards.ts';
import type { DeadlineDays } from './rules/state-machine.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const decoders: readonly DecoderChoice[] = ['auto', 'ffmpeg', 'wasm'];

const Environment = Type.Object({
  EARMARK_DATA_DIR: Type.String({ minLength: 1, default: './earmark-data' }),
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  EARMARK_DATABASE_POOL: Type.Integer({ minimum: 2, maximum: 200, default: 10 }),
  EARMARK_HOST: Type.String({ minLength: 1, default: '127.0.0.1' }),
  EARMARK_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8765 }),
  EARMARK_LOG_LEVEL: Type.Enum([...logLevels], { default: 'info' }),
  // Addresses or CIDR ranges of reverse proxies, with commas. Only theirs is an X-Forwarded-For that is believed.
  EARMARK_TRUSTED_PROXIES: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F.:/, ]+$' })),

  EARMARK_THREADS: Type.Integer({ minimum: 1, maximum: 256, default: availableParallelism() }),
  // Tasks that may wait for a thread. More waiting is only a later refusal: shed load at once instead.
  EARMARK_MAX_QUEUED_TASKS: Type.Integer({ minimum: 1, maximum: 10_000, default: 64 }),
  // Uploads taken in at once, body and work together. Above the threads, below the queue: a slow sender
  // must not hold a thread, and what is taken in must find room in the line.
  EARMARK_MAX_UPLOADS: Type.Integer({ minimum: 1, maximum: 10_000, default: 32 }),

  // Requests to the API worked on at once, uploads among them. Above the uploads, so that there is room for look-ups while
  // every thread is busy; far below what may wait for a connection to Postgres.
  EARMARK_MAX_REQUESTS: Type.Integer({ minimum: 2, maximum: 100_000, default: 96 }),

  EARMARK_DECODER: Type.Enum([...decoders], { default: 'auto' }),
  EARMARK_MAX_BODY_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 2 ** 40,
    default: defaultAudioLimits.maxBytes,
  }),
  EARMARK_MAX_DURATION_MS: Type.Integer({ minimum: 1000, default: defaultAudioLimits.maxDurationMs }),
  EARMARK_MAX_DECODE_MS: Type.Integer({ minimum: 1000, default: defaultAudioLimits.maxWallMs }),

  EARMARK_RATE_LIMIT_PER_MINUTE: Type.Integer({ minimum: 1, default: 600 }),
  // How long a whole request may take to arrive; 2 GiB at 20 Mbit/s take a quarter of an hour.
  EARMARK_REQUEST_TIMEOUT_MS: Type.Integer({ minimum: 1000, maximum: 24 * 3_600_000, default: 20 * 60_000 }),
  // A sender that sends nothing for this long gives its place to another.
  EARMARK_MAX_PAUSE_MS: Type.Integer({ minimum: 100, maximum: 3_600_000, default: 30_000 }),
  // How long a stop waits for what was accepted before it breaks it off.
  EARMARK_SHUTDOWN_TIMEOUT_MS: Type.Integer({ minimum: 0, maximum: 3_600_000, default: 30_000 }),

  // How long the fingerprint of an upload is kept beside its scan, so that the scan can be explained. 0 keeps none.
  EARMARK_SCAN_FINGERPRINT_DAYS: Type.Integer({ minimum: 0, maximum: 3650, default: 90 }),

  // How long the fingerprint of a submission is kept, to find in it what becomes active later. 0 keeps none.
  EARMARK_SUBMISSION_FINGERPRINT_DAYS: Type.Integer({ minimum: 0, maximum: 3650, default: 365 }),
  // Share of the time that retroscans, of which one runs at once, may keep a thread busy.
  EARMARK_RETROSCAN_PERCENT: Type.Integer({ minimum: 0, maximum: 100, default: 50 }),

  // How long events, and what of them was delivered to webhooks, are kept.
  EARMARK_EVENT_DAYS: Type.Integer({ minimum: 7, maximum: 3650, default: 90 }),
  // Whether webhooks may go to private and loopback addresses, and over http. Whoever may make a webhook then reaches
  // whatever this server reaches.
  EARMARK_WEBHOOK_ALLOW_PRIVATE: Type.Enum(['false', 'true'], { default: 'false' }),
  // How long a claim waits before it expires: for a person to look at it, for the claimant to answer a dispute, and an
  // appeal. Deadlines that are set stay as they are.
  EARMARK_POTENTIAL_CLAIM_DAYS: Type.Integer({ minimum: 1, maximum: 365, default: deadlineDays.potential }),
  EARMARK_DISPUTED_CLAIM_DAYS: Type.Integer({ minimum: 1, maximum: 365, default: deadlineDays.disputed }),
  EARMARK_APPEALED_CLAIM_DAYS: Type.Integer({ minimum: 1, maximum: 365, default: deadlineDays.appealed }),

  // For the command line, where it talks to a server.
  EARMARK_URL: Type.Optional(Type.String({ pattern: '^https?://' })),
  EARMARK_API_KEY: Type.Optional(Type.String({ minLength: 1 })),
});

type Environment = Static<typeof Environment>;
export type VariableName = keyof Environment;

export type Config = {
  /** Absolute path. Holds the embedded Postgres, the index files and uploads while they are worked on. */
  readonly dataDir: string;
  /** Where a Postgres of the user's own is; without it the embedded one under `dataDir` is used. */
  readonly databaseUrl?: string;
  readonly databasePoolSize: number;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly logLevel: (typeof logLevels)[number];
  readonly trustedProxies: readonly string[];
  readonly threadCount: number;
  readonly maxQueuedTasks: number;
  readonly maxUploads: number;
  readonly maxRequests: number;
  readonly decoder: DecoderChoice;
  readonly audioLimits: AudioLimits;
  readonly maxBodyBytes: number;
  readonly rateLimitPerMinute: number;
  readonly requestTimeoutMs: number;
  /** Of a sender of an upload. */
  readonly maxPauseMs: number;
  readonly shutdownTimeoutMs: number;
  /** Days that what was scanned can be explained. */
  readonly scanFingerprintDays: number;
  /** Days that new references are looked for in a submission. */
  readonly submissionFingerprintDays: number;
  /** Of one thread's time; 0: a server begins none. */
  readonly retroscanPercent: number;
  /** Days that events are kept. */
  readonly eventDays: number;
  readonly webhookAllowPrivate: boolean;
  /** Days until a claim in one of these states expires. */
  readonly deadlineDays: DeadlineDays<'potential' | 'disputed' | 'appealed'>;
  readonly serverUrl?: string;
  readonly apiKey?: string;
};

/** What is given beats the environment, the environment beats the default. Throws `CONFIG_INVALID`. */
export function loadConfig(
  given: Partial<Record<VariableName, string | number | undefined>> = {},
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const read = readVariables({ ...withoutEmpty(environment), ...withoutEmpty(given) });
  return {
    dataDir: resolve(read.EARMARK_DATA_DIR),
    ...(read.DATABASE_URL === undefined ? {} : { databaseUrl: read.DATABASE_URL }),
    databasePoolSize: read.EARMARK_DATABASE_POOL,
    host: read.EARMARK_HOST,
    port: read.EARMARK_PORT,
    logLevel: read.EARMARK_LOG_LEVEL,
    trustedProxies: read.EARMARK_TRUSTED_PROXIES?.split(',').map((address) => address.trim()) ?? [],
    threadCount: read.EARMARK_THREADS,
    maxQueuedTasks: read.EARMARK_MAX_QUEUED_TASKS,
    maxUploads: read.EARMARK_MAX_UPLOADS,
    maxRequests: read.EARMARK_MAX_REQUESTS,
    decoder: read.EARMARK_DECODER,
    audioLimits: {
      ...defaultAudioLimits,
      maxBytes: read.EARMARK_MAX_BODY_BYTES,
      maxDurationMs: read.EARMARK_MAX_DURATION_MS,
      maxWallMs: read.EARMARK_MAX_DECODE_MS,
    },
    maxBodyBytes: read.EARMARK_MAX_BODY_BYTES,
    rateLimitPerMinute: read.EARMARK_RATE_LIMIT_PER_MINUTE,
    requestTimeoutMs: read.EARMARK_REQUEST_TIMEOUT_MS,
    maxPauseMs: read.EARMARK_MAX_PAUSE_MS,
    shutdownTimeoutMs: read.EARMARK_SHUTDOWN_TIMEOUT_MS,
    scanFingerprintDays: read.EARMARK_SCAN_FINGERPRINT_DAYS,
    submissionFingerprintDays: read.EARMARK_SUBMISSION_FINGERPRINT_DAYS,
    retroscanPercent: read.EARMARK_RETROSCAN_PERCENT,
    eventDays: read.EARMARK_EVENT_DAYS,
    webhookAllowPrivate: read.EARMARK_WEBHOOK_ALLOW_PRIVATE === 'true',
    deadlineDays: {
      potential: read.EARMARK_POTENTIAL_CLAIM_DAYS,
      disputed: read.EARMARK_DISPUTED_CLAIM_DAYS,
      appealed: read.EARMARK_APPEALED_CLAIM_DAYS,
    },
    ...(read.EARMARK_URL === undefined ? {} : { serverUrl: read.EARMARK_URL }),
    ...(read.EARMARK_API_KEY === undefined ? {} : { apiKey: read.EARMARK_API_KEY }),
  };
}

/** An empty variable is an unset one: `EARMARK_PORT= earmark serve` and compose files write it so. */
function withoutEmpty(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function readVariables(values: Readonly<Record<string, unknown>>): Environment {
  const wrong: string[] = [];
  const read: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries<Described>(Environment.properties)) {
    const value = readText(schema, values[name]);
    if (value === undefined) continue;
    if (Value.Check(schema, value)) read[name] = value;
    else wrong.push(`${name}: expected ${describe(schema)}, received ${show(name, values[name])}`);
  }
  // A misspelt variable would silently leave the default in force.
  for (const name of Object.keys(values)) {
    if (name.startsWith('EARMARK_') && !(name in Environment.properties)) {
      wrong.push(
        `${name}: expected one of ${Object.keys(Environment.properties).join(', ')}; there is no such setting`,
      );
    }
  }
  if (wrong.length > 0) throw new RegistryError('CONFIG_INVALID', wrong.join('\n'));
  return read as Environment;
}

function readText(schema: Described, given: unknown): unknown {
  if (given === undefined) return schema.default;
  return schema.type === 'integer' ? Number(given) : given;
}

type Described = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly default?: unknown;
};

function describe({ enum: allowed, type, minimum, maximum, pattern }: Described): string {
  if (allowed) return `one of ${allowed.join(', ')}`;
  if (type === 'integer')
    return `a whole number from ${minimum} ${maximum === undefined ? 'up' : `to ${maximum}`}`;
  return pattern ? `text like ${pattern}` : 'text that is not empty';
}

/** Secrets and connection strings with passwords stay out of error messages, which end in logs. */
function show(name: string, value: unknown): string {
  return name === 'EARMARK_API_KEY' || name === 'DATABASE_URL' ? 'something else' : JSON.stringify(value);
}
