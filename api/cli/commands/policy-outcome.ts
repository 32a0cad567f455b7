import { type Command, Option } from 'commander';
import type { OutcomeView } from '../../registry/outcome.ts';
import { contentTypes, transforms } from '../../rules/match-facts.ts';
import { printAnswer } from '../output/answers.ts';
import { outcomeLines } from '../output/policy-text.ts';
import { recordingIdOf, speak, speaking } from '../registry-api.ts';

type OutcomeOptions = {
  readonly scan?: string;
  readonly contentType?: string;
  readonly matchSeconds?: string;
  readonly percentOfUpload?: string;
  readonly percentOfReference?: string;
  readonly falseMatchProbability?: string;
  readonly transform?: string;
};

export function addOutcome(policy: Command): void {
  speaking(policy.command('outcome'))
    .summary('show what follows from a match of a recording, in each territory and why')
    .argument('<recording>', 'its recording_id or external_id')
    .option('--scan <scan_id>', 'of its match in a scan of yours; without it of a match of all of it')
    .addOption(new Option('--content-type <type>', 'what kind of upload it is').choices([...contentTypes]))
    .option('--match-seconds <seconds>', 'as if so much of the upload matched')
    .option('--percent-of-upload <percent>', 'as if so much of the upload matched')
    .option('--percent-of-reference <percent>', 'as if so much of the recording were used')
    .option('--false-match-probability <probability>', 'as if chance were so likely')
    .addOption(new Option('--transform <transform>', 'as if it were altered so').choices([...transforms]))
    .addHelpText('after', '\nExample:\n  $ earmark policy outcome catalog-000123 --match-seconds 12')
    .action((name: string, options: OutcomeOptions, given: Command) =>
      speak(given, async (speaker) => {
        const id = await recordingIdOf(speaker, name);
        const path = speaker.at(`/v1/recordings/${encodeURIComponent(id)}/outcome`, {
          scan_id: options.scan,
          content_type: options.contentType,
          match_seconds: options.matchSeconds,
          percent_of_upload: options.percentOfUpload,
          percent_of_reference: options.percentOfReference,
          false_match_probability: options.falseMatchProbability,
          transform: options.transform,
        });
        printAnswer(speaker, await speaker.api.ask<OutcomeView>('GET', path), outcomeLines);
      }),
    );
}
