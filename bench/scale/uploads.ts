/** Long uploads out of fingerprints: one cut short, several strung together. */
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { cut } from '../in-process/cut.ts';

/** Its first seconds. */
export function uploadOf(fingerprint: Fingerprint, seconds: number): Uint8Array<ArrayBuffer> {
  return encodeFingerprint(cut(fingerprint, 0, (seconds * 1000) / frameMs));
}

/** One after the other, from the first again where they are too few, up to so many seconds. */
export function strungTogether(pieces: readonly Fingerprint[], seconds: number): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first === undefined) throw new Error('there is nothing to string together');
  const strung: { readonly piece: Fingerprint; readonly at: number }[] = [];
  let end = 0;
  for (let i = 0; end * frameMs < seconds * 1000; i++) {
    const piece = pieces[i % pieces.length] as Fingerprint;
    strung.push({ piece, at: end });
    end += Math.ceil(piece.durationMs / frameMs) + 1;
  }
  const through = (view: (piece: Fingerprint) => Constellation): Constellation => ({
    frames: Uint32Array.from(
      strung.flatMap(({ piece, at }) => Array.from(view(piece).frames, (it) => at + it)),
    ),
    steps: Uint16Array.from(strung.flatMap(({ piece }) => Array.from(view(piece).steps))),
    ranks: Uint8Array.from(strung.flatMap(({ piece }) => Array.from(view(piece).ranks))),
  });
  const hasOthers = strung.every(({ piece }) => piece.otherWindows !== undefined);
  const { otherWindows: _, ...like } = first;
  const whole: Fingerprint = {
    ...like,
    durationMs: end * frameMs,
    constellation: through((piece) => piece.constellation),
    ...(hasOthers && {
      otherWindows: {
        short: through(({ otherWindows, constellation }) => otherWindows?.short ?? constellation),
        long: through(({ otherWindows, constellation }) => otherWindows?.long ?? constellation),
      },
    }),
  };
  return uploadOf(whole, seconds);
}
