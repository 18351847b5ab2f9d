import type { Operator, Permission } from '@kraty/contracts/identity';
import type { NamedList } from '@kraty/contracts/leaderboards';
import type { Messenger } from '@kraty/platform/messaging';
import type { FastifyRequest } from '../http/request-context.js';
import { instant, shortText, type Query } from '../validation/queries.js';
import { authorized } from './authorized.js';
import { environmentOf } from './events.controller.js';
import { idOf } from './place.js';

/**
 * The ranked list of the path and query, and who asks, once identity has said that they may (04 §6).
 *
 * @throws not_found, forbidden, validation_failed
 */
export async function namedList(
  messenger: Messenger,
  request: FastifyRequest,
  query: Query,
  permission: Permission,
): Promise<{ named: NamedList; operator: Operator }> {
  const { operator, game } = await authorized(messenger, request, permission);
  const named = {
    scope: { ...game, environment: environmentOf(query) },
    leaderboardId: idOf(request, 'leaderboardId'),
    period: instant(query, 'period') ?? null,
    segment: shortText(query, 'segment') ?? null,
  };
  return { named, operator };
}
