/**
 * Queries that the kit does not make: the tempo × pitch plane, the line on which both move together, and unaltered
 * excerpts of three seconds. Cut and altered by ffmpeg; tempo and pitch by librubberband, speed by resampling.
 * The same seed gives the same excerpts.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inParallel, run } from '../measure/command.ts';
import { openProgress } from '../report/progress.ts';
import { seededRandom } from '../report/statistics.ts';
import { readCsv } from './truth.ts';

const planeTempos = [0.5, 0.57, 0.66, 0.75, 0.85, 0.93, 1, 1.07, 1.15, 1.25, 1.36, 1.5];
const planePitches = [-9, -7, -5, -3, -1, 0, 1, 3, 5, 7, 9, 12];
const planeSpeeds = [0.5, 0.57, 0.66, 0.75, 0.85, 0.93, 1.07, 1.15, 1.25, 1.36, 1.5];
const planeSeconds = 10;

type Excerpt = {
  readonly name: string;
  readonly attack: 'plane' | 'plane_speed' | 'identity';
  readonly seconds: number;
  readonly tempo: number;
  readonly semitones: number;
  readonly filter: string;
  /** Which of the excerpts with the same alteration. */
  readonly turn: number;
};

type Source = { readonly id: string; readonly path: string; readonly seconds: number };
type Cut = Excerpt & { readonly source: Source; readonly start: number };

export type ExcerptPlan = {
  /** Excerpts a cell of the plane; 0 leaves it out. */
  readonly plane: number;
  /** Unaltered excerpts of 3 s. */
  readonly short: number;
  readonly seed: number;
};

/** Filters need a little more than they give. */
const spareSeconds = 0.6;
const maxTries = 12;

export async function makeExcerpts(corpusCsv: string, folder: string, plan: ExcerptPlan): Promise<void> {
  const truth = join(folder, 'truth.csv');
  if (existsSync(truth)) return;
  mkdirSync(join(folder, 'q'), { recursive: true });
  const sources = readCsv(corpusCsv, ['id', 'role', 'path', 'duration'])
    .filter(({ role }) => role === 'registered')
    .map(({ id, path, duration }): Source => ({ id, path, seconds: Number(duration) }));
  const excerpts = planExcerpts(plan);
  const progress = openProgress('making excerpts', excerpts.length);
  const made = await inParallel(excerpts, availableParallelism(), async (excerpt) => {
    const cut = await makeExcerpt(excerpt, sources, plan.seed, join(folder, 'q'));
    progress.step(excerpt.name);
    return cut;
  });
  progress.end();
  const rows = made.map(({ name, attack, seconds, source, start, tempo, semitones }) =>
    [
      name,
      attack,
      seconds,
      source.id,
      start.toFixed(3),
      (start + seconds * tempo).toFixed(3),
      tempo.toFixed(4),
      semitones,
      '',
      '',
    ].join(),
  );
  const list = made.map(({ name }) => `${name},${join('q', `${name}.flac`)}`);
  writeFileSync(join(folder, 'queries.csv'), `${['id,path', ...list].join('\n')}\n`);
  const head = 'query,attack,length,expected,ref_start,ref_end,speed,pitch,also,also_start';
  writeFileSync(truth, `${[head, ...rows].join('\n')}\n`);
}

function planExcerpts({ plane, short }: ExcerptPlan): Excerpt[] {
  const turns = (count: number) => Array.from({ length: count }, (_, turn) => turn);
  const cells = planeTempos.flatMap((tempo) => planePitches.map((semitones) => ({ tempo, semitones })));
  return [
    ...cells.flatMap(({ tempo, semitones }) =>
      turns(plane).map((turn): Excerpt => {
        const isUnaltered = tempo === 1 && semitones === 0;
        const filter = isUnaltered ? 'anull' : `rubberband=tempo=${tempo}:pitch=${2 ** (semitones / 12)}`;
        return {
          name: `plane-${tempo}x${semitones}-${turn}`,
          attack: 'plane',
          seconds: planeSeconds,
          tempo,
          semitones,
          filter,
          turn,
        };
      }),
    ),
    ...planeSpeeds.flatMap((tempo) =>
      turns(plane).map((turn): Excerpt => {
        const semitones = 12 * Math.log2(tempo);
        const filter = `asetrate=${Math.round(44_100 * tempo)},aresample=44100`;
        return {
          name: `plane-speed${tempo}-${turn}`,
          attack: 'plane_speed',
          seconds: planeSeconds,
          tempo,
          semitones,
          filter,
          turn,
        };
      }),
    ),
    ...turns(short).map((turn): Excerpt => {
      return {
        name: `identity-3-${turn}`,
        attack: 'identity',
        seconds: 3,
        tempo: 1,
        semitones: 0,
        filter: 'anull',
        turn,
      };
    }),
  ];
}

async function makeExcerpt(
  excerpt: Excerpt,
  sources: readonly Source[],
  seed: number,
  folder: string,
): Promise<Cut> {
  const needed = excerpt.seconds * excerpt.tempo + spareSeconds;
  const longEnough = sources.filter(({ seconds }) => seconds > needed + 2);
  const random = seededRandom(hash(`${seed}/${excerpt.name}`));
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const source = longEnough[Math.floor(random() * longEnough.length)];
    if (source === undefined) break;
    const start = Math.round(random() * (source.seconds - needed - 1) * 1000) / 1000;
    const input = [
      '-nostdin',
      '-v',
      'error',
      '-ss',
      String(start),
      '-t',
      String(needed),
      '-i',
      source.path,
      '-map',
      'a:0',
    ];
    if (!isAudible(await run('ffmpeg', [...input, '-ac', '1', '-ar', '8000', '-f', 's16le', '-']))) continue;
    const target = join(folder, `${excerpt.name}.flac`);
    if (!existsSync(target)) {
      const filters = `aresample=44100,${excerpt.filter}`;
      const output = ['-af', filters, '-t', String(excerpt.seconds), '-sample_fmt', 's16', '-y'];
      await run('ffmpeg', [...input, ...output, `${target}.part.flac`]);
      renameSync(`${target}.part.flac`, target);
    }
    return { ...excerpt, source, start };
  }
  throw new Error(`found no audible excerpt of ${needed} s for ${excerpt.name} in ${maxTries} tries`);
}

/** As the kit has it: four fifths of the half seconds above −55 dBFS, and the whole above −48. */
function isAudible(pcm: Buffer): boolean {
  const blockSamples = 4000;
  const blockCount = Math.floor(pcm.length / 2 / blockSamples);
  let [loud, total] = [0, 0];
  for (let block = 0; block < blockCount; block++) {
    let energy = 0;
    for (let i = 0; i < blockSamples; i++)
      energy += (pcm.readInt16LE((block * blockSamples + i) * 2) / 32_768) ** 2;
    total += energy;
    if (Math.sqrt(energy / blockSamples) > 10 ** (-55 / 20)) loud++;
  }
  return (
    loud >= 0.8 * blockCount && Math.sqrt(total / Math.max(1, blockCount * blockSamples)) > 10 ** (-48 / 20)
  );
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
