/** The hit rates this project wants of each row, for the card's column beside what it has. */

/** Of 10 s excerpts. */
const rowAims: readonly (readonly [attack: RegExp, aim: number])[] = [
  [/^(identity|ogg160|opus75|opus24|mp3_64|mp3_32|aac_64)$/, 0.995],
  [/^(drift|eq|lowpass3k|highpass800|telephone|clip12|compressor|noise10)$/, 0.995],
  [/^noise0$/, 0.99],
  [/^noise-5$/, 0.95],
  [/^speech0$/, 0.97],
  [/^mix0$/, 0.98],
  [/^reverb60$/, 0.98],
  [/^(reverb90|phonespk)$/, 0.93],
  [/^(speed|tempo|pitch)/, 0.98],
  [/^(nightcore|slowedreverb)$/, 0.97],
];

const shortAims: readonly (readonly [attack: RegExp, aim: number])[] = [
  [/^(identity|ogg160|opus75|opus24|mp3_64|mp3_32|aac_64)$/, 0.98],
  [/^noise0$/, 0.92],
  [/^(speed|tempo|pitch)/, 0.93],
];

/** Of every cell of the tempo × pitch plane. */
export const planeAim = 0.9;
/** Both of two recordings at equal level. */
export const bothAim = 0.8;
export const compilationAims = { precision: 0.98, recall: 0.95 } as const;

export function findAim(attack: string, length: string): number | undefined {
  if (length === '3') return attack === 'identity' ? 0.93 : undefined;
  const aims = length === '10' ? rowAims : length === '5' ? shortAims : [];
  return aims.find(([pattern]) => pattern.test(attack))?.[1];
}
