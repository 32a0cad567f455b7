/** Who asks. Every use case takes its party from here or from the command line, never from the request's body. */
export const roles = ['operator', 'rightsholder', 'platform'] as const;

/**
 * operator: everything, for every party. rightsholder: its own recordings, and scans. platform: scans only.
 */
export type Role = (typeof roles)[number];

export type Caller = { readonly partyId: string; readonly apiKeyId: string; readonly role: Role };

/** Whose rows a caller may see: one party's, or `undefined` for all of them. */
export function partyInView(caller: Pick<Caller, 'partyId' | 'role'>): string | undefined {
  return caller.role === 'operator' ? undefined : caller.partyId;
}
