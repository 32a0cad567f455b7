/** What `register`, `scan` and `fingerprint` work on, wherever the list came from. */
import type { RecordingMetadata } from '../../registry/recording-metadata.ts';
import { usageError } from '../exit-status.ts';
import { readManifest, surveyManifest } from './manifest.ts';
import { findAudioFiles } from './paths.ts';

export type WorkItem = {
  readonly externalId: string;
  /** Of audio or of a fingerprint file. */
  readonly path: string;
  readonly metadata: RecordingMetadata;
};

export type WorkList = {
  readonly count: number;
  /** Whether an external id is on the list. */
  has(externalId: string): boolean;
  items(): AsyncIterable<WorkItem>;
  /** What is odd about the list without being wrong; to be shown before the work begins. */
  readonly warnings: readonly string[];
};

/** From PATH arguments or from a manifest, never both. Throws a usage error before any work is done. */
export async function openWorkList(
  paths: readonly string[],
  manifest: string | undefined,
): Promise<WorkList> {
  if (manifest !== undefined && paths.length > 0) {
    throw usageError('Give either PATHs or --manifest, not both: a manifest already says which files.');
  }
  if (manifest === undefined && paths.length === 0) {
    throw usageError(
      'Nothing to do: give files or folders, or --manifest FILE.csv (columns external_id,path).',
    );
  }
  if (manifest !== undefined) {
    const { externalIds, warnings } = await surveyManifest(manifest);
    return {
      count: externalIds.size,
      has: (externalId) => externalIds.has(externalId),
      items: () => readManifest(manifest),
      warnings,
    };
  }
  const files = await findAudioFiles(paths);
  const pathOf = new Map<string, string>();
  for (const { externalId, path } of files) {
    const other = pathOf.get(externalId);
    if (other !== undefined) {
      throw usageError(
        `"${other}" and "${path}" would both be called "${externalId}". Give the folder above them, or a manifest with an external_id for each.`,
      );
    }
    pathOf.set(externalId, path);
  }
  return {
    count: files.length,
    has: (externalId) => pathOf.has(externalId),
    async *items() {
      for (const { externalId, path } of files) yield { externalId, path, metadata: {} };
    },
    warnings: [],
  };
}
