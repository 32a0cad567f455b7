/**
 * Rows of catalogs that look like deliveries: titles and artists of words that are as unevenly common as words are
 * (Zipf-Mandelbrot over half a million of them, the first of which are English), artists with few or very many
 * recordings, ISRCs that labels hand out one after the other, and parties of very different size. The same seed gives
 * the same rows.
 *
 * Of a hundred rows three say a second ISRC of the recording before; of a thousand, five say an ISRC that another
 * party's recording has too; of ten thousand, one is malformed.
 */
import { seededRandom } from '../report/statistics.ts';

export type CatalogRow = {
  readonly externalId: string;
  readonly isrc: string;
  readonly title: string;
  readonly artist: string;
  readonly label: string;
  readonly releaseDate: string;
  readonly version: string;
};

/** Shares of the rows, the largest catalog first; the smallest is a label's with one row in 250. */
export const partyShares = [0.3, 0.2, 0.15, 0.1, 0.08, 0.06, 0.04, 0.03, 0.02, 0.012, 0.004, 0.004] as const;

const common = (
  'the you of love a in me to my i and on it your la de no for is with that dance night all be one time life heart ' +
  'world day way go up out down baby girl home blue rain fire dream dreams song man good bad little black white red ' +
  'sun moon star light dark city street river sea sky summer winter christmas angel devil king queen boy lady dont cant ' +
  'never always forever again tonight today tomorrow morning midnight feel want need know say tell come back away over ' +
  'under from into no more mi amor el en un une le les du et der die das ich du nicht und'
).split(' ');
const onsets = 'b br c ch d dr f fl g gr h j k l m n p pr r s st t tr v w z'.split(' ');
const vowels = 'a e i o u ai ea ou'.split(' ');
const codas = ['', '', '', 'n', 'r', 's', 'l', 't', 'm'];
const wordCount = 500_000;
const artistCount = 400_000;
const versions = ['Live', 'Remastered 2011', 'Radio Edit', 'Acoustic', 'Instrumental', 'Remix', 'Demo'];
const countries = ['US', 'GB', 'DE', 'FR', 'JP', 'BR', 'SE', 'NL', 'QZ', 'QM'];

/** One of a vocabulary, by how common it is: 0 is the commonest. */
export function wordAt(rank: number): string {
  const plain = common[rank];
  if (plain !== undefined) return plain;
  // Scattered, so that neighbours in rank are none in the alphabet; odd, so that no two ranks meet.
  let rest = Math.imul(rank, 0x9e3779b1) >>> 0;
  let word = '';
  for (const parts of [onsets, vowels, codas, onsets, vowels, codas, onsets, vowels]) {
    word += parts[rest % parts.length];
    rest = Math.floor(rest / parts.length);
  }
  return word.slice(0, 4 + (rank % 7)) + (rank > 60_000 ? String.fromCharCode(97 + (rank % 26)) : '');
}

/** Inverse of the cumulated Zipf-Mandelbrot frequencies. */
function ranks(count: number, exponent: number): (random: number) => number {
  const cumulated = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 2.7) ** exponent;
    cumulated[rank] = sum;
  }
  return (random) => {
    const wanted = random * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const titleCase = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export type CatalogRows = {
  /** The rows of one party, of so many in all. */
  of(party: number, count: number): Generator<CatalogRow>;
};

export function catalogRows(seed: number): CatalogRows {
  const wordRank = ranks(wordCount, 1.05);
  const artistRank = ranks(artistCount, 0.9);
  const artistName = (rank: number): string => {
    const of = seededRandom(rank + 77);
    const length = 1 + Math.floor(of() * 2.6);
    return Array.from({ length }, () => titleCase(wordAt(150 + Math.floor(of() ** 2 * 200_000)))).join(' ');
  };

  function* of(party: number, count: number): Generator<CatalogRow> {
    const random = seededRandom(seed * 1000 + party);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const labelCount = Math.max(3, Math.round(count / 20_000));
    const handedOut = new Uint32Array(labelCount);
    const isrcOf = (label: number, by: number): string => {
      const n = handedOut[label] as number;
      handedOut[label] = n + 1;
      const registrant = (by * 1171 + label).toString(36).toUpperCase().padStart(3, '0').slice(-3);
      const year = String((80 + Math.floor(n / 99_999) + label) % 100).padStart(2, '0');
      return `${countries[(by + label) % countries.length]}${registrant}${year}${String(n % 99_999).padStart(5, '0')}`;
    };
    let row: CatalogRow | undefined;
    for (let i = 0; i < count; i++) {
      const label = Math.floor(random() ** 2 * labelCount);
      if (row !== undefined && random() < 0.03) {
        yield { ...row, isrc: isrcOf(label, party) };
        continue;
      }
      const words = Array.from({ length: 1 + Math.floor(random() + random() * 4.2) }, () =>
        wordAt(wordRank(random())),
      );
      const shared = random();
      row = {
        externalId: `P${party}-${String(i).padStart(8, '0')}`,
        isrc: shared < 0.005 ? `QM${String(i % 1000).padStart(3, '0')}2600001` : isrcOf(label, party),
        title: words.map(titleCase).join(' '),
        artist: artistName(artistRank(random())),
        label: `Label ${party}-${label}`,
        releaseDate: `${1960 + Math.floor(random() * 66)}-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}`,
        version: random() < 0.12 ? pick(versions) : '',
      };
      yield shared > 0.9999 ? { ...row, isrc: 'NOT AN ISRC' } : row;
    }
  }
  return { of };
}

export const csvColumns = 'external_id,isrc,title,artist,label,release_date,version';

/** None of the words has a comma or a quote in it. */
export function csvLineOf({
  externalId,
  isrc,
  title,
  artist,
  label,
  releaseDate,
  version,
}: CatalogRow): string {
  return `${[externalId, isrc, title, artist, label, releaseDate, version].join(',')}\n`;
}
