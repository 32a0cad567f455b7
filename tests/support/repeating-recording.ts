/** A recording in which one passage comes three times, as a chorus does, made of the bundle's music. */
import { hear } from '../audio/hear.ts';
import { bundledCatalog } from './bundled-audio.ts';
import { wavOf } from './wav.ts';

const rateHz = 11_025;
const chorusSeconds = 12;
const verseSeconds = 8;

export type RepeatingRecording = {
  /** WAV files. */
  readonly recording: Uint8Array<ArrayBuffer>;
  readonly chorus: Uint8Array<ArrayBuffer>;
  /** Where the chorus begins in the recording, each time. */
  readonly chorusStartsMs: readonly number[];
};

export async function makeRepeatingRecording(): Promise<RepeatingRecording> {
  const [chorusOf, verseOf] = await Promise.all(['brandenburg-2', 'ambiphonic'].map(samplesOf));
  const chorus = cut(chorusOf, 2, chorusSeconds);
  const recording = [chorus, cut(verseOf, 2, verseSeconds), chorus, cut(verseOf, 12, verseSeconds), chorus];
  return {
    recording: wavOf(
      recording.flatMap((part) => [...part]),
      rateHz,
    ),
    chorus: wavOf(chorus, rateHz),
    chorusStartsMs: [0, 1, 2].map((i) => i * (chorusSeconds + verseSeconds) * 1000),
  };
}

async function samplesOf(externalId: string): Promise<Float32Array> {
  const bundled = bundledCatalog().find((recording) => recording.externalId === externalId);
  const { samples, ratesHz } = await hear(bundled?.path as string);
  if (ratesHz.length !== 1 || ratesHz[0] !== rateHz) throw new Error(`${externalId} is not of ${rateHz} Hz`);
  return samples;
}

function cut(samples: Float32Array | undefined, fromSeconds: number, seconds: number): Float32Array {
  return (samples as Float32Array).slice(fromSeconds * rateHz, (fromSeconds + seconds) * rateHz);
}
