/** How Postgres does it: EXPLAIN (ANALYZE, BUFFERS) of what is asked, as the role that asks. */
import type { ConnectionPool } from '../../api/store/connections.ts';
import type { Session } from '../../api/store/session.ts';
import { statements } from '../../api/store/statement.ts';

export type Plan = { readonly title: string; readonly text: string };

type Explained = {
  readonly title: string;
  readonly session: Session;
  readonly sql: string;
  readonly values: readonly unknown[];
  /** Set for the transaction. */
  readonly settings?: Readonly<Record<string, string>>;
};

const maxPlanLines = 40;

export async function explain(pool: ConnectionPool, asked: Explained): Promise<Plan> {
  return await pool.under(asked.session).transaction(async (on) => {
    for (const [name, value] of Object.entries(asked.settings ?? {}))
      await on.query({ text: 'select set_config($1, $2, true)', values: [name, value] });
    const text = `explain (analyze, buffers) ${asked.sql}`;
    const { rows } = await on.query({ text, values: [...asked.values] });
    const lines = rows.map((row: Record<string, string>) => row['QUERY PLAN'] ?? '');
    return { title: asked.title, text: lines.slice(0, maxPlanLines).join('\n') };
  });
}

export function sqlOf(name: string): string {
  const found = statements.get(name);
  if (found === undefined) throw new Error(`there is no statement ${name}`);
  return found.text;
}

/** What `recordings_with_terms` asks. */
export const termsSql = `select r.recording_id from recording r
where recording_terms(r.party_id, r.title, r.artist, r.version) @@ $1::text::tsquery limit 201`;
export const sampled = { enable_seqscan: 'off', gin_fuzzy_search_limit: '20000' };
export const unsampled = { enable_seqscan: 'off', gin_fuzzy_search_limit: '0' };

export type Size = { readonly name: string; readonly bytes: number };

export async function sizes(pool: ConnectionPool): Promise<Size[]> {
  const { rows } = await pool.under({ role: 'operator' }).query({
    text: `select c.relname as name, pg_relation_size(c.oid)::float8 as bytes from pg_class c
      left join pg_index i on i.indexrelid = c.oid
      where c.oid in ('recording'::regclass, 'identifier_assertion'::regclass, 'search_word'::regclass)
        or i.indrelid in ('recording'::regclass, 'identifier_assertion'::regclass, 'search_word'::regclass)
      order by 2 desc`,
  });
  return rows as Size[];
}
