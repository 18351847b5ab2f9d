import type { GameScope } from '@kraty/contracts/common';
import { authorizeOperator, type Operator, type Permission } from '@kraty/contracts/identity';
import type { Messenger } from '@kraty/platform/messaging';
import type { FastifyRequest } from '../http/request-context.js';
import { gameOf } from './place.js';

export interface Authorized {
  operator: Operator;
  game: GameScope;
}

/**
 * Who asks and the game of the path, once identity has said that they may (04 §3). For routes of contexts that know
 * nothing of roles; identity's own commands ask by themselves.
 *
 * @param options `sessionOnly`: what an access token may never do (04 §2)
 * @throws not_found without a role there, forbidden with `details.required`, session_required
 */
export async function authorized(
  messenger: Messenger,
  request: FastifyRequest,
  permission: Permission,
  options: { sessionOnly?: boolean } = {},
): Promise<Authorized> {
  const { operator, studioId, gameId } = gameOf(request);
  await messenger.request(authorizeOperator, { operator, permission, studioId, gameId, ...options });
  return { operator, game: { studioId, gameId } };
}
