/** What is watched while a registry is written to: searches at a fixed rate, merges, memory, and how soon a write is seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOfTrees } from '../measure/process-tree.ts';
import { type Asked, type IndexFigures, indexFigures, scan } from './registry-client.ts';

export type Search = {
  /** Milliseconds from the start of the bench. */
  readonly begun: number;
  readonly milliseconds: number;
  /** 503: the index was behind, or the line was full. */
  readonly isRefused: boolean;
  readonly isFound: boolean;
};

export type Sample = {
  readonly at: number;
  readonly residentBytes: number;
  readonly otherResidentBytes: number;
  readonly postgresBytes: number;
  readonly figures: IndexFigures;
};

export type Excerpt = { readonly externalId: string; readonly fingerprint: Uint8Array<ArrayBuffer> };

/** Begins a search every so often whatever became of those before, as uploads come; so a stall is seen by all that come in it. */
export async function searchSteadily(
  asked: Asked,
  excerpts: readonly Excerpt[],
  options: { readonly perSecond: number; readonly isOver: () => boolean; readonly now: () => number },
): Promise<Search[]> {
  const searches: Promise<Search>[] = [];
  const first = options.now();
  for (let i = 0; !options.isOver(); i++) {
    await sleep(Math.max(0, first + (i * 1000) / options.perSecond - options.now()));
    const begun = options.now();
    const { externalId, fingerprint } = excerpts[i % excerpts.length] as Excerpt;
    searches.push(
      scan(asked, fingerprint, i % 2 === 0 ? 'none' : 'all').then(
        ({ status, externalIds, milliseconds }) => ({
          begun,
          milliseconds,
          isRefused: status !== 200,
          isFound: externalIds.includes(externalId),
        }),
      ),
    );
  }
  return await Promise.all(searches);
}

const sampleMs = 250;
const memoryEverySamples = 8;

/** Until it is over: index figures of the first server several times a second, memory of all every two seconds. */
export async function watch(
  asked: Asked,
  pids: { readonly server: number; readonly other: number; readonly postgres: number },
  options: { readonly isOver: () => boolean; readonly now: () => number },
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let i = 0; !options.isOver(); i++) {
    const before = samples.at(-1);
    const isMeasured = i % memoryEverySamples === 0 || before === undefined;
    samples.push({
      at: options.now(),
      residentBytes: isMeasured ? memoryOfTrees([pids.server]).residentBytes : before.residentBytes,
      otherResidentBytes: isMeasured ? memoryOfTrees([pids.other]).residentBytes : before.otherResidentBytes,
      postgresBytes: isMeasured ? memoryOfTrees([pids.postgres]).residentBytes : before.postgresBytes,
      figures: await indexFigures(asked),
    });
    await sleep(sampleMs);
  }
  return samples;
}

/** Whether a merge ran at some moment of the search, as far as samples tell. */
export function overlapsMerge({ begun, milliseconds }: Search, samples: readonly Sample[]): boolean {
  const end = begun + milliseconds;
  return samples.some(({ at, figures }, i) => {
    const before = samples[i - 1];
    if (before === undefined || before.at > end || at < begun) return false;
    return figures.merging > 0 || before.figures.merging > 0 || figures.merges > before.figures.merges;
  });
}

const patienceMs = 60_000;

/** Milliseconds until a search that is asked over and over finds it, or finds it no more; at most `patienceMs`. */
export async function timeUntil(asked: Asked, excerpt: Excerpt, isFound: boolean): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { status, externalIds } = await scan(asked, excerpt.fingerprint, 'none');
    const passed = performance.now() - begun;
    const isSeen = status === 200 && externalIds.includes(excerpt.externalId) === isFound;
    if (isSeen || passed > patienceMs) return passed;
    await sleep(5);
  }
}
