/** Fingerprints of real files of audio, by all processors; and of synthetic recordings made from them, as files to register. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultAudioLimits } from '../../workers/audio/decode.ts';
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import {
  decodeFingerprint,
  encodeFingerprint,
  type Fingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs, parameterVersion } from '../../workers/fingerprint/parameters.ts';
import { openWorkers } from '../../workers/pool.ts';
import { inParallel } from '../measure/command.ts';
import { readCsv } from '../quality/truth.ts';
import { openProgress } from '../report/progress.ts';
import { syntheticRecording } from './recordings.ts';

const filesInFolder = 1000;

/** At query density, in the order of the paths. */
export async function fingerprintFiles(paths: readonly string[]): Promise<Fingerprint[]> {
  const made: Fingerprint[] = [];
  await fingerprintEach(paths, (bytes, i) => {
    made[i] = decodeFingerprint(bytes);
  });
  return made;
}

/** Hands over each file's fingerprint as it is made, in no order. */
export async function fingerprintEach(
  paths: readonly string[],
  take: (fingerprint: Uint8Array, index: number) => void,
): Promise<void> {
  const threadCount = availableParallelism();
  const workers = openWorkers({ threadCount, maxQueued: threadCount });
  const progress = openProgress('fingerprinting', paths.length);
  await inParallel([...paths.entries()], threadCount, async ([i, path]) => {
    const { fingerprint } = await workers.fingerprint({
      path,
      decoder: 'auto',
      limits: defaultAudioLimits,
      otherWindows: true,
    });
    take(fingerprint, i);
    progress.step('');
  });
  progress.end();
  await workers.close();
}

export function syntheticFingerprint(sources: readonly Constellation[], seed: number): Fingerprint {
  const constellation = syntheticRecording(sources, seed);
  return {
    parameterVersion,
    density: 'reference',
    durationMs: ((constellation.frames.at(-1) ?? 0) + 1) * frameMs,
    audioSha256: createHash('sha256').update(`synthetic ${seed}`).digest(),
    constellation,
    descriptors: new Uint8Array(0),
  };
}

/** The same recording for the same seed and number, in files and in memory. */
export function syntheticSeed(seed: number, index: number): number {
  return seed * 1_000_003 + index;
}

/**
 * Writes `count` fingerprint files, made from the recordings of a manifest, and gives the manifest to register
 * them by. Their ids begin with `synthetic-`.
 */
export async function writeSyntheticFingerprints(
  references: string,
  count: number,
  seed: number,
  folder: string,
): Promise<string> {
  const place = join(folder, `version-${parameterVersion}-seed-${seed}-${count}`);
  const manifest = join(place, 'synthetic.csv');
  if (existsSync(manifest)) return manifest;
  const fingerprints = await fingerprintFiles(
    readCsv(references, ['external_id', 'path']).map(({ path }) => path),
  );
  const sources = fingerprints.map((fingerprint) => thinToReference(fingerprint).constellation);
  const rows: string[] = [];
  const progress = openProgress('making synthetic recordings', count);
  for (let i = 0; i < count; i++) {
    const part = String(Math.floor(i / filesInFolder)).padStart(4, '0');
    const name = `synthetic-${String(i).padStart(7, '0')}`;
    if (i % filesInFolder === 0) mkdirSync(join(place, part), { recursive: true });
    writeFileSync(
      join(place, part, `${name}.earmark`),
      encodeFingerprint(syntheticFingerprint(sources, syntheticSeed(seed, i))),
    );
    rows.push(`${name},${part}/${name}.earmark`);
    progress.step('');
  }
  progress.end();
  writeFileSync(manifest, `${['external_id,path', ...rows].join('\n')}\n`);
  return manifest;
}
