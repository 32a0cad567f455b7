/** `?on_behalf_of=`: the caller acts for another party, by a mandate. Only where a route's query has it. */
import { Type } from 'typebox';
import type { StoreContext } from '../context.ts';
import { type ErrorCode, RegistryError } from '../errors.ts';
import { actOnBehalf } from '../registry/mandates.ts';
import { callerOf } from './access.ts';
import type { App } from './fastify-types.ts';

export const OnBehalfOf = {
  on_behalf_of: Type.Optional(
    Type.String({
      format: 'uuid',
      description:
        'The party whose recordings this is about, where that is not your own: by a mandate in force, and within its catalog.',
    }),
  ),
};

export const OnBehalfOfQuery = Type.Object(OnBehalfOf, { additionalProperties: false });

/** What a route that has it may answer besides. */
export const onBehalfCodes = ['MANDATE_MISSING', 'PARTY_NOT_FOUND'] as const satisfies readonly ErrorCode[];

/** After validation, so that what is there is the id of a party and only where it may be. */
export function letActOnBehalf(scope: App, context: StoreContext): void {
  scope.addHook('preHandler', async (request) => {
    const { on_behalf_of: partyId } = (request.query ?? {}) as { on_behalf_of?: string };
    if (partyId === undefined) return;
    const caller = await actOnBehalf(context, callerOf(request), partyId);
    const { scope } = request.routeOptions.config;
    if (scope !== undefined && !caller.scopes.includes(scope)) {
      throw new RegistryError(
        'MANDATE_MISSING',
        `Expected a mandate for more than to audit: it lets read, and this takes the scope ${scope}.`,
      );
    }
    request.caller = caller;
  });
}
