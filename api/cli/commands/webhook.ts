import { Command, Option } from 'commander';
import { eventTypes, type WebhookView } from '../../registry/webhook-view.ts';
import { usageError } from '../exit-status.ts';
import { collected, everyItem, parseDate, withLocalRecords } from '../local-records.ts';
import { printable } from '../output/terminal-text.ts';

type CreateOptions = {
  readonly party: string;
  readonly event?: readonly string[];
  readonly description?: string;
};

export function webhookCommand(): Command {
  const webhook = new Command('webhook')
    .alias('webhooks')
    .summary('say where a party is told of events: create, list, change, test and replay webhooks');
  addCreate(webhook);
  addList(webhook);
  addChanges(webhook);
  addDeliveries(webhook);
  return webhook;
}

/** Of any party: whoever has the database is its operator. */
const named = (webhookId: string) => ({ webhookId, partyId: undefined });
const webhookArgument = ['<webhook_id>', 'as "earmark webhook list" shows it'] as const;

function addCreate(webhook: Command): void {
  webhook
    .command('create')
    .summary('make a webhook; its secret is shown once')
    .argument('<url>', 'where messages are sent: https, on the public internet')
    .requiredOption('--party <party>', 'whose events, by name or party_id')
    .addOption(
      new Option(
        '--event <type>',
        `only events of this type, several times for several: ${eventTypes.join(', ')}`,
      ).argParser(collected),
    )
    .option('--description <text>', 'what it is for')
    .addHelpText(
      'after',
      '\nExample:\n  $ earmark webhook create https://hooks.example.com/earmark --party "Harbour Records"',
    )
    .action((url: string, options: CreateOptions, command: Command) =>
      withLocalRecords(command, async (context, partyId) => {
        const asked = readEventTypes(options.event);
        const [{ getPartyIdByName }, { createWebhook }, { scopes }] = await Promise.all([
          import('../../registry/parties.ts'),
          import('../../registry/webhooks.ts'),
          import('../../registry/caller.ts'),
        ]);
        const made = await createWebhook(
          context,
          { partyId, scopes },
          {
            partyId: await getPartyIdByName(context, options.party),
            url,
            eventTypes: asked,
            description: options.description,
          },
        );
        console.log(made.secret);
        console.error(`Webhook ${made.webhook.webhook_id}. Its secret cannot be shown again.`);
      }),
    );
}

function addList(webhook: Command): void {
  webhook
    .command('list')
    .summary('list all webhooks, without their secrets')
    .option('--json', 'one JSON object a line')
    .action((options: { json?: true }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { listWebhooks } = await import('../../registry/webhooks.ts');
        for await (const one of everyItem((page) => listWebhooks(context, { partyId: undefined, ...page }))) {
          console.log(options.json === true ? JSON.stringify(one) : describe(one));
        }
      }),
    );
}

function addChanges(webhook: Command): void {
  for (const [name, isEnabled, summary] of [
    ['enable', true, 'send events there again'],
    ['disable', false, 'send nothing there for now'],
  ] as const) {
    webhook
      .command(name)
      .summary(summary)
      .argument(...webhookArgument)
      .action((webhookId: string, _options: object, command: Command) =>
        withLocalRecords(command, async (context) => {
          const { updateWebhook } = await import('../../registry/webhooks.ts');
          console.log(describe(await updateWebhook(context, named(webhookId), { isEnabled })));
        }),
      );
  }
  webhook
    .command('rotate')
    .summary('give a webhook a new secret, shown once; the old one signs for a day still')
    .argument(...webhookArgument)
    .action((webhookId: string, _options: object, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { rotateWebhookSecret } = await import('../../registry/webhooks.ts');
        console.log((await rotateWebhookSecret(context, named(webhookId))).secret);
      }),
    );
  webhook
    .command('remove')
    .summary('take a webhook away, with what was still to be sent to it')
    .argument(...webhookArgument)
    .action((webhookId: string, _options: object, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { deleteWebhook } = await import('../../registry/webhooks.ts');
        await deleteWebhook(context, named(webhookId));
        console.log(`Removed ${webhookId}.`);
      }),
    );
}

/** What is due is sent by a server, at once where one runs. */
function addDeliveries(webhook: Command): void {
  webhook
    .command('test')
    .summary('have a test event sent')
    .argument(...webhookArgument)
    .action((webhookId: string, _options: object, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { testWebhook } = await import('../../registry/webhook-deliveries.ts');
        console.log(await testWebhook(context, named(webhookId)));
      }),
    );
  webhook
    .command('deliveries')
    .summary('list what was, is to be, or could not be sent; newest first, one JSON object a line')
    .argument(...webhookArgument)
    .addOption(new Option('--state <state>', 'only these').choices(['pending', 'delivered', 'dead']))
    .action((webhookId: string, { state }: { state?: 'pending' | 'delivered' | 'dead' }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { listDeliveries } = await import('../../registry/webhook-deliveries.ts');
        const ask = (page: { limit: number; cursor?: string }) =>
          listDeliveries(context, named(webhookId), { state, ...page });
        for await (const one of everyItem(ask)) console.log(JSON.stringify(one));
      }),
    );
  webhook
    .command('replay')
    .summary('send the dead letters again, or one event')
    .argument(...webhookArgument)
    .option('--event-id <event_id>', 'this event, whatever became of it')
    .option('--since <date>', 'only dead letters of what happened from then on', parseDate)
    .action((webhookId: string, ask: { eventId?: string; since?: Date }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { replayDeliveries } = await import('../../registry/webhook-deliveries.ts');
        console.log(`${await replayDeliveries(context, named(webhookId), ask)} to be sent again.`);
      }),
    );
}

function describe(one: WebhookView): string {
  const state = one.disabled_reason === null ? one.state : `${one.state} (${one.disabled_reason})`;
  return `${one.webhook_id}  ${state}  ${printable(one.url)}  ${one.event_types.join(',') || 'every event'}`;
}

function readEventTypes(given: readonly string[] | undefined) {
  return given?.map((name) => {
    const type = eventTypes.find((known) => known === name);
    if (type !== undefined) return type;
    throw usageError(`--event: expected one of ${eventTypes.join(', ')}; received ${JSON.stringify(name)}.`);
  });
}
