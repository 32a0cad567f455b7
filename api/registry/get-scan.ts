import { validate as isUuid } from 'uuid';
import type { StoreContext } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { ScanAnswer } from './scan-answer.ts';

/** The answer as it was given. `partyId` undefined: of any party. Throws SCAN_NOT_FOUND. */
export async function getScan(
  context: StoreContext,
  { partyId, scanId }: { readonly partyId: string | undefined; readonly scanId: string },
): Promise<ScanAnswer> {
  const scan = isUuid(scanId) ? await context.store.findScan({ scanId, partyId }) : undefined;
  if (!scan)
    throw new RegistryError('SCAN_NOT_FOUND', `There is no scan ${JSON.stringify(scanId)} of yours.`);
  return scan.answer as ScanAnswer;
}
