/**
 * The `earmark` command: what it offers, and what is said about it. Postgres, worker threads and the HTTP server are
 * loaded by the commands that use them, so that `--help` answers at once.
 */
import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { version } from '../http/version.ts';
import { allowlistCommand } from './commands/allowlist.ts';
import { claimCommand } from './commands/claim.ts';
import { conflictCommand } from './commands/conflict.ts';
import { demoCommand } from './commands/demo.ts';
import { disputeCommand } from './commands/dispute.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exclusionCommand } from './commands/exclusion.ts';
import { explainCommand } from './commands/explain.ts';
import { fingerprintCommand } from './commands/fingerprint.ts';
import { identifierCommand } from './commands/identifier.ts';
import { keyCommand } from './commands/key.ts';
import { listCommand } from './commands/list.ts';
import { mandateCommand } from './commands/mandate.ts';
import { metadataCommand } from './commands/metadata.ts';
import { partyCommand } from './commands/party.ts';
import { policyCommand } from './commands/policy.ts';
import { registerCommand } from './commands/register.ts';
import { reindexCommand } from './commands/reindex.ts';
import { removeCommand } from './commands/remove.ts';
import { reportCommand } from './commands/report.ts';
import { retroscanCommand } from './commands/retroscan.ts';
import { reviewCommand } from './commands/review.ts';
import { rightsCommand } from './commands/rights.ts';
import { scanCommand } from './commands/scan.ts';
import { searchCommand } from './commands/search.ts';
import { serveCommand } from './commands/serve.ts';
import { showCommand } from './commands/show.ts';
import { statusCommand } from './commands/status.ts';
import { submissionCommand } from './commands/submission.ts';
import { submitCommand } from './commands/submit.ts';
import { webhookCommand } from './commands/webhook.ts';

const columnsWithoutTerminal = 100;
const widestHelp = 110;

export function buildProgram(): Command {
  const noEnvironment = {};
  const defaults = loadConfig({}, noEnvironment);
  const program = new Command('earmark')
    .description('A registry that says which seconds of an upload are whose recording.')
    .version(version)
    .addOption(
      new Option('--data-dir <dir>', `where the registry lives (default: ./earmark-data) [EARMARK_DATA_DIR]`),
    )
    .addOption(
      new Option(
        '--database-url <url>',
        'your own Postgres instead of the one in the data directory [DATABASE_URL]',
      ),
    )
    .addOption(
      new Option(
        '--url <url>',
        'work with a server; audio is fingerprinted here and stays here [EARMARK_URL]',
      ),
    )
    .addOption(
      new Option('--api-key <key>', 'the key for --url; better in the environment [EARMARK_API_KEY]'),
    )
    .addOption(
      new Option(
        '--threads <count>',
        `worker threads (default: ${defaults.threadCount}, the processors here) [EARMARK_THREADS]`,
      ),
    )
    .addOption(
      new Option(
        '--decoder <which>',
        'auto, ffmpeg or wasm; auto takes ffmpeg where there is one [EARMARK_DECODER]',
      ),
    )
    .addHelpText('after', examples);
  const commands = [
    demoCommand(),
    registerCommand(),
    scanCommand(),
    submitCommand(),
    explainCommand(),
    fingerprintCommand(),
    serveCommand(defaults),
    statusCommand(),
    listCommand(),
    searchCommand(),
    showCommand(),
    removeCommand(),
    reindexCommand(),
    metadataCommand(),
    identifierCommand(),
    rightsCommand(),
    conflictCommand(),
    policyCommand(),
    submissionCommand(),
    claimCommand(),
    reviewCommand(),
    disputeCommand(),
    exclusionCommand(),
    allowlistCommand(),
    reportCommand(),
    retroscanCommand(),
    partyCommand(),
    keyCommand(),
    mandateCommand(),
    webhookCommand(),
    doctorCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands, ...commands.flatMap((parent) => parent.commands)])
    readably(command);
  return program;
}

const examples = `
Options stand before or after the command. Everything an option sets can be set in the environment, by the name in [].

Try it, with music that comes along:
  $ earmark demo

Begin:
  $ earmark register ~/music/catalog        what is to be found
  $ earmark scan upload.mp3                 what is in it, second by second
  $ earmark explain upload.mp3 song.ogg     why a recording is in it or is not, as a picture
  $ earmark serve                           the same as an HTTP API

Exit status:
  0   everything went well; "no match" is an answer, not a failure
  1   some files failed, or something was not found; each is named with its code
  2   the command line, the manifest or a setting is wrong; nothing was done
  3   it could not start or go on: Postgres, the data directory or the server
  130 interrupted; what was in flight was finished, and running it again goes on`;

function readably(command: Command): void {
  command
    .showHelpAfterError('(--help explains)')
    .helpOption('-h, --help', 'explain this command')
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: Math.min(process.stdout.columns ?? columnsWithoutTerminal, widestHelp),
    })
    .exitOverride();
  if (command.commands.length > 0) command.helpCommand('help [command]', 'explain a command');
}
