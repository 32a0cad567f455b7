/** Pages of a list, the same everywhere: how they are asked for, and how they are answered. */
import { type TSchema, Type } from 'typebox';
import type { Page } from '../registry/page.ts';

const defaultLimit = 50;
const maxLimit = 200;

export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: maxLimit, default: defaultLimit, description: 'Items per page.' }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next_cursor` of the page before.' })),
};

export const NextCursor = Type.Optional(Type.String({ description: 'Absent on the last page.' }));

/** A page whose items stand under their own name. */
export function PageOf<N extends string, T extends TSchema>(name: N, item: T) {
  return Type.Object({
    [name]: Type.Array(item),
    next_cursor: NextCursor,
  });
}

export function pageAsked({ limit = defaultLimit, cursor }: { limit?: number; cursor?: string }) {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

export function pageAnswer<N extends string, T>(name: N, page: Page<T>) {
  const answer = { [name]: [...page.items] } as { [K in N]: T[] };
  return page.nextCursor === undefined ? answer : { ...answer, next_cursor: page.nextCursor };
}

export const idParams = (name: string) =>
  Type.Object({ id: Type.String({ format: 'uuid', description: `\`${name}\`` }) });
