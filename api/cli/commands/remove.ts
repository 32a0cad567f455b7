import { Command } from 'commander';
import { printable } from '../output/terminal-text.ts';
import { getRecordingByName } from '../recording-by-name.ts';
import { openRegistry } from '../registry.ts';
import { settingsOf } from '../settings.ts';

export function removeCommand(): Command {
  return new Command('remove')
    .summary('remove a recording, so that scans no longer find it')
    .description(
      'Removes a recording. Its fingerprint goes too, unless another recording stands for the same audio.',
    )
    .argument('<id>', 'its recording_id or external_id')
    .action(async (id: string, _options: object, command: Command) => {
      await using registry = await openRegistry(settingsOf(command), 'records');
      const recording = await getRecordingByName(registry, id);
      const { position } = await registry.remove(recording.recording_id);
      console.log(
        `Removed ${printable(recording.external_id)} (${recording.recording_id}) at position ${position}.`,
      );
    });
}
