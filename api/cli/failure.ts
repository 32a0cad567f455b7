/** What an item failed with, as a code and a message, and whether the next item would fail of the same. */
import { findErrorCode } from '../errors.ts';
import { ServerFailure } from './server-client.ts';

export type Failure = { readonly code: string; readonly message: string };

/** What an item failed with. Without a code it is our own bug, and named so. */
export function describeFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return findFailure(error) ?? { code: findFileErrorCode(error) ?? 'INTERNAL', message };
}

/** The refusal of the registry or of a server; `undefined` for anything else that was thrown. */
export function findFailure(error: unknown): Failure | undefined {
  const code = error instanceof ServerFailure ? error.code : findErrorCode(error);
  return code === undefined ? undefined : { code, message: (error as Error).message };
}

/** A file that is missing or closed to us is, for whoever named it, audio that cannot be read. */
const aboutTheFile = [
  'ENOENT',
  'EACCES',
  'EPERM',
  'EISDIR',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EIO',
  'ESTALE',
];

function findFileErrorCode(error: unknown): string | undefined {
  const systemCode = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof systemCode === 'string' && aboutTheFile.includes(systemCode) ? 'AUDIO_UNREADABLE' : undefined;
}

/** Not about the item: going on would only fail everything else on the list for the same reason. */
const endsEverything: ReadonlySet<string> = new Set([
  'STORE_UNAVAILABLE',
  'SERVER_STOPPING',
  'SERVER_UNREACHABLE',
  'SERVER_ANSWER_INVALID',
  'KEY_MISSING',
  'KEY_INVALID',
  'SCOPE_FORBIDDEN',
  'DATABASE_ROLES_MISSING',
  'DISK_FULL',
]);

export function isAboutEverything(failure: Failure): boolean {
  return endsEverything.has(failure.code);
}
