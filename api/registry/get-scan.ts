import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { ScanRow } from '../store/scan.ts';
import type { ScanAnswer } from './scan-answer.ts';

type Asked = { readonly partyId: string | undefined; readonly scanId: string };

/** The answer as it was given. `partyId` undefined: of any party. Throws SCAN_NOT_FOUND. */
export async function getScan(context: Scoped, asked: Asked): Promise<ScanAnswer> {
  return (await getScanRow(context, asked)).answer as ScanAnswer;
}

/** The same with when it was given. */
export async function getScanRow(context: Scoped, { partyId, scanId }: Asked): Promise<ScanRow> {
  const scan = isUuid(scanId) ? await context.store.findScan({ scanId, partyId }) : undefined;
  if (!scan)
    throw new RegistryError('SCAN_NOT_FOUND', `There is no scan ${JSON.stringify(scanId)} of yours.`);
  return scan;
}
