/** What the bench of writes asks of a server: registering in a stream or one by one, scanning, removing, how the index is. */
import { Readable } from 'node:stream';

export type Asked = { readonly address: string; readonly key: string };

export type NewRecording = { readonly externalId: string; readonly fingerprint: Uint8Array<ArrayBuffer> };
export type Registered = { readonly recordingId: string; readonly position: number };

export type FoundIn = {
  readonly status: number;
  readonly externalIds: readonly string[];
  readonly milliseconds: number;
};

const refusalsShown = 200;

function headers(key: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { authorization: `Bearer ${key}`, ...more };
}

function form(fingerprint: Uint8Array<ArrayBuffer>, fields: Readonly<Record<string, string>>): FormData {
  const filled = new FormData();
  for (const [name, value] of Object.entries(fields)) filled.set(name, value);
  filled.set('fingerprint', new Blob([fingerprint]), 'upload.earmark');
  return filled;
}

export async function registerOne({ address, key }: Asked, recording: NewRecording): Promise<Registered> {
  const response = await fetch(`${address}/v1/recordings`, {
    method: 'POST',
    headers: headers(key),
    body: form(recording.fingerprint, { external_id: recording.externalId }),
  });
  const answer = (await response.json()) as { recording_id: string; position: number };
  if (!response.ok)
    throw new Error(`a registration was answered ${response.status}: ${JSON.stringify(answer)}`);
  return { recordingId: answer.recording_id, position: answer.position };
}

/** Sends recordings as they are handed over, and tells of each as it is acknowledged. Throws where one is refused. */
export async function registerStream(
  { address, key }: Asked,
  recordings: AsyncIterable<NewRecording>,
  onAcknowledged: (recording: Registered, externalId: string) => void,
): Promise<void> {
  const sent: string[] = [];
  async function* lines() {
    for await (const { externalId, fingerprint } of recordings) {
      sent.push(externalId);
      const line = { external_id: externalId, fingerprint: Buffer.from(fingerprint).toString('base64') };
      yield Buffer.from(`${JSON.stringify(line)}\n`);
    }
  }
  const response = await fetch(`${address}/v1/recordings/bulk`, {
    method: 'POST',
    headers: headers(key, { 'content-type': 'application/x-ndjson' }),
    body: Readable.toWeb(Readable.from(lines(), { objectMode: true, highWaterMark: 1 })) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  if (!response.ok || response.body === null)
    throw new Error(`a stream of registrations was answered ${response.status}: ${await response.text()}`);
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const { line, outcome, recording } = JSON.parse(part);
      if (outcome === 'refused') throw new Error(`a line was refused: ${part.slice(0, refusalsShown)}`);
      onAcknowledged(
        { recordingId: recording.recording_id, position: recording.position },
        sent[line - 1] as string,
      );
    }
  }
}

export async function scan(
  { address, key }: Asked,
  fingerprint: Uint8Array<ArrayBuffer>,
  transforms: string,
): Promise<FoundIn> {
  const begun = performance.now();
  const response = await fetch(`${address}/v1/scans`, {
    method: 'POST',
    headers: headers(key),
    body: form(fingerprint, { transforms }),
  });
  const answer = (await response.json()) as { matches?: { external_id: string }[] };
  return {
    status: response.status,
    externalIds: (answer.matches ?? []).map(({ external_id }) => external_id),
    milliseconds: performance.now() - begun,
  };
}

export async function remove({ address, key }: Asked, recordingId: string): Promise<void> {
  const response = await fetch(`${address}/v1/recordings/${recordingId}`, {
    method: 'DELETE',
    headers: headers(key),
  });
  if (!response.ok) throw new Error(`a removal was answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

export type IndexFigures = {
  readonly position: number;
  readonly lag: number;
  readonly bytes: number;
  readonly references: number;
  readonly merges: number;
  readonly merging: number;
};

export async function indexFigures({ address }: Pick<Asked, 'address'>): Promise<IndexFigures> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const read = (name: string) =>
    Number(new RegExp(`^earmark_index_${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    position: read('position'),
    lag: read('lag'),
    bytes: read('bytes'),
    references: read('references'),
    merges: read('merges_total'),
    merging: read('merging'),
  };
}
