/** For routes that take JSON: small bodies, and nothing in them that would change an object's prototype. */
import type { ErrorCode } from '../errors.ts';
import type { App } from './fastify-types.ts';
import { accessCodes } from './upload-form.ts';

/** A mandate for a thousand recordings takes some 220 kB. */
const maxJsonBytes = 512 * 1024;

/** Only what is registered on this scope takes JSON; everything else takes forms. */
export function acceptJson(scope: App): void {
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: maxJsonBytes },
    scope.getDefaultJsonParser('error', 'error'),
  );
}

/** What every route that takes JSON may answer. */
export const jsonCodes = [
  ...accessCodes,
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
] as const satisfies readonly ErrorCode[];
