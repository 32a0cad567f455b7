import Meyda, { type MeydaFeaturesObject } from 'meyda';
import { describe, expect, test } from 'vitest';
import { amplitudeSpectrum } from '../../workers/fingerprint/amplitude-spectrum.ts';
import { render, type Sound, silence, tone, whiteNoise } from './synthesis.ts';

const meyda = Meyda as unknown as typeof Meyda.default;

describe('the amplitude spectrum', () => {
  test("is Meyda's to the last bit", () => {
    Object.assign(meyda, { bufferSize: 512, sampleRate: 8000, windowingFunction: 'hanning' });
    const render512 = (sound: Sound) => render(sound, 512 / 8000, 8000);
    const sounds = [tone(440), tone(3999), silence].map(render512);
    for (const samples of [...sounds, whiteNoise(1, 512), whiteNoise(7, 512)]) {
      const found = meyda.extract(['amplitudeSpectrum'], samples) as Partial<MeydaFeaturesObject>;
      expect(amplitudeSpectrum(samples).ampSpectrum).toEqual(found.amplitudeSpectrum);
    }
  });
});
