import { Command } from 'commander';
import type { Config } from '../../config.ts';
import { type ServerOptions, serverSettingsOf } from '../settings.ts';

export function serveCommand(defaults: Pick<Config, 'host' | 'port'>): Command {
  return new Command('serve')
    .summary('run the HTTP API')
    .description(
      'Runs the HTTP API until Ctrl-C or SIGTERM; what was accepted is finished first. The API is described at /docs.\n' +
        'The first start prints an operator key, once.',
    )
    .option('--host <address>', `address to listen on (default: ${defaults.host}, this machine only)`)
    .option('--port <number>', `port to listen on, 0 for any (default: ${defaults.port})`)
    .addHelpText(
      'after',
      `
Examples:
  $ earmark serve
  $ DATABASE_URL=postgres://earmark@db/earmark earmark serve --host 0.0.0.0 --port 8080`,
    )
    .action(async (options: ServerOptions, command: Command) => {
      const config = serverSettingsOf(command, options);
      const { serve } = await import('../../main.ts');
      await serve(config);
    });
}
