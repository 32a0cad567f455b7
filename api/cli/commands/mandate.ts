import { Command, Option } from 'commander';
import type { MandateView } from '../../registry/mandate-view.ts';
import { collected, everyItem, parseDate, withLocalRecords } from '../local-records.ts';
import { printable } from '../output/terminal-text.ts';

type CreateOptions = {
  readonly party: string;
  readonly administrator: string;
  readonly evidence: string;
  readonly audit?: true;
  readonly label?: readonly string[];
  readonly recording?: readonly string[];
  readonly externalId?: readonly string[];
  readonly territory?: readonly string[];
  readonly except?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
};

export function mandateCommand(): Command {
  const mandate = new Command('mandate').summary(
    'say who may act for whom: create, list and revoke mandates',
  );
  addCreate(mandate);
  mandate
    .command('list')
    .summary('list all mandates, ended ones too')
    .option('--json', 'one JSON object a line')
    .action((options: { json?: true }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { listMandates } = await import('../../registry/mandates.ts');
        for await (const one of everyItem((page) => listMandates(context, { partyId: undefined, ...page }))) {
          console.log(options.json === true ? JSON.stringify(one) : describe(one));
        }
      }),
    );
  mandate
    .command('revoke')
    .summary('end a mandate at once')
    .argument('<mandate_id>', 'as "earmark mandate list" shows it')
    .action((mandateId: string, _options: object, command: Command) =>
      withLocalRecords(command, async (context, partyId) => {
        const { revokeMandate } = await import('../../registry/mandates.ts');
        await revokeMandate(context, { mandateId, revokedBy: partyId });
        console.log(`Revoked ${mandateId}.`);
      }),
    );
  return mandate;
}

function addCreate(mandate: Command): void {
  const several = (flags: string, description: string) =>
    new Option(flags, `${description}; several times for several`).argParser(collected);
  mandate
    .command('create')
    .summary('let an administrator act for a party, or an auditor look')
    .description(
      'Without --label, --recording and --external-id the mandate is for the whole catalog of the party.',
    )
    .requiredOption('--party <party>', 'who authorises, by name or party_id')
    .requiredOption('--administrator <party>', 'who is authorised, by name or party_id')
    .requiredOption('--evidence <text>', 'where the agreement is to be found')
    .option(
      '--audit',
      'to read recordings, rights, claims and disputes only; for a party with the role auditor',
    )
    .addOption(several('--label <label>', 'only recordings of this label'))
    .addOption(several('--recording <recording_id>', 'only this recording'))
    .addOption(
      several('--external-id <id>', 'only the recording with this external_id, also one still to come'),
    )
    .addOption(several('--territory <code>', 'a country of ISO 3166-1 (default: Worldwide)'))
    .addOption(several('--except <code>', 'but not in this country'))
    .option('--from <date>', 'from when it is in force (default: now)', parseDate)
    .option('--until <date>', 'until when', parseDate)
    .addHelpText(
      'after',
      '\nExample:\n  $ earmark mandate create --party "Harbour Records" --administrator "Quay Distribution" --label Harvest --evidence "Agreement 2026-014"\n' +
        '  $ earmark mandate create --party "Harbour Records" --administrator Auditors --audit --evidence "Letter of 2026-03-02"',
    )
    .action((options: CreateOptions, command: Command) =>
      withLocalRecords(command, async (context, partyId) => {
        const [{ getPartyIdByName }, { createMandate }, { scopes }] = await Promise.all([
          import('../../registry/parties.ts'),
          import('../../registry/mandates.ts'),
          import('../../registry/caller.ts'),
        ]);
        const { label, recording, externalId, evidence } = options;
        const hasRecordings = recording !== undefined || externalId !== undefined;
        const made = await createMandate(
          context,
          { partyId, scopes },
          {
            partyId: await getPartyIdByName(context, options.party),
            administratorId: await getPartyIdByName(context, options.administrator),
            purpose: options.audit === true ? 'audit' : 'administer',
            catalog: label === undefined ? (hasRecordings ? 'recordings' : 'all') : 'label',
            labels: label,
            recordingIds: recording,
            externalIds: externalId,
            territoriesInclude: options.territory,
            territoriesExclude: options.except,
            validFrom: options.from,
            validUntil: options.until,
            evidence,
          },
        );
        console.log(made.mandate_id);
      }),
    );
}

function describe(mandate: MandateView): string {
  const { catalog, labels, recording_ids, external_ids } = mandate;
  const what = {
    all: 'everything',
    label: labels.join(', '),
    recordings: `${recording_ids.length + external_ids.length} recordings`,
  }[catalog];
  const audits = mandate.purpose === 'audit' ? ' audits' : '';
  const who = `${mandate.administrator}${audits} for ${mandate.party}`;
  return `${mandate.mandate_id}  ${mandate.state.padEnd(8)}  ${printable(`${who}: ${what}`)}`;
}
