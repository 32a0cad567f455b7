/** Which failures of Postgres pass by themselves. They become 503; every other one is our own bug, or a refusal. */
import pg from 'pg';

export type UnavailableReason =
  /** No connection, or it broke: Postgres is down, starting, stopping, or refuses more connections. */
  | 'unreachable'
  /** All our connections are busy and so is the line for them. */
  | 'exhausted'
  /** A statement, a lock or an idle transaction took longer than it may. */
  | 'timeout'
  /** Transactions kept colliding after every retry. */
  | 'contended'
  /** Postgres has no disk or memory left. */
  | 'full';

/** A passing failure. Whether a commit that broke off took effect is unknown: repeat it, registration is idempotent. */
export class StoreUnavailable extends Error {
  readonly reason: UnavailableReason;
  constructor(reason: UnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnavailable';
    this.reason = reason;
  }
}

/** A transaction that saw another one win, or never began; it is tried again like a serialization failure. */
export class TransactionCollided extends Error {}

const reasonByState: Readonly<Record<string, UnavailableReason>> = {
  '57014': 'timeout', // query_canceled, by statement_timeout
  '55P03': 'timeout', // lock_not_available, by lock_timeout
  '25P03': 'timeout', // idle_in_transaction_session_timeout
  '25P04': 'timeout', // transaction_timeout
  '57P01': 'unreachable', // admin_shutdown
  '57P02': 'unreachable', // crash_shutdown
  '57P03': 'unreachable', // cannot_connect_now
  '53300': 'unreachable', // too_many_connections
  '53100': 'full', // disk_full
  '53200': 'full', // out_of_memory
  '40001': 'contended', // serialization_failure
  '40P01': 'contended', // deadlock_detected
};

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** A row that a policy does not let the session write. */
export function isRowSecurityRefusal(error: unknown): boolean {
  return (
    error instanceof pg.DatabaseError && error.code === '42501' && error.routine === 'ExecWithCheckOptions'
  );
}

/** What pg says without a code, in pg 8.23 and pg-pool 3: there is nothing but the text to go by. */
const messageReasons: readonly (readonly [RegExp, UnavailableReason])[] = [
  [/^timeout exceeded when trying to connect/, 'exhausted'],
  [/^Connection terminated|^timeout expired|^Client has encountered a connection error/, 'unreachable'],
  [/^Client was closed and is not queryable/, 'unreachable'],
  [/^Query read timeout/, 'timeout'],
];

export function unavailableReason(error: unknown): UnavailableReason | undefined {
  if (error instanceof StoreUnavailable) return error.reason;
  if (error instanceof TransactionCollided) return 'contended';
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: string }).code ?? '';
  if (error instanceof pg.DatabaseError) {
    return reasonByState[code] ?? (code.startsWith('08') ? 'unreachable' : undefined);
  }
  if (socketCodes.has(code)) return 'unreachable';
  // Several addresses of one name were tried, and none answered.
  if (error instanceof AggregateError) return unavailableReason(error.errors[0]);
  return messageReasons.find(([pattern]) => pattern.test(error.message))?.[1];
}

/** The error to throw for this one: a StoreUnavailable when it passes by itself, itself otherwise. */
export function asStoreError(error: unknown): unknown {
  const reason = unavailableReason(error);
  if (reason === undefined || error instanceof StoreUnavailable) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreUnavailable(reason, `Postgres is not available (${reason}): ${message}`, { cause: error });
}
