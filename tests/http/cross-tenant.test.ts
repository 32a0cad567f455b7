/**
 * Walks every endpoint of the OpenAPI document as a tenant that asks for another's rows: every id that the database
 * has of that one in every place where an id can stand. What is new in the document is walked without being named here.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';
import { everyRow, openTwoTenants, type TwoTenants } from '../support/two-tenants.ts';

type Schema = {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly examples?: readonly unknown[];
};
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
};
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};
type Walked = { readonly method: string; readonly path: string; readonly operation: Operation };
type Refusal = { readonly request: string; readonly problem: string };

let tenants: TwoTenants;
let operations: Walked[];
/** Ids in the rows of the one, and those in the rows of the other, who asks. */
let theirs: readonly string[];
let ours: readonly string[];
let before: string;
let pairs: readonly string[][];
let ourParents: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  tenants = await openTwoTenants();
  const { server, one, other } = tenants;
  theirs = one.ids;
  ours = other.ids;
  before = await everythingOfTheOne();
  const { body } = await server.anonymous.send<{ paths: Record<string, Record<string, Operation>> }>(
    '/openapi.json',
  );
  operations = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  pairs = await findPairs();
  ourParents = await findOurParents();
});
afterAll(() => tenants?.close());

const parametersIn = ({ operation }: Walked, where: 'path' | 'query') =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === where);

/** What a query must say for anything else in it to be looked at. */
const requiredQuery = (walked: Walked): Record<string, string> =>
  Object.fromEntries(
    parametersIn(walked, 'query')
      .filter(({ required }) => required)
      .map(({ name, schema }) => [name, String(schema.examples?.[0])]),
  );

/**
 * Ways to fill a path with ids of which at least one is theirs: with any one; where two stand in it, with any two of
 * theirs that stand in one row, and with any of theirs below something of ours that is there.
 */
function pathsOf({ path, ...walked }: Walked): { path: string; sent: string[] }[] {
  const [first, second, ...more] = parametersIn({ path, ...walked }, 'path').map(({ name }) => name);
  if (more.length > 0) throw new Error(`there is no walk yet for three ids in ${path}`);
  if (first === undefined) return [{ path, sent: [] }];
  const fill = (...sent: string[]) => {
    const filled = path.replace(`{${first}}`, sent[0] as string);
    return { path: filled.replace(`{${second}}`, sent[1] as string), sent };
  };
  if (second === undefined) return theirs.map((id) => fill(id));
  const below = path.slice(0, path.indexOf('}') + 1);
  const parents = ourParents.get(below) ?? [];
  return [
    ...pairs.map((pair) => fill(...pair)),
    ...parents.flatMap((own) => theirs.map((id) => fill(own, id))),
  ];
}

/** By path with one id, what of ours is to be found there. */
async function findOurParents(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const { path } of operations.filter((one) => parametersIn(one, 'path').length === 2)) {
    const below = path.slice(0, path.indexOf('}') + 1);
    if (found.has(below)) continue;
    const there: string[] = [];
    for (const id of ours) {
      const { status } = await tenants.other.client.send(below.replace(/\{\w+\}/, id));
      if (status === 200) there.push(id);
    }
    if (there.length === 0) throw new Error(`nothing of ours is to be found at ${below}`);
    found.set(below, there);
  }
  return found;
}

/** Any two of theirs that stand in one row. */
async function findPairs(): Promise<string[][]> {
  const found = new Map<string, string[]>();
  for (const row of await everyRow(tenants.database)) {
    const within = theirs.filter((id) => row.includes(id));
    for (const one of within) for (const other of within) found.set(`${one} ${other}`, [one, other]);
  }
  return [...found.values()];
}

/** A body as the schema has it, with this id wherever one can stand. */
function bodyOf(schema: Schema, id: string, name = ''): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'object' && schema.examples) return schema.examples[0];
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {}).filter(
      ([key, property]) => schema.required?.includes(key) || property.format === 'uuid',
    );
    return Object.fromEntries(properties.map(([key, property]) => [key, bodyOf(property, id, key)]));
  }
  if (schema.type === 'array') return schema.items && schema.minItems ? [bodyOf(schema.items, id, name)] : [];
  if (schema.format === 'uuid') return id;
  if (schema.format === 'date-time') return '2030-01-01T00:00:00Z';
  if (schema.type === 'integer' || schema.type === 'number') return 1;
  if (schema.type === 'boolean') return true;
  return schema.examples?.[0] ?? `walked ${name}`;
}

let seed = 9000;
/** Without it a refusal would only be of the body. */
function requestOf({ method, operation }: Walked, id: string): RequestInit {
  const content = operation.requestBody?.content ?? {};
  const json = content['application/json']?.schema;
  if (json) {
    const headers = { 'content-type': 'application/json' };
    return { method, headers, body: JSON.stringify(bodyOf(json, id)) };
  }
  if (!content['multipart/form-data']) return { method };
  seed += 1;
  const form = new FormData();
  form.set('external_id', `walked ${seed}`);
  form.set('fingerprint', new Blob([syntheticFingerprintFile(seed)]), 'walked.earmark');
  return { method, body: form };
}

