import { Command, Option } from 'commander';
import { type Role, roles } from '../../registry/caller.ts';
import { usageError } from '../exit-status.ts';
import { collected, everyItem, withLocalRecords } from '../local-records.ts';
import { printable } from '../output/terminal-text.ts';

export function partyCommand(): Command {
  const party = new Command('party').summary(
    'create and list the parties of a registry, and give them roles',
  );
  party
    .command('create')
    .summary('make a party')
    .argument('<name>', 'the organisation')
    .addOption(roleOption())
    .addHelpText('after', '\nExample:\n  $ earmark party create "Harbour Records" --role rightsholder')
    .action((name: string, options: { role?: readonly string[] }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { createParty } = await import('../../registry/parties.ts');
        const made = await createParty(context, { name, roles: readRoles(options.role) });
        console.log(made.party_id);
      }),
    );
  party
    .command('roles')
    .summary('say which roles a party has from now on; its keys follow')
    .argument('<party>', 'its name or party_id')
    .addOption(roleOption())
    .action((name: string, options: { role?: readonly string[] }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { getPartyIdByName, setPartyRoles } = await import('../../registry/parties.ts');
        const partyId = await getPartyIdByName(context, name);
        const changed = await setPartyRoles(context, { partyId, roles: readRoles(options.role) });
        console.log(`${printable(changed.name)}: ${changed.roles.join(', ') || 'no role'}`);
      }),
    );
  party
    .command('list')
    .summary('list all parties')
    .option('--json', 'one JSON object a line')
    .action((options: { json?: true }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { listParties } = await import('../../registry/parties.ts');
        for await (const one of everyItem((page) => listParties(context, page))) {
          const line = `${one.party_id}  ${one.roles.join(',').padEnd(24)}  ${printable(one.name)}`;
          console.log(options.json === true ? JSON.stringify(one) : line);
        }
      }),
    );
  return party;
}

function roleOption(): Option {
  return new Option('--role <role>', `${roles.join(', ')}; several times for several`).argParser(collected);
}

export function readRoles(given: readonly string[] = []): Role[] {
  return given.map((name) => {
    const role = roles.find((known) => known === name);
    if (role !== undefined) return role;
    throw usageError(`--role: expected one of ${roles.join(', ')}; received ${JSON.stringify(name)}.`);
  });
}
