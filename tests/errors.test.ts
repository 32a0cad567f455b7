import { describe, expect, it } from 'vitest';
import { errorCodes, findErrorCode, httpMeaning, RegistryError } from '../api/errors.ts';
import { StoreUnavailable } from '../api/store/store-unavailable.ts';
import { WorkerError } from '../workers/errors.ts';

describe('error codes', () => {
  it('are each listed once and mean one thing in HTTP', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
    expect(Object.keys(httpMeaning).sort()).toEqual([...errorCodes].sort());
  });

  it('say when to come back exactly where the service is busy or not ready', () => {
    for (const code of errorCodes) {
      const { status, retryAfterSeconds } = httpMeaning[code];
      expect([code, retryAfterSeconds !== undefined]).toEqual([code, status === 503]);
    }
  });

  it('blame nobody for what belongs to somebody else: it is not found', () => {
    expect([httpMeaning.RECORDING_NOT_FOUND.status, httpMeaning.SCAN_NOT_FOUND.status]).toEqual([404, 404]);
  });

  it('are found on refusals of the registry, the workers and the store, and on nothing else', () => {
    expect(findErrorCode(new RegistryError('SCAN_NOT_FOUND', ''))).toBe('SCAN_NOT_FOUND');
    expect(findErrorCode(new WorkerError('POOL_FULL', ''))).toBe('POOL_FULL');
    expect(findErrorCode(new StoreUnavailable('unreachable', ''))).toBe('STORE_UNAVAILABLE');
    expect(findErrorCode(Object.assign(new Error(), { code: 'ENOENT' }))).toBeUndefined();
    expect(findErrorCode('SCAN_NOT_FOUND')).toBeUndefined();
  });
});
