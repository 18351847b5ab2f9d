import type { Scope } from '@kraty/contracts/common';
import { resourceId, type ResourceName } from './ledger.js';

/** One resource of one player of one game and environment: one row of `holding`. */
export interface OwnedResource extends ResourceName {
  scope: Scope;
  playerId: string;
}

/** A player of a game and environment. */
export interface Owner {
  scope: Pick<Scope, 'gameId' | 'environment'>;
  playerId: string;
}

/** Names a player's holdings among those of all games. */
export function ownerId({ scope, playerId }: Owner): string {
  return `${scope.gameId}/${scope.environment}/${playerId}`;
}

export function ownedId(resource: OwnedResource): string {
  return `${ownerId(resource)}/${resourceId(resource)}`;
}

/**
 * SQL of the advisory lock that stands for all holdings of a player, those that do not exist yet included. Whoever may
 * make one shares it, a merge takes it alone: rows it could not see must not come into being beside it. It is taken
 * before any row, in the order of its number.
 */
export function fenceOf(playerId: string): string {
  return `hashtextextended('holdings of ' || ${playerId}::text, 0)`;
}

/** The order in which every writer locks, byte by byte, so that no two can deadlock; each resource once. */
export function inLockOrder<R extends OwnedResource>(resources: readonly R[]): R[] {
  const byId = new Map(resources.map((resource) => [ownedId(resource), resource]));
  return [...byId].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, resource]) => resource);
}
