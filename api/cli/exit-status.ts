/** What the `earmark` command ends with, and the errors that decide it. `--help` shows this table. */

export const exitStatus = {
  fine: 0,
  someFailed: 1,
  usage: 2,
  couldNotStart: 3,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** A reason to end that the person at the terminal can do something about: shown as a message, without a stack. */
export class CommandError extends Error {
  readonly status: ExitStatus;
  constructor(status: ExitStatus, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.status = status;
  }
}

export function usageError(message: string, options?: ErrorOptions): CommandError {
  return new CommandError(exitStatus.usage, message, options);
}

export function couldNotStart(what: string, cause: unknown): CommandError {
  if (cause instanceof CommandError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CommandError(exitStatus.couldNotStart, `${what}: ${reason}`, { cause });
}
