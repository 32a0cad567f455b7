import { Command, InvalidArgumentError, Option } from 'commander';
import { type Scope, scopes } from '../../registry/caller.ts';
import { usageError } from '../exit-status.ts';
import { collected, everyItem, parseDate, withLocalRecords } from '../local-records.ts';
import { printable } from '../output/terminal-text.ts';
import { readRoles } from './party.ts';

type CreateOptions = {
  readonly party: string;
  readonly role?: readonly string[];
  readonly scope?: readonly string[];
  readonly expires?: Date;
};

export function keyCommand(): Command {
  const key = new Command('key')
    .alias('keys')
    .summary('create, list, rotate and revoke the API keys of a server');
  addCreate(key);
  addList(key);
  addRotate(key);
  key
    .command('revoke')
    .summary('end a key at once')
    .argument('<api_key_id>', 'as "earmark key list" shows it')
    .action((apiKeyId: string, _options: object, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { revokeKey } = await import('../../registry/keys.ts');
        await revokeKey(context, { partyId: undefined, apiKeyId });
        console.log(`Revoked ${apiKeyId}.`);
      }),
    );
  return key;
}

function addCreate(key: Command): void {
  key
    .command('create')
    .summary('create a key; it is shown once')
    .requiredOption(
      '--party <name>',
      'the organisation the key belongs to; made where there is none of that name',
    )
    .addOption(
      new Option(
        '--role <role>',
        'a role the party gets if it has it not; several times for several',
      ).argParser(collected),
    )
    .addOption(
      new Option(
        '--scope <scope>',
        `what the key is for, several times for several; without it all that the roles of the party give: ${scopes.join(', ')}`,
      ).argParser(collected),
    )
    .option('--expires <date>', 'last moment it is valid, such as 2027-01-31 (UTC)', parseDate)
    .addHelpText('after', '\nExample:\n  $ earmark key create --party "Harbour Records" --role rightsholder')
    .action((options: CreateOptions, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { party: name, scope, expires: expiresAt } = options;
        const asked = readScopes(scope);
        const [{ ensureParty }, { createKey }] = await Promise.all([
          import('../../registry/ensure-party.ts'),
          import('../../registry/keys.ts'),
        ]);
        const partyId = await ensureParty(context, name, readRoles(options.role));
        const made = await createKey(context, { partyId, scopes: asked, expiresAt });
        console.log(made.key);
        console.error(
          `Key ${made.apiKeyId} of ${printable(name)}. It is not stored and cannot be shown again.`,
        );
      }),
    );
}

function addList(key: Command): void {
  key
    .command('list')
    .summary('list all keys, without their secrets')
    .option('--json', 'one JSON object a line')
    .action((options: { json?: true }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { listKeys } = await import('../../registry/keys.ts');
        for await (const one of everyItem((page) => listKeys(context, { partyId: undefined, ...page }))) {
          const end = one.revoked_at
            ? `revoked ${one.revoked_at}`
            : one.expires_at
              ? `until ${one.expires_at}`
              : 'valid';
          const used = one.last_used_at === null ? 'not used' : `used ${one.last_used_at.slice(0, 16)}`;
          const line = `${one.api_key_id}  ${one.prefix}…  ${end}  ${used}  ${printable(one.party)}`;
          console.log(options.json === true ? JSON.stringify(one) : line);
        }
      }),
    );
}

function addRotate(key: Command): void {
  key
    .command('rotate')
    .summary('give a key a new secret, shown once; the old one opens for a while still')
    .argument('<api_key_id>', 'as "earmark key list" shows it')
    .option('--grace <hours>', 'how long the old one opens, 0 to 720 (default: 24)', parseHours)
    .action((apiKeyId: string, { grace }: { grace?: number }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { rotateKey } = await import('../../registry/keys.ts');
        const graceSeconds = grace === undefined ? {} : { graceSeconds: grace * 3600 };
        const rotated = await rotateKey(context, { partyId: undefined, apiKeyId, ...graceSeconds });
        console.log(rotated.key);
        const until = rotated.previousSecretUntil;
        console.error(until === null ? 'The old secret has ended.' : `The old secret opens until ${until}.`);
      }),
    );
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (text.trim() !== '' && Number.isInteger(hours) && hours >= 0 && hours <= 720) return hours;
  throw new InvalidArgumentError('Expected a whole number of hours from 0 to 720.');
}

function readScopes(given: readonly string[] | undefined): Scope[] | undefined {
  return given?.map((name) => {
    const scope = scopes.find((known) => known === name);
    if (scope !== undefined) return scope;
    throw usageError(`--scope: expected one of ${scopes.join(', ')}; received ${JSON.stringify(name)}.`);
  });
}
