/**
 * Whether the stated false-match probability can be believed: wrong answers are forced out by opening the
 * threshold, and their stated probability is compared with how often they come.
 *
 *   npm run bench:reliability                               3,100 absent queries of all kinds and 470 known ones
 *   npm run bench:reliability -- --absent-scale .1 --n10 1 --packages asc-music,btanks-data         a small one
 *   npm run bench:reliability -- --references FOLDER --queries FOLDER,FOLDER        from fingerprint files
 *   npm run bench:reliability -- … --resume FOLDER          goes on with a broken run, or reports a finished one again
 *
 * Queries come from the open kit (bench/kit) as those of bench:quality do, with another seed. Matching runs in this
 * process, on one thread; it tries in every scan what it always tries, however far the threshold is open. An answer
 * whose recording truly shares the audio is no wrong one: their waveforms say so (reliability/shared-audio.ts), where
 * the audio is there, and controls of which the truth is known say what that is worth. Writes
 * bench/results/reliability.{md,json,svg}.
 *
 *   --work FOLDER            where queries, fingerprints and answers are kept (bench/cache/quality, as the card's)
 *   --references FOLDER      fingerprint files of the recordings to register (`ID.earmark`)
 *   --queries A,B            folders of bench/kit/make_queries.py, each with `truth.csv`, and with the queries' fingerprint files
 *                            in `fingerprints/` or, where they are not there yet, their audio
 *   --corpus FILE.csv        every recording's audio, where the queries are given by --queries; without it no waveforms
 *   --controls N             stretches of 4 s of each random control of the waveform comparison (2000)
 *   --sample K               at the most K queries of each row (an attack at a length)
 *   --packages --python --seed --n5 --n10 --n30 --absent-scale --only --speech   as of bench:quality
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { askAll } from './in-process/ask.ts';
import { buildCatalog } from './in-process/catalog.ts';
import { kitRunOptions, openKitRun } from './in-process/kit-run.ts';
import { readAnswers } from './quality/answers.ts';
import { findCorpus } from './quality/kit.ts';
import type { Query } from './quality/truth.ts';
import { type Reliability, reliabilityMarkdown } from './reliability/markdown.ts';
import { arithmetic, model } from './reliability/model.ts';
import { observe } from './reliability/observe.ts';
import { examineAnswers, runControls } from './reliability/shared-audio.ts';
import { reliabilitySvg } from './reliability/svg.ts';
import { circumstancesOf, writeResults } from './report/results.ts';
import { mean } from './report/statistics.ts';

/** As good as 1. What is stated at 1 says nothing, and weighing it closely would take half as long again. */
const openedTo = 0.999;

const defaults = { seed: '11', n5: '0', n10: '10', n30: '0', 'absent-scale': '5' };
const controls = { type: 'string', default: '2000' } as const;
const { values: options } = parseArgs({ options: { ...kitRunOptions(defaults), controls } });
const circumstances = circumstancesOf('bench:reliability');
const { references, queries, folder } = await openKitRun(options);
const answers = join(folder, 'reliability.ndjson');
const cpuMs = askAll(buildCatalog(references, { count: 0, seed: 0 }), queries, answers, {
  maxFalseMatchProbability: openedTo,
});
const { claims } = readAnswers(answers);
const asked = queries.map(({ query }) => query);
const hasAudio = options.queries === undefined || options.corpus !== undefined;
const work = resolve(options.work);
const corpus = hasAudio ? await findCorpus(work, options) : undefined;
const python = { python: options.python };
const evidenceOf = corpus === undefined ? undefined : await examineAnswers(asked, claims, corpus, python);
const observed = (isOfSet: (query: Query) => boolean) => observe(asked.filter(isOfSet), claims, evidenceOf);
const result: Reliability = {
  absent: observed(({ expected }) => expected === ''),
  known: observed(({ expected }) => expected !== ''),
  arithmetic: arithmetic(),
  references: references.length,
  controls: corpus === undefined ? undefined : await runControls(work, corpus, options.controls, python),
  cpuMs: mean([...cpuMs.values()]),
};
writeResults('reliability', circumstances, {
  markdown: reliabilityMarkdown(result),
  json: { model, ...result },
  svg: reliabilitySvg(result.absent, result.known),
});
