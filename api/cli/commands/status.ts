import { Command } from 'commander';
import { byteSize, counted, duration, whole } from '../output/quantities.ts';
import { openRegistry, type RegistryStatus } from '../registry.ts';
import { settingsOf } from '../settings.ts';

export function statusCommand(): Command {
  return new Command('status')
    .summary('how much is registered, and how big the index is')
    .description('Brings the index up to date and says what is in it.')
    .option(
      '--json',
      'for programs: {"index":{"bytes","recordings","position","seconds",…},"constellation":{…},…}',
    )
    .action(async (options: { json?: true }, command: Command) => {
      await using registry = await openRegistry(settingsOf(command), 'search');
      const status = await registry.status();
      console.log(
        options.json === true ? JSON.stringify(status) : describe(status, registry.place).join('\n'),
      );
    });
}

function describe({ index, constellation, recordings }: RegistryStatus, place: string): string[] {
  const lines: [string, string][] = [['registry', place]];
  if (recordings !== undefined) lines.push(['recordings', whole(recordings)]);
  lines.push(['references', `${whole(index.recordings)} with ${duration(index.seconds * 1000)} of audio`]);
  const parts = index.segments === undefined ? '' : ` in ${counted(index.segments, 'segment')}`;
  lines.push([
    'index',
    `${byteSize(index.bytes)}${parts}, ${index.bytes_per_second} bytes per second of audio`,
  ]);
  if (constellation !== undefined) {
    const { bytes, bytes_per_second: perSecond } = constellation;
    lines.push(['constellations', `${byteSize(bytes)}, ${perSecond} bytes per second of audio`]);
  }
  lines.push([
    'position',
    `${whole(index.position)} of the change feed${index.ready ? '' : ' (catching up)'}`,
  ]);
  return lines.map(([name, value]) => `${name.padEnd(16)}${value}`);
}
