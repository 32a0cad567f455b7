/**
 * Whether an answer names a recording that truly holds the audio where the answer says: the waveforms of the two
 * originals are compared (bench/kit/shared_audio.py says how), never their fingerprints, which are what is judged. The
 * query itself is not listened to: what was done to it is known, and so where in its source the answer lies.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askPython, digest, kitFolder } from '../quality/kit.ts';
import { type Query, readCsv } from '../quality/truth.ts';
import { say } from '../report/progress.ts';
import { type Claims, claimsOfOthers, type Evidence, type EvidenceOf } from './observe.ts';

/** Seconds of the files; how much faster and higher the reference runs there. */
type Pair = {
  readonly path: string;
  readonly begin: number;
  readonly seconds: number;
  readonly reference_path: string;
  readonly reference_begin: number;
  readonly tempo: number;
  readonly pitch_cents: number;
};

/** Of what it is known whether it is shared. */
export type Control = {
  readonly name: string;
  readonly is_shared: boolean;
  readonly stretches: number;
  readonly judged_shared: number;
  /** Seconds of the stretches, each quarter beginning one, and those that correlate throughout. */
  readonly seconds: number;
  readonly seconds_throughout: number;
  /** The 0.9999 quantile of a second's weakest quarter. */
  readonly weakest: number;
};

type Python = { readonly python: string | undefined };

/** @param corpus the list of every recording's audio, registered or not */
export async function examineAnswers(
  queries: readonly Query[],
  claims: Claims,
  corpus: string,
  { python }: Python,
): Promise<EvidenceOf> {
  const paths = new Map(readCsv(corpus, ['id', 'path']).map(({ id, path }) => [id, path]));
  const asked = queries.flatMap((query) =>
    claimsOfOthers(query, claims).flatMap((claim) => {
      const path = paths.get(query.source);
      const referencePath = paths.get(claim.reference);
      if (path === undefined || referencePath === undefined || claim.pitchCents === undefined) return [];
      const pair: Pair = {
        path,
        begin: query.referenceStart + claim.queryStart * query.tempo,
        seconds: (claim.queryEnd - claim.queryStart) * query.tempo,
        reference_path: referencePath,
        reference_begin: claim.referenceStart,
        tempo: claim.tempo / query.tempo,
        pitch_cents: claim.pitchCents - query.pitchCents,
      };
      return [{ claim, pair }];
    }),
  );
  say(`the waveforms of ${asked.length} answers …`);
  const pairs = asked.map(({ pair }) => pair);
  const found: Evidence[] = JSON.parse(await askPython(python, 'shared_audio.py', [], JSON.stringify(pairs)));
  const evidence = new Map(asked.map(({ claim }, i) => [claim, found[i]]));
  return (claim) => evidence.get(claim);
}

/** What the comparison says where the truth is known, by so many stretches of each kind; kept below `work`. */
export async function runControls(
  work: string,
  corpus: string,
  stretches: string,
  { python }: Python,
): Promise<Control[]> {
  const scripts = ['shared_audio.py', 'shared_audio_controls.py'].map((name) =>
    readFileSync(join(kitFolder, name), 'utf8'),
  );
  const kept = join(work, `controls-${digest(JSON.stringify([...scripts, corpus, stretches]))}.json`);
  if (!existsSync(kept)) {
    say(`controls of the waveform comparison, ${stretches} stretches …`);
    const args = ['--corpus', corpus, '--stretches', stretches];
    writeFileSync(kept, await askPython(python, 'shared_audio_controls.py', args, ''));
  }
  return JSON.parse(readFileSync(kept, 'utf8'));
}
