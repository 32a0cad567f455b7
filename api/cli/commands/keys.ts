import { Command, InvalidArgumentError, Option } from 'commander';
import type { StoreContext } from '../../context.ts';
import { type Role, roles } from '../../registry/caller.ts';
import { couldNotStart } from '../exit-status.ts';
import { printable } from '../output/terminal-text.ts';
import { localSettingsOf } from '../settings.ts';

const why = 'keys are made where the database is, so that a stolen key cannot make more.';

export function keysCommand(): Command {
  const keys = new Command('keys').summary('create, list and revoke the API keys of a server');
  keys
    .command('create')
    .summary('create a key; it is shown once')
    .requiredOption(
      '--party <name>',
      'the organisation the key belongs to; made where there is none of that name',
    )
    .addOption(
      new Option(
        '--role <role>',
        'operator: everything; rightsholder: its own recordings, and scans; platform: scans',
      )
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--expires <date>', 'last moment it is valid, such as 2027-01-31 (UTC)', parseDate)
    .addHelpText('after', '\nExample:\n  $ earmark keys create --party "Harbour Records" --role rightsholder')
    .action((options: { party: string; role: Role; expires?: Date }, command: Command) =>
      withStore(command, async (context, { createKey }) => {
        const { party: partyName, role, expires } = options;
        const made = await createKey(context, {
          partyName,
          role,
          ...(expires ? { expiresAt: expires } : {}),
        });
        console.log(made.key);
        console.error(
          `Key ${made.apiKeyId} of ${printable(partyName)} as ${role}. It is not stored and cannot be shown again.`,
        );
      }),
    );
  keys
    .command('list')
    .summary('list all keys, without their secrets')
    .option('--json', 'one JSON object a line')
    .action((options: { json?: true }, command: Command) =>
      withStore(command, async (context, { listKeys }) => {
        for (const key of await listKeys(context)) {
          const end = key.revoked_at
            ? `revoked ${key.revoked_at}`
            : key.expires_at
              ? `until ${key.expires_at}`
              : 'valid';
          const line = `${key.api_key_id}  ${key.prefix}…  ${key.role.padEnd(12)}  ${end}  ${printable(key.party)}`;
          console.log(options.json === true ? JSON.stringify(key) : line);
        }
      }),
    );
  keys
    .command('revoke')
    .summary('end a key at once')
    .argument('<api_key_id>', 'as "earmark keys list" shows it')
    .action((apiKeyId: string, _options: object, command: Command) =>
      withStore(command, async (context, { revokeKey }) => {
        await revokeKey(context, apiKeyId);
        console.log(`Revoked ${apiKeyId}.`);
      }),
    );
  return keys;
}

function parseDate(text: string): Date {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('Expected a date such as 2027-01-31 or 2027-01-31T12:00:00Z.');
}

type KeyActs = typeof import('../../registry/keys.ts');

async function withStore(
  command: Command,
  act: (context: StoreContext, acts: KeyActs) => Promise<void>,
): Promise<void> {
  const config = localSettingsOf(command, why);
  const { closeContext, openStoreContext } = await import('../../context.ts');
  const context = await openStoreContext(config).catch((error: unknown) => {
    throw couldNotStart(`The registry in ${config.dataDir} could not be opened`, error);
  });
  try {
    await act(context, await import('../../registry/keys.ts'));
  } finally {
    await closeContext(context);
  }
}
