/** Talks to a server under test as its users do: over HTTP, with forms. */
import type { Problem } from '../../api/http/problem.ts';
import type { RecordingView } from '../../api/registry/recording-view.ts';
import type { ScanAnswer } from '../../api/registry/scan-answer.ts';
import type { SubmissionView } from '../../api/registry/submission-view.ts';

export type Answer<T> = { readonly status: number; readonly headers: Headers; readonly body: T };
export type RegistrationAnswer = {
  recording_id: string;
  reference_id: string;
  external_id: string;
  outcome: 'registered' | 'unchanged' | 'updated';
  position: number;
  duration_ms: number;
};
export type FilePart = {
  readonly name: 'audio' | 'fingerprint' | string;
  readonly bytes: Uint8Array;
  readonly type?: string;
};

export function formOf(fields: Readonly<Record<string, string>>, file?: FilePart): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (file) {
    const blob = new Blob([new Uint8Array(file.bytes)], { type: file.type ?? 'application/octet-stream' });
    form.set(file.name, blob, 'upload.bin');
  }
  return form;
}

export class HttpClient {
  readonly address: string;
  readonly key: string | undefined;

  constructor(address: string, key?: string) {
    this.address = address;
    this.key = key;
  }

  async send<T = Problem>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const headers = new Headers(init.headers);
    if (this.key !== undefined) headers.set('authorization', `Bearer ${this.key}`);
    const response = await fetch(`${this.address}${path}`, { ...init, headers });
    const text = await response.text();
    // Not of NDJSON, which is a line after the other.
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as T,
    };
  }

  post<T = Problem>(
    path: string,
    body: string | FormData,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return this.send<T>(path, { method: 'POST', body, headers });
  }

  /** With a body of JSON. */
  json<T = Record<string, unknown>>(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: unknown,
  ): Promise<Answer<T & Problem>> {
    const headers = { 'content-type': 'application/json' };
    return this.send<T & Problem>(path, { method, headers, body: JSON.stringify(body) });
  }

  register(
    fields: Readonly<Record<string, string>>,
    fingerprint: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer<RegistrationAnswer & Problem>> {
    return this.post('/v1/recordings', formOf(fields, { name: 'fingerprint', bytes: fingerprint }), headers);
  }

  scan(
    fingerprint: Uint8Array,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<Answer<ScanAnswer & Problem>> {
    return this.post('/v1/scans', formOf(fields, { name: 'fingerprint', bytes: fingerprint }));
  }

  submit(
    fingerprint: Uint8Array,
    fields: Readonly<Record<string, string>>,
  ): Promise<Answer<SubmissionView & Problem>> {
    return this.post('/v1/submissions', formOf(fields, { name: 'fingerprint', bytes: fingerprint }));
  }

  list(query = ''): Promise<Answer<{ recordings: RecordingView[]; next_cursor?: string } & Problem>> {
    return this.send(`/v1/recordings${query}`);
  }

  recording(id: string): Promise<Answer<RecordingView & Problem>> {
    return this.send(`/v1/recordings/${id}`);
  }

  remove(id: string): Promise<Answer<{ position: number } & Problem>> {
    return this.send(`/v1/recordings/${id}`, { method: 'DELETE' });
  }
}
