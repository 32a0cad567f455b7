/** `--as`: in whose name a command works on the data directory. At a server the API key says that. */
import { usageError } from './exit-status.ts';

export const asOption = [
  '--as <party>',
  'without --url: in the name of this party, by name or party_id',
] as const;

export function refuseAsAtServer(as: string | undefined): void {
  if (as !== undefined) throw usageError('--as cannot be used with --url: the API key says who you are.');
}
