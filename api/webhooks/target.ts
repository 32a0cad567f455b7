/**
 * Where messages may go. A webhook is a request that a stranger has this server make: without this it would reach what
 * only this server reaches, such as its database, its neighbours or the metadata of its cloud.
 *
 * The URL is read as a browser reads it, so that 2130706433, 0177.0.0.1 and 0x7f.1 are 127.0.0.1 before anybody looks at
 * them. A name is resolved and all of its addresses must be public; the connection is then made to those and no others
 * (send-message.ts), because a name may resolve to something else a moment later.
 */
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

export type Address = { readonly address: string; readonly family: number };
type Resolve = (hostname: string) => Promise<readonly Address[]>;

export type TargetRules = {
  /** Also addresses that are not public, and http. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
};

export const maxUrlCharacters = 2000;
/** Public by its number, and answered by the host of a virtual machine: the agent of Azure. */
const reservedThoughPublic = new Set(['168.63.129.16']);

/** Why a message may not go there; the text is for whoever made the webhook. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

/** Throws TargetRefused, by what the URL itself says. */
export function readTarget(text: string, { allowPrivate }: TargetRules): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || text.length > maxUrlCharacters) {
    throw new TargetRefused(`expected a URL of at most ${maxUrlCharacters} characters`);
  }
  const schemes = allowPrivate ? ['https:', 'http:'] : ['https:'];
  if (!schemes.includes(url.protocol)) {
    throw new TargetRefused(`expected ${schemes.join(' or ')}, received ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TargetRefused('expected a URL without a user and a password: messages are signed instead');
  }
  const literal = literalOf(url);
  if (literal !== undefined && !allowPrivate) refuseUnlessPublic(literal);
  return url;
}

/** The addresses that a connection may be made to. Throws TargetRefused; what DNS throws is passed on. */
export async function resolveTarget(url: URL, rules: TargetRules): Promise<readonly Address[]> {
  const literal = literalOf(url);
  const found =
    literal === undefined
      ? await (rules.resolve ?? resolveByDns)(url.hostname)
      : [{ address: literal, family: literal.includes(':') ? 6 : 4 }];
  if (!rules.allowPrivate) for (const { address } of found) refuseUnlessPublic(address);
  return found;
}

/** Ranges are those of the IANA registries of special-purpose addresses; an IPv4 address within an IPv6 one counts as it. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && !reservedThoughPublic.has(parsed.toString());
}

const resolveByDns: Resolve = (hostname) => lookup(hostname, { all: true });

function literalOf({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : undefined;
}

/** The address stays out of the text: what a name means inside a network is nobody's business outside. */
function refuseUnlessPublic(address: string): void {
  if (isPublicAddress(address)) return;
  throw new TargetRefused(
    'expected a host on the public internet, received one of a private or reserved network',
  );
}
