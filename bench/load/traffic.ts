/**
 * What callers send, in the shares in which they send it: look-ups of recordings by ISRC, scans of ten seconds, new
 * registrations from fingerprints, and reported uploads. Every fifth upload is of a recording that is not registered.
 */
import { randomBytes } from 'node:crypto';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { cut } from '../in-process/cut.ts';
import { seededRandom } from '../report/statistics.ts';

export const kinds = ['look-up', 'scan', 'registration', 'submission'] as const;
export type Kind = (typeof kinds)[number];
/** Of a hundred requests. */
export const shares: Readonly<Record<Kind, number>> = {
  'look-up': 50,
  scan: 25,
  registration: 15,
  submission: 10,
};

const excerptMs = 10_000;
/** Registered under load: as long as a jingle, so that the index is not what is measured. */
const registeredMs = 30_000;
const excerptCount = 200;
const absentEvery = 5;

export type Sent = {
  readonly kind: Kind;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** By which what was acknowledged is looked for in the end. */
  readonly externalId?: string;
};

export type Traffic = { next(): Sent };

function stretchOf(fingerprint: Fingerprint, fromShare: number, lengthMs: number): Fingerprint {
  const wanted = lengthMs / frameMs;
  const room = (fingerprint.constellation.frames.at(-1) ?? 0) - wanted;
  return cut(fingerprint, Math.floor(fromShare * Math.max(1, room)), wanted);
}

export const isrcOf = (i: number): string => `QM00026${String(i).padStart(5, '0')}`;

const boundary = 'earmark-load-5f0c';

function form(fields: Readonly<Record<string, string>>, fingerprint: Uint8Array): Buffer {
  const part = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n`;
  const said = Object.entries(fields).map(([name, value]) => `${part(`name="${name}"`)}\r\n${value}\r\n`);
  const file = `${part('name="fingerprint"; filename="it.earmark"')}content-type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(said.join('') + file),
    fingerprint,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

function drawKind(drawn: number): Kind {
  let rest = drawn;
  for (const kind of kinds) {
    rest -= shares[kind];
    if (rest < 0) return kind;
  }
  return 'look-up';
}

export function openTraffic({
  registered,
  absent,
  unheard,
  owner,
  platform,
  seed,
}: {
  readonly registered: readonly Fingerprint[];
  readonly absent: readonly Fingerprint[];
  /** What is registered under load is of these, and no upload is. */
  readonly unheard: readonly Fingerprint[];
  /** Keys. */
  readonly owner: string;
  readonly platform: string;
  readonly seed: number;
}): Traffic {
  const random = seededRandom(seed);
  const run = randomBytes(4).toString('hex');
  const of = (list: readonly Fingerprint[]) => list[Math.floor(random() * list.length)] as Fingerprint;
  const excerpts = Array.from({ length: excerptCount }, (_, i) =>
    encodeFingerprint(stretchOf(of(i % absentEvery === 0 ? absent : registered), random(), excerptMs)),
  );
  const total = Object.values(shares).reduce((a, b) => a + b, 0);
  const multipart = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const as = (key: string) => ({ authorization: `Bearer ${key}` });
  let n = 0;
  const excerpt = () => excerpts[Math.floor(random() * excerpts.length)] as Uint8Array;
  const novel = () =>
    encodeFingerprint({ ...stretchOf(of(unheard), random(), registeredMs), audioSha256: randomBytes(32) });
  const makers: Readonly<Record<Kind, () => Omit<Sent, 'kind'>>> = {
    'look-up': () => ({
      method: 'GET',
      path: `/v1/identifiers?value=${isrcOf(Math.floor(random() * registered.length))}`,
      headers: as(owner),
    }),
    scan: () => ({
      method: 'POST',
      path: '/v1/scans',
      headers: { ...as(platform), ...multipart },
      body: form({}, excerpt()),
    }),
    registration: () => {
      const externalId = `load-${run}-${n++}`;
      const body = form({ external_id: externalId, title: `Load ${n}` }, novel());
      return {
        method: 'POST',
        path: '/v1/recordings',
        headers: { ...as(owner), ...multipart },
        body,
        externalId,
      };
    },
    submission: () => {
      const externalId = `upload-${run}-${n++}`;
      const body = form({ platform: 'Tube', external_id: externalId, account: 'channel' }, excerpt());
      return {
        method: 'POST',
        path: '/v1/submissions',
        headers: { ...as(platform), ...multipart },
        body,
        externalId,
      };
    },
  };
  return {
    next() {
      const kind = drawKind(random() * total);
      return { kind, ...makers[kind]() };
    },
  };
}
