/** An upload as it is seen: through the window that references are made with and, where its fingerprint has them, two others. */
import type { Fingerprint } from '../fingerprint/fingerprint-file.ts';
import { longWindowTempo, shortWindowTempo } from './parameters.ts';
import { indexPeaks, type PeakLookup } from './peak-lookup.ts';

export type UploadViews = {
  readonly standard: PeakLookup;
  readonly short?: PeakLookup;
  readonly long?: PeakLookup;
};

export function viewUpload({ constellation, otherWindows }: Fingerprint): UploadViews {
  return {
    standard: indexPeaks(constellation),
    ...(otherWindows && { short: indexPeaks(otherWindows.short), long: indexPeaks(otherWindows.long) }),
  };
}

/**
 * Those whose landmarks vote at a tempo. A window twice as long sees of a recording at half the tempo what the reference's
 * saw of the recording, and one half as long of a recording at twice the tempo.
 */
export function votingViews({ standard, short, long }: UploadViews, tempo: number): readonly PeakLookup[] {
  if (long !== undefined && tempo < longWindowTempo) return [standard, long];
  if (short !== undefined && tempo > shortWindowTempo) return [standard, short];
  return [standard];
}
