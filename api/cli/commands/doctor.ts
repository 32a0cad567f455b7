import { Command } from 'commander';
import type { Finding } from '../doctor/check.ts';
import { exitStatus } from '../exit-status.ts';
import { type Paint, paintFor, printable } from '../output/terminal-text.ts';
import { settingsOf } from '../settings.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('check that everything earmark needs is there')
    .description(
      'Looks at Node, the decoders, the data directory, Postgres, memory and the index, or at the server with --url,\n' +
        'and says what to do about what is missing. Exit status 1: something necessary does not work.',
    )
    .option('--json', 'one JSON object a line')
    .action(async (options: { json?: true }, command: Command) => {
      const config = settingsOf(command);
      const paint = paintFor(process.stdout);
      let isBroken = false;
      const show = (finding: Finding) => {
        isBroken ||= finding.state === 'broken';
        console.log(options.json === true ? JSON.stringify(finding) : draw(finding, paint));
      };
      const [runtime, decoders, machine] = await Promise.all([
        import('../doctor/runtime.ts'),
        import('../doctor/decoders.ts'),
        import('../doctor/machine.ts'),
      ]);
      show(runtime.checkNode());
      show(await decoders.checkFfmpeg(config));
      show(await decoders.checkWasmDecoders(config));
      if (config.serverUrl === undefined) {
        show(machine.checkMemory());
        show(await machine.checkDataDirectory(config));
        const { checkRegistry } = await import('../doctor/registry.ts');
        for (const finding of await checkRegistry(config)) show(finding);
      } else {
        const { checkServer } = await import('../doctor/server.ts');
        for (const finding of await checkServer(config, config.serverUrl)) show(finding);
      }
      process.exitCode = isBroken ? exitStatus.someFailed : exitStatus.fine;
    });
}

const marks = { fine: ['✓', 'green'], note: ['–', 'yellow'], broken: ['✗', 'red'] } as const;

function draw({ name, state, found, next }: Finding, paint: Paint): string {
  const [mark, colour] = marks[state];
  const [first = '', ...more] = found.split('\n').map(printable);
  const margin = ' '.repeat(19);
  const lines = [`${paint(colour, mark)} ${name.padEnd(16)} ${first}`, ...more.map((line) => margin + line)];
  if (next !== undefined) lines.push(`${margin}→ ${next}`);
  return lines.join('\n');
}
