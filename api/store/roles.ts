/**
 * The database roles that statements run under: none of them logs in, owns a table or goes round row-level security,
 * so that the policies of sql/migrations decide what each sees. Roles belong to the whole server and not to a
 * database, which is why no migration makes them.
 */
import pg from 'pg';

export const databaseRoles = [
  'earmark_tenant',
  'earmark_administrator',
  'earmark_operator',
  'earmark_service',
] as const;
export type DatabaseRole = (typeof databaseRoles)[number];

/** The user of DATABASE_URL may not make the roles; the message says what somebody who may has to run. */
export class DatabaseRolesMissing extends Error {
  constructor(user: string, options?: ErrorOptions) {
    const lines = grantStatements(pg.escapeIdentifier(user)).map((line) => `  ${line};`);
    super(
      `The user ${user} of DATABASE_URL cannot become the roles that earmark's statements run under, and may not make them. ` +
        `Have somebody who may create roles run this, once:\n${lines.join('\n')}`,
      options,
    );
    this.name = 'DatabaseRolesMissing';
  }
}

/**
 * Idempotent, one statement a line. Without `inherit` the user itself has nothing of what the roles may do; Postgres
 * before 16 cannot say so of one grant.
 */
export function grantStatements(user: string, isBefore16 = false): string[] {
  const names = databaseRoles.map((role) => `'${role}'`).join(', ');
  const attributes = 'nologin noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication';
  return [
    `do $$ declare name text; begin foreach name in array array[${names}] loop if not exists (select from pg_roles where rolname = name) then execute format('create role %I ${attributes}', name); end if; end loop; end $$`,
    `grant ${databaseRoles.join(', ')} to ${user}${isBefore16 ? '' : ' with inherit false, set true'}`,
  ];
}

const attempts = 3;
const passing = new Set([
  '42710', // duplicate_object: another process has just made it
  '23505', // unique_violation: the same, a moment earlier
  'XX000', // "tuple concurrently updated": two grants at once
]);

/** Makes the roles where they are missing. Throws DatabaseRolesMissing where that is refused. */
export async function ensureDatabaseRoles(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ user: string; version: number }>(
    `select current_user as user, current_setting('server_version_num')::int as version`,
  );
  const { user = '', version = 0 } = rows[0] ?? {};
  const isBefore16 = version < 160_000;
  for (let attempt = 1; !(await canBecomeAll(client, isBefore16)); attempt++) {
    try {
      for (const line of grantStatements(pg.escapeIdentifier(user), isBefore16)) await client.query(line);
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
      if (code === '42501') throw new DatabaseRolesMissing(user, { cause: error });
      if (!passing.has(code) || attempt === attempts) throw error;
    }
    if (attempt === attempts) throw new DatabaseRolesMissing(user);
  }
}

async function canBecomeAll(client: pg.ClientBase, isBefore16: boolean): Promise<boolean> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_roles
     where rolname = any ($1) and pg_has_role(current_user, oid, '${isBefore16 ? 'member' : 'set'}')`,
    [databaseRoles],
  );
  return rows[0]?.count === databaseRoles.length;
}
