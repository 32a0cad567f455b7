import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type TransformSet, transformSets } from '../../../workers/protocol.ts';
import { drawExplanation } from '../../picture/explanation-picture.ts';
import { usageError } from '../exit-status.ts';
import { findAudioFiles } from '../input/paths.ts';
import { describeExplanationText } from '../output/explanation-text.ts';
import { refuseForeignFile, writePicture } from '../output/picture-file.ts';
import { columnsOf, paintFor, printable } from '../output/terminal-text.ts';
import { getRecordingIdByName } from '../recording-by-name.ts';
import { openRegistry } from '../registry.ts';
import { settingsOf } from '../settings.ts';
import { fingerprintItem } from '../work/item-fingerprint.ts';

type ExplainOptions = {
  readonly output: string;
  readonly format: 'table' | 'json';
  readonly transforms: TransformSet;
};

export function explainCommand(): Command {
  return new Command('explain')
    .summary('say why a recording is in an upload, or why it is not, and draw it')
    .description(
      'Scans the upload, compares it with one recording, and says what was found: where, how altered, how much agrees and\n' +
        'how much chance would give; or the reason for a missing match and what to try. Writes a picture of both\n' +
        'constellations laid over each other and of the votes.',
    )
    .argument('<upload>', 'a file of audio, or a fingerprint file (.earmark)')
    .argument('<recording>', 'its recording_id or external_id')
    .addOption(
      new Option('--transforms <set>', 'alterations of tempo and pitch to look for, as in a scan')
        .choices([...transformSets])
        .default('all'),
    )
    .option(
      '--output <file.svg>',
      'the picture; an earlier picture is replaced, nothing else is',
      'explanation.svg',
    )
    .addOption(new Option('--format <format>', 'what is printed').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
"No match" is an answer: the exit status is 0.

Examples:
  $ earmark explain upload.mp3 catalog-17
  $ earmark explain upload.mp3.earmark 019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa --output why.svg
  $ earmark explain upload.mp3 catalog-17 --format json | jq .verdict`,
    )
    .action(async (upload: string, recording: string, options: ExplainOptions, command: Command) => {
      await explain(upload, recording, options, command);
    });
}

async function explain(
  upload: string,
  name: string,
  { output, format, transforms }: ExplainOptions,
  command: Command,
): Promise<void> {
  const config = settingsOf(command);
  const [file, ...others] = await findAudioFiles([upload]);
  if (file === undefined || others.length > 0) throw usageError(`"${upload}" is a folder: give one file.`);
  await refuseForeignFile(output);
  await using registry = await openRegistry(config, 'search');
  await registry.settle();
  const { fingerprint, truncated } = await fingerprintItem(registry, file.path, 'search');
  if (truncated) console.error(`! ${printable(file.externalId)}: the file breaks off; took what it holds`);
  const scan = await registry.scan({ externalId: file.externalId, fingerprint, transforms });
  const recordingId = await getRecordingIdByName(registry, name, scan);
  const explanation = await registry.explain({ scan, fingerprint, recordingId });
  await writePicture(output, drawExplanation(explanation));
  const written = `picture: ${printable(resolve(output))}`;
  if (format === 'json') {
    console.log(JSON.stringify(explanation));
    console.error(written);
    return;
  }
  const layout = { columns: columnsOf(process.stdout), paint: paintFor(process.stdout) };
  console.log(`${describeExplanationText(explanation, layout)}\n\n  ${written}`);
}
