import { Command } from 'commander';
import { type RecordingMetadata, validateMetadata } from '../../registry/recording-metadata.ts';
import type { RecordingView } from '../../registry/recording-view.ts';
import { asOption } from '../as-option.ts';
import { openWorkList, type WorkItem } from '../input/items.ts';
import { counted } from '../output/quantities.ts';
import { openRegistry, type Registry } from '../registry.ts';
import { settingsOf } from '../settings.ts';
import { watchInterruption } from '../work/interruption.ts';
import { audioSha256, fingerprintItem } from '../work/item-fingerprint.ts';
import { type ItemRunOutcome, runItems, speedLine, statusOf, unfinishedLines } from '../work/run-items.ts';

type RegisterOptions = { readonly manifest?: string; readonly as?: string };

export function registerCommand(): Command {
  return new Command('register')
    .summary('register recordings, so that scans find them')
    .description(
      'Registers recordings from audio or from fingerprint files. What is registered already with the same audio is\n' +
        'skipped, so running it again goes on where it stopped.',
    )
    .argument('[path...]', 'audio files, fingerprint files (.earmark) and folders of them')
    .option('--manifest <file.csv>', 'what to register, with your own ids and metadata')
    .option(...asOption)
    .addHelpText(
      'after',
      `
The id of a recording (its external_id) is the file's path below the folder given, or what the manifest says.

A manifest is CSV with a header. Paths are relative to the manifest's folder.
  Columns: external_id,path and optionally isrc,title,artist,label,release_date,version

Examples:
  $ earmark register ~/music/catalog
  $ earmark register --manifest catalog.csv --as "Harbour Records"
  $ earmark register masters/*.earmark --url https://registry.example --api-key emk_…`,
    )
    .action(async (paths: string[], options: RegisterOptions, command: Command) => {
      process.exitCode = await register(paths, options, command);
    });
}

type Outcome = 'registered' | 'unchanged' | 'updated';
export type RegisteredItem = {
  readonly outcome: Outcome;
  readonly audioMs: number;
  readonly truncated: boolean;
};

async function register(
  paths: readonly string[],
  { manifest, as }: RegisterOptions,
  command: Command,
): Promise<number> {
  const config = settingsOf(command);
  const list = await openWorkList(paths, manifest);
  using interruption = watchInterruption();
  await using registry = await openRegistry(config, 'registration', as);
  const counts: Record<Outcome, number> = { registered: 0, unchanged: 0, updated: 0 };
  const outcome = await runItems({
    doing: 'registering',
    list,
    maxInFlight: registry.maxInFlight,
    interruption,
    work: (item) => registerItem(registry, item),
    onResult: ({ item, value }, progress) => {
      if (!value) return;
      counts[value.outcome] += 1;
      if (value.truncated)
        progress.note(`! ${item.externalId}: the file breaks off; registered what it holds (${item.path})`);
    },
  });
  // The index files are written before the command ends, so that the next one starts from them.
  if (!outcome.ended) await registry.settle();
  console.log(summary(counts, outcome, registry.place));
  for (const line of unfinishedLines(outcome, list)) console.error(line);
  return statusOf(outcome);
}

/** @throws what the registry or the decoder refuses it with */
export async function registerItem(registry: Registry, item: WorkItem): Promise<RegisteredItem> {
  const known = await registry.find(item.externalId);
  if (known !== undefined && saysTheSame(known, item.metadata) && (await hasSameAudio(known, item.path))) {
    return { outcome: 'unchanged', audioMs: 0, truncated: false };
  }
  const { fingerprint, durationMs, truncated } = await fingerprintItem(registry, item.path, 'registration');
  const { outcome } = await registry.register({
    externalId: item.externalId,
    metadata: item.metadata,
    fingerprint,
  });
  return { outcome, audioMs: durationMs, truncated };
}

async function hasSameAudio(known: RecordingView, path: string): Promise<boolean> {
  const sha256 = Buffer.from(await audioSha256(path)).toString('hex');
  return known.references.some((reference) => reference.audio_sha256 === sha256);
}

/** Metadata that is not given is not a change: the registry keeps what it has. */
function saysTheSame(known: RecordingView, given: RecordingMetadata): boolean {
  const { isrc, title, artist, label, releaseDate, version } = validateMetadata(given);
  const isSame = (said: string | undefined, before: string | null) => said === undefined || said === before;
  return (
    (isrc === undefined || known.isrcs.some((assertion) => assertion.isrc === isrc)) &&
    isSame(title, known.title) &&
    isSame(artist, known.artist) &&
    isSame(label, known.label) &&
    isSame(releaseDate, known.release_date) &&
    isSame(version, known.version)
  );
}

function summary(counts: Readonly<Record<Outcome, number>>, outcome: ItemRunOutcome, place: string): string {
  const parts = [
    `${counted(counts.registered, 'recording')} registered`,
    counts.updated > 0 ? `${counts.updated} updated` : '',
    counts.unchanged > 0 ? `${counts.unchanged} unchanged` : '',
    outcome.failedCount > 0 ? `${outcome.failedCount} failed` : '',
  ];
  return `${parts.filter(Boolean).join(', ')}: ${speedLine(outcome)} → ${place}`;
}
