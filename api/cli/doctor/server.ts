import type { Config } from '../../config.ts';
import { openServerClient } from '../server-client.ts';
import { type Finding, messageOf } from './check.ts';

export async function checkServer(config: Config, serverUrl: string): Promise<Finding[]> {
  const client = openServerClient(serverUrl, config.apiKey, { isFirstContact: true });
  try {
    await client.ask('GET', '/ready');
  } catch (error) {
    const next = 'Check --url (or EARMARK_URL), and that "earmark serve" runs there.';
    return [{ name: 'server', state: 'broken', found: messageOf(error), next }];
  }
  const server: Finding = { name: 'server', state: 'fine', found: `${client.address} is ready to search` };
  if (config.apiKey === undefined) {
    const next = 'Give one with --api-key or EARMARK_API_KEY; "earmark key create" makes one on the server.';
    return [server, { name: 'API key', state: 'broken', found: 'none given', next }];
  }
  try {
    // Nothing has this id: a key that is let in hears that it is not found.
    await client.ask('GET', '/v1/scans/00000000-0000-7000-8000-000000000000');
  } catch (error) {
    const isLetIn = error instanceof Error && 'code' in error && error.code === 'SCAN_NOT_FOUND';
    if (!isLetIn) return [server, { name: 'API key', state: 'broken', found: messageOf(error) }];
  }
  return [server, { name: 'API key', state: 'fine', found: 'the server accepts it' }];
}
