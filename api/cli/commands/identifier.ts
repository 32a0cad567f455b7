import { Command, Option } from 'commander';
import type { IdentifiedView } from '../../registry/find-by-identifier.ts';
import type { IdentifiersView } from '../../registry/identifiers.ts';
import { identifierSchemes } from '../../rules/identifiers.ts';
import { printAnswer } from '../output/answers.ts';
import { instantText } from '../output/registry-text.ts';
import { type Column, tableLines } from '../output/table.ts';
import { recordingIdOf, speak, speaking } from '../registry-api.ts';

type AssertOptions = { readonly scheme: string; readonly delivery?: string };

const byMandate = { byMandate: true };
const recordingArgument = ['<recording>', 'its recording_id or external_id'] as const;

export function identifierCommand(): Command {
  const command = new Command('identifier')
    .alias('identifiers')
    .summary('say which identifiers a recording has, and show who says so');
  speaking(command.command('assert'), byMandate)
    .summary('assert an identifier; what was asserted before stays')
    .argument(...recordingArgument)
    .argument('<value>', 'with or without hyphens')
    .addOption(
      new Option('--scheme <scheme>', 'of what kind').choices([...identifierSchemes]).default('isrc'),
    )
    .option('--delivery <text>', 'the message or file that says so')
    .addHelpText('after', '\nExample:\n  $ earmark identifier assert catalog-000123 GB-AYE-93-00106')
    .action((name: string, value: string, { scheme, delivery }: AssertOptions, given: Command) =>
      speak(given, async (speaker) => {
        const { api, at } = speaker;
        const path = at(`/v1/recordings/${await recordingIdOf(speaker, name)}/identifiers`);
        const body = { scheme, value, delivery };
        printAnswer(speaker, await api.ask<IdentifiersView>('POST', path, body), identifierLines);
      }),
    );
  speaking(command.command('list'), byMandate)
    .summary('list what is asserted about a recording, and where it is at odds')
    .argument(...recordingArgument)
    .action((name: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const { api, at } = speaker;
        const path = at(`/v1/recordings/${await recordingIdOf(speaker, name)}/identifiers`);
        printAnswer(speaker, await api.ask<IdentifiersView>('GET', path), identifierLines);
      }),
    );
  speaking(command.command('find'), byMandate)
    .summary('find the recordings that are said to have an identifier')
    .argument('<value>', 'with or without hyphens')
    .addOption(
      new Option('--scheme <scheme>', 'of what kind').choices([...identifierSchemes]).default('isrc'),
    )
    .addHelpText('after', '\nExample:\n  $ earmark identifier find GB-AYE-93-00106')
    .action((value: string, { scheme }: { scheme: string }, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at('/v1/identifiers', { scheme, value });
        printAnswer(speaker, await speaker.api.ask<IdentifiedView>('GET', path), identifiedLines);
      }),
    );
  speaking(command.command('withdraw'), byMandate)
    .summary('withdraw an assertion; it stays to be read')
    .argument(...recordingArgument)
    .argument('<identifier_assertion_id>', 'as "earmark identifier list" shows it')
    .action((name: string, assertionId: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const { api, at } = speaker;
        const id = await recordingIdOf(speaker, name);
        const path = at(
          `/v1/recordings/${encodeURIComponent(id)}/identifiers/${encodeURIComponent(assertionId)}/withdraw`,
        );
        printAnswer(speaker, await api.ask<IdentifiersView>('POST', path), identifierLines);
      }),
    );
  return command;
}

const columns: readonly Column<IdentifiersView['identifiers'][number]>[] = [
  ['identifier_assertion_id', (one) => one.identifier_assertion_id],
  ['scheme', (one) => one.scheme],
  ['value', (one) => one.value],
  ['since', (one) => instantText(one.asserted_at)],
  ['withdrawn', (one) => instantText(one.withdrawn_at)],
  ['by', (one) => one.asserted_by],
];

const identifiedColumns: readonly Column<IdentifiedView['recordings'][number]>[] = [
  ['recording_id', (one) => one.recording_id],
  ['since', (one) => instantText(one.asserted_at)],
  ['by', (one) => one.asserted_by],
  ['external_id', (one) => one.external_id],
  ['title · artist', ({ title, artist }) => [title, artist].filter(Boolean).join(' · ')],
];

function identifiedLines({ scheme, value, recordings, other_parties }: IdentifiedView): string[] {
  if (recordings.length === 0) return [`no recording is said to have the ${scheme} ${value}`];
  const elsewhere = other_parties > 0 ? [`at odds: ${other_parties} other parties assert it too`] : [];
  return [...tableLines(identifiedColumns, recordings), ...elsewhere];
}

function identifierLines({ identifiers, conflicts }: IdentifiersView): string[] {
  if (identifiers.length === 0) return ['nothing is asserted'];
  const atOdds = conflicts.map(({ kind, scheme, values, other_parties }) =>
    kind === 'several_values'
      ? `at odds: several ${scheme}: ${values.join(', ')}`
      : `at odds: ${other_parties} other parties assert ${scheme} ${values.join(', ')}`,
  );
  return [...tableLines(columns, identifiers), ...atOdds];
}
