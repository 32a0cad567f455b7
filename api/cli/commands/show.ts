import { Command } from 'commander';
import type { RecordingView } from '../../registry/recording-view.ts';
import { clock } from '../output/quantities.ts';
import { printable } from '../output/terminal-text.ts';
import { getRecordingByName } from '../recording-by-name.ts';
import { openRegistry } from '../registry.ts';
import { settingsOf } from '../settings.ts';

export function showCommand(): Command {
  return new Command('show')
    .summary('show everything known about one recording')
    .argument('<id>', 'its recording_id or external_id')
    .option('--json', 'for programs')
    .action(async (id: string, options: { json?: true }, command: Command) => {
      await using registry = await openRegistry(settingsOf(command), 'records');
      const recording = await getRecordingByName(registry, id);
      console.log(options.json === true ? JSON.stringify(recording) : describe(recording).join('\n'));
    });
}

function describe(recording: RecordingView): string[] {
  const lines: [string, string | null][] = [
    ['recording_id', recording.recording_id],
    ['external_id', recording.external_id],
    ['title', recording.title],
    ['artist', recording.artist],
    ['version', recording.version],
    ['label', recording.label],
    ['released', recording.release_date],
    ...recording.isrcs.map(({ isrc, asserted_by: party, asserted_at: at }): [string, string] => [
      'isrc',
      `${isrc}, says ${party} since ${at.slice(0, 10)}`,
    ]),
    ['registered', recording.created_at],
  ];
  for (const reference of recording.references) {
    lines.push(
      ['reference', reference.reference_id],
      ['  status', `${reference.status}, ${reference.eligibility}`],
      ['  length', clock(reference.duration_ms)],
      ['  audio sha-256', reference.audio_sha256],
      ['  fingerprint', `parameter version ${reference.parameter_version}`],
    );
  }
  return lines.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(17)}${printable(value)}`]));
}
