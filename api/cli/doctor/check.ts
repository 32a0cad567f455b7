/** One thing that `earmark doctor` looks at. */
export type Finding = {
  readonly name: string;
  /** `note`: it works without, or with less. `broken`: something necessary does not work. */
  readonly state: 'fine' | 'note' | 'broken';
  readonly found: string;
  /** What to do about it; only where there is something to do. */
  readonly next?: string;
};

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
