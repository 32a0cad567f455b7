/** What a party does in the registry. A party may have several roles; what each lets its keys do is the registry's to say. */
export const partyRoles = [
  'rightsholder',
  'administrator',
  'platform',
  'reviewer',
  'auditor',
  'operator',
] as const;
export type PartyRole = (typeof partyRoles)[number];
