import { RegistryError } from '../errors.ts';
import type { RecordingView } from '../registry/recording-view.ts';
import type { Registry } from './registry.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** By recording_id, or by the external_id under which it was registered here. Throws `RECORDING_NOT_FOUND`. */
export async function getRecordingByName(registry: Registry, name: string): Promise<RecordingView> {
  if (uuid.test(name)) return registry.get(name);
  const recording = await registry.find(name);
  if (recording !== undefined) return recording;
  const expected = `Expected a recording_id or an external_id of ${registry.place}; received "${name}". "earmark list" shows them.`;
  throw new RegistryError('RECORDING_NOT_FOUND', expected);
}
