/** What other open systems score (bench/kit/peers.csv; how that was measured: bench/kit/README.md). */
import { join } from 'node:path';
import { repositoryRoot } from '../report/results.ts';
import { readCsv } from './truth.ts';

export const peerNames = ['chromaprint', 'olaf', 'audfprint', 'panako'] as const;
export type PeerName = (typeof peerNames)[number];

export const peersSource =
  'Peers: same scripts, same kind of machine, other recordings of the same kind (330 registered, 15 h; 20 excerpts a row), every system at ' +
  "its defaults; chromaprint is fpcalc's codes with a matcher more lenient than AcoustID's. Source: bench/kit/peers.csv.";

/** Figures as written, by row: an attack at 10 s, or a sentence. */
export function readPeers(): ReadonlyMap<string, Readonly<Record<PeerName, string>>> {
  const path = join(repositoryRoot, 'bench/kit/peers.csv');
  return new Map(readCsv(path, ['row', ...peerNames]).map(({ row, ...figures }) => [row, figures]));
}