/** What an answer tells of the one tenant that was not in the request. */
async function traceIn(client: HttpClient, path: string, init: RequestInit, sent: readonly string[]) {
  const response = await fetch(`${client.address}${path}`, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${client.key}` },
  });
  const headers = [...response.headers].map((header) => header.join(': ')).join('\n');
  let text = `${headers}\n${await response.text()}`;
  for (const value of sent) text = text.replaceAll(value, '').replaceAll(encodeURIComponent(value), '');
  const secrets = [...theirs, ...tenants.one.said].filter((secret) => !sent.includes(secret));
  return { status: response.status, trace: secrets.filter((secret) => text.includes(secret)) };
}

async function everythingOfTheOne(): Promise<string> {
  const rows = (await everyRow(tenants.database)).filter((row) => theirs.some((id) => row.includes(id)));
  return rows.join('\n').replaceAll(/"last_used_at": ("[^"]*"|null)/g, '');
}

describe('a tenant that asks for what belongs to another', () => {
  it('has something to ask for at every endpoint', () => {
    expect(operations.length).toBeGreaterThan(20);
    expect(theirs.length).toBeGreaterThan(8);
    expect(theirs).toContain(tenants.one.partyId);
  });

  it('hears 403 or 404 wherever an id of the other stands in the path, and no more of it', async () => {
    const wrong: Refusal[] = [];
    let askedCount = 0;
    for (const walked of operations.filter((one) => parametersIn(one, 'path').length > 0)) {
      for (const { path, sent } of pathsOf(walked)) {
        askedCount += 1;
        const id = sent.find((one) => theirs.includes(one)) as string;
        const { status, trace } = await traceIn(tenants.other.client, path, requestOf(walked, id), [
          ...sent,
          id,
        ]);
        const request = `${walked.method} ${walked.path} with ${sent.join(' and ')}`;
        if (status !== 403 && status !== 404) wrong.push({ request, problem: `answered ${status}` });
        if (trace.length > 0) wrong.push({ request, problem: `told ${trace.join(', ')}` });
      }
    }
    expect(wrong).toEqual([]);
    expect(askedCount).toBeGreaterThan(200);
  }, 300_000);

  it('learns nothing of the other where its ids and words stand in a query', async () => {
    const [id = ''] = theirs;
    const words = [...theirs, ...tenants.one.said, `Zanzibar title`, 'DEZZZ2400001', 'Zanzibar-catalog-1'];
    const cursors = theirs.map((one) => Buffer.from(one).toString('base64url'));
    const wrong: Refusal[] = [];
    for (const walked of operations) {
      const ownPaths = walked.path.includes('{')
        ? ours.map((own) => walked.path.replaceAll(/\{\w+\}/g, own))
        : [walked.path];
      for (const { name } of parametersIn(walked, 'query')) {
        for (const value of name === 'cursor' ? cursors : words) {
          const path = `${ownPaths[0]}?${new URLSearchParams({ ...requiredQuery(walked), [name]: value })}`;
          const { status, trace } = await traceIn(tenants.other.client, path, requestOf(walked, id), [
            value,
            id,
          ]);
          const request = `${walked.method} ${path}`;
          if (trace.length > 0) wrong.push({ request, problem: `told ${trace.join(', ')}` });
          const isOnBehalf = name === 'on_behalf_of' && theirs.includes(value);
          if (isOnBehalf && status !== 403) wrong.push({ request, problem: `answered ${status}` });
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it('hears 403 wherever it would act for the other, who has given it no mandate', async () => {
    const wrong: Refusal[] = [];
    const acting = operations.filter((one) =>
      parametersIn(one, 'query').some(({ name }) => name === 'on_behalf_of'),
    );
    for (const walked of acting) {
      for (const { path, sent } of pathsOf(walked)) {
        const { partyId } = tenants.one;
        const query = new URLSearchParams({ ...requiredQuery(walked), on_behalf_of: partyId });
        const asked = `${path}?${query}`;
        const { status, trace } = await traceIn(tenants.other.client, asked, requestOf(walked, partyId), [
          ...sent,
          partyId,
        ]);
        const request = `${walked.method} ${asked}`;
        if (status !== 403) wrong.push({ request, problem: `answered ${status}` });
        if (trace.length > 0) wrong.push({ request, problem: `told ${trace.join(', ')}` });
      }
    }
    expect(wrong).toEqual([]);
    expect(acting.length).toBeGreaterThan(5);
  }, 300_000);

  it('learns nothing of the other where its ids stand in a body, nor where nothing is asked', async () => {
    const wrong: Refusal[] = [];
    for (const walked of operations.filter((one) => !one.path.includes('{'))) {
      for (const id of theirs) {
        const { trace } = await traceIn(tenants.other.client, walked.path, requestOf(walked, id), [id]);
        if (trace.length > 0)
          wrong.push({
            request: `${walked.method} ${walked.path} with ${id}`,
            problem: `told ${trace.join(', ')}`,
          });
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it('has changed nothing of the other by all that', async () => {
    expect(before).toContain('Zanzibar title');
    for (const walked of operations.filter(({ method }) => method !== 'GET')) {
      for (const { path, sent } of pathsOf(walked)) {
        await traceIn(tenants.other.client, path, requestOf(walked, sent[0] ?? theirs[0] ?? ''), sent);
      }
    }
    expect(await everythingOfTheOne()).toBe(before);
  }, 300_000);
});

describe('the walk', () => {
  it('finds what a policy that is too wide lets out, past the code that asks for the own party only', async () => {
    const { database, other, one } = tenants;
    await database.query('create policy too_wide on party for select to earmark_tenant using (true)');
    const listed = await traceIn(other.client, '/v1/parties', {}, []);
    const shown = await traceIn(other.client, `/v1/parties/${one.partyId}`, {}, [one.partyId]);
    await database.query('drop policy too_wide on party');
    expect(listed.trace).toEqual(expect.arrayContaining([one.partyId, 'Zanzibar']));
    expect([shown.status, shown.trace]).toEqual([200, ['Zanzibar']]);
  });
});
