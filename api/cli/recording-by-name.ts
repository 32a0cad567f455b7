import { RegistryError } from '../errors.ts';
import type { RecordingView } from '../registry/recording-view.ts';
import type { ScanAnswer } from '../registry/scan-answer.ts';
import type { Registry } from './registry.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** By recording_id, or by the external_id under which it was registered here. Throws `RECORDING_NOT_FOUND`. */
export async function getRecordingByName(registry: Registry, name: string): Promise<RecordingView> {
  if (uuid.test(name)) return registry.get(name);
  const recording = await registry.find(name);
  if (recording === undefined) throw nameless(registry, name);
  return recording;
}

/** The same for its id, among what a scan found too: there a recording is named whoever registered it. */
export async function getRecordingIdByName(
  registry: Registry,
  name: string,
  scan: ScanAnswer,
): Promise<string> {
  if (uuid.test(name)) return name;
  const own = await registry.find(name).catch((error: unknown) => {
    // A platform's key scans and does not list recordings.
    if (error instanceof RegistryError && error.code === 'SCOPE_FORBIDDEN') return undefined;
    throw error;
  });
  const found = own ?? scan.matches.find((match) => match.external_id === name);
  if (found === undefined) throw nameless(registry, name);
  return found.recording_id;
}

function nameless(registry: Registry, name: string): RegistryError {
  const expected = `Expected a recording_id or an external_id of ${registry.place}; received "${name}". "earmark list" shows them.`;
  return new RegistryError('RECORDING_NOT_FOUND', expected);
}
