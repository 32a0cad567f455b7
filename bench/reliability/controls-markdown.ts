/** What the comparison of waveforms is worth, for people who read. */
import { table } from '../report/results.ts';
import type { Control } from './shared-audio.ts';

export function controlTable(controls: readonly Control[]): string[] {
  const seconds = controls
    .filter(({ is_shared }) => !is_shared)
    .reduce((sum, control) => sum + control.seconds, 0);
  return [
    '## What counts as shared audio',
    '',
    'The answer is laid over the two originals: the seconds of the recording that the query was cut from, and those of the recording that was named. ' +
      'In eight half octaves from 300 Hz to 4.8 kHz their waveforms are correlated, and the mean over the bands is taken. Shared is what runs at one speed and pitch in both; ' +
      'correlates at one lag, where the answer puts it, twice as well as at any other; ' +
      'and of which at least half lies in whole seconds of which every quarter, wherever it begins, correlates by 0.15 or more. So neither a pad, which agrees at many lags, nor the hits of a drum machine, which agree here and there, are shared audio; a loop is, and a stem. What is shared but sustained agrees with itself at many lags, or is buried: it is missed, and counts as wrong. ' +
      'Nothing of a fingerprint is asked. `bench/kit/shared_audio.py` does it.',
    '',
    `Controls: stretches of 4 s of which the truth is known, ${seconds.toLocaleString('en')} seconds of them of nothing shared.`,
    '',
    table(
      [
        'control',
        'stretches',
        'judged shared',
        'should be',
        'seconds that correlate throughout',
        "99.99 % of seconds' weakest quarters are below",
      ],
      controls.map((control) => [
        control.name,
        String(control.stretches),
        String(control.judged_shared),
        control.is_shared ? 'all' : '0',
        `${control.seconds_throughout} of ${control.seconds}`,
        control.weakest.toFixed(2),
      ]),
    ),
    '',
  ];
}
