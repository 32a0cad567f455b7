import { Command, InvalidArgumentError } from 'commander';
import type { PolicyView } from '../../registry/policy-view.ts';
import type { SimulationView } from '../../registry/simulation.ts';
import { readJsonDocument } from '../input/json-document.ts';
import { printAnswer, printList } from '../output/answers.ts';
import { policyColumns, policyLines, simulationLines } from '../output/policy-text.ts';
import { recordingIdOf, speak, speaking } from '../registry-api.ts';
import { addOutcome } from './policy-outcome.ts';

const policyArgument = ['<policy_id>', 'as "earmark policy list" shows it'] as const;
const fileArgument = ['<file.json>', 'the document, or - for what is piped in'] as const;
const documentHelp = `
A document is a name and rules; the most restrictive rule that holds wins:
  {
    "name": "Monetize, block in DE",
    "rules": [
      { "action": "block", "conditions": { "territories": { "include": ["DE"] } } },
      { "action": "monetize", "conditions": { "match_seconds": { "min": 30 } }, "route_to_review": true }
    ]
  }
Actions: allow, track, monetize, block, takedown. Conditions: match_seconds, percent_of_upload, percent_of_reference,
false_match_probability ({"min", "max"}), territories, content_types, transforms.

Example:
  $ earmark policy create policy.json --as "Harbour Records"`;

export function policyCommand(): Command {
  const command = new Command('policy')
    .alias('policies')
    .summary('say what is to be done with uploads, and see beforehand what would change');
  addDocuments(command);
  addInForce(command);
  addReading(command);
  addSimulate(command);
  addOutcome(command);
  return command;
}

function addDocuments(command: Command): void {
  speaking(command.command('create'))
    .summary('make a policy from a document; it is in force once it is activated and applies somewhere')
    .argument(...fileArgument)
    .addHelpText('after', documentHelp)
    .action((file: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const document = await readJsonDocument(file);
        const made = await speaker.api.ask<PolicyView>('POST', '/v1/policies', document);
        printAnswer(speaker, made, ({ policy_id }) => [policy_id]);
      }),
    );
  speaking(command.command('version'))
    .summary('add a version to a policy; the active one stays active')
    .argument(...policyArgument)
    .argument(...fileArgument)
    .action((id: string, file: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const document = await readJsonDocument(file);
        const path = `/v1/policies/${encodeURIComponent(id)}/versions`;
        printAnswer(speaker, await speaker.api.ask<PolicyView>('POST', path, document), policyLines);
      }),
    );
  speaking(command.command('activate'))
    .summary('put a version in force, wherever the policy applies')
    .argument(...policyArgument)
    .option('--policy-version <number>', 'which (default: the latest)', parseNumber)
    .action((id: string, { policyVersion: version }: { policyVersion?: number }, given: Command) =>
      speak(given, async (speaker) => {
        const { api } = speaker;
        const path = `/v1/policies/${encodeURIComponent(id)}`;
        const latest = async () => (await api.ask<PolicyView>('GET', path)).versions.at(-1)?.version;
        const body = { version: version ?? (await latest()) };
        printAnswer(speaker, await api.ask<PolicyView>('POST', `${path}/activate`, body), policyLines);
      }),
    );
}

function addInForce(command: Command): void {
  speaking(command.command('default'))
    .summary('have a policy apply to all that you own and have set no other for')
    .argument(...policyArgument)
    .option('--end', 'have no default policy: what you own is tracked')
    .action((id: string, { end }: { end?: true }, given: Command) =>
      speak(given, async (speaker) => {
        const method = end === true ? 'DELETE' : 'PUT';
        const path = `/v1/policies/${encodeURIComponent(id)}/default`;
        printAnswer(speaker, await speaker.api.ask<PolicyView>(method, path), policyLines);
      }),
    );
  speaking(command.command('override'))
    .summary('have a policy apply to one recording instead of your default')
    .argument('<recording>', 'its recording_id or external_id')
    .argument('[policy_id]', 'as "earmark policy list" shows it')
    .option('--end', 'have your default apply to it again')
    .action((name: string, policyId: string | undefined, { end }: { end?: true }, given: Command) =>
      speak(given, async (speaker) => {
        const { api } = speaker;
        if ((policyId === undefined) !== (end === true)) given.error('error: give a policy_id or --end');
        const id = await recordingIdOf(speaker, name);
        const path = `/v1/recordings/${encodeURIComponent(id)}/policy`;
        if (end === true) {
          await api.ask('DELETE', path);
          printAnswer(speaker, { recording_id: id }, () => [`Your default applies to ${id}.`]);
          return;
        }
        const set = await api.ask<PolicyView>('PUT', path, { policy_id: policyId });
        printAnswer(speaker, set, policyLines);
      }),
    );
}

function addReading(command: Command): void {
  speaking(command.command('list'))
    .summary('list your policies')
    .action((_options: object, given: Command) =>
      speak(given, (speaker) =>
        printList(speaker, { path: '/v1/policies', name: 'policies', columns: policyColumns }),
      ),
    );
  speaking(command.command('show'))
    .summary('show a policy with its versions')
    .argument(...policyArgument)
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) =>
        printAnswer(
          speaker,
          await speaker.api.ask<PolicyView>('GET', `/v1/policies/${encodeURIComponent(id)}`),
          policyLines,
        ),
      ),
    );
}

function addSimulate(command: Command): void {
  speaking(command.command('simulate'))
    .summary('decide past matches again with a version, and see what would change; nothing is changed')
    .argument(...policyArgument)
    .option('--policy-version <number>', 'which (default: the latest)', parseNumber)
    .option('--list <count>', 'how many changed matches to list (default: 20)', parseNumber)
    .addHelpText('after', '\nExample:\n  $ earmark policy simulate 019c… --policy-version 2 --list 50')
    .action(
      (
        id: string,
        { policyVersion: version, list = 20 }: { policyVersion?: number; list?: number },
        given: Command,
      ) =>
        speak(given, async (speaker) => {
          const path = `/v1/policies/${encodeURIComponent(id)}/simulation`;
          const body = { version, listed: list };
          printAnswer(speaker, await speaker.api.ask<SimulationView>('POST', path, body), simulationLines);
        }),
    );
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('Expected a whole number.');
}
