import type { GameScope, Localized } from '@kraty/contracts/common';
import { builtInPool } from '@kraty/contracts/identity';
import { canonicalPool, type IdentityPoolConfiguration } from '@kraty/contracts/leaderboards';

export type Identity = IdentityPoolConfiguration['entries'][number];

/** Names that bots carry, as they are kept (10 §3.1). */
export interface IdentityPool {
  poolId: string;
  studioId: string;
  gameId: string;
  key: string;
  name: Localized;
  entries: Identity[];
  version: number;
  archivedAt: Date | null;
}

/** Names for bots of games without a pool; its id never changes, for it is in the order of names on every board. */
export const builtInIdentities: Pick<IdentityPool, 'poolId' | 'entries'> = {
  poolId: '00000000-0000-8000-8000-000000000001',
  entries: builtInPool.map((name) => ({ name })),
};

export function identityPoolOf(game: GameScope, poolId: string, stated: IdentityPoolConfiguration): IdentityPool {
  const { key, name, entries } = canonicalPool(stated);
  return { poolId, studioId: game.studioId, gameId: game.gameId, key, name, entries, version: 1, archivedAt: null };
}

/** A pool as a document states it. */
export function poolConfigurationOf({ key, name, entries }: IdentityPool): IdentityPoolConfiguration {
  return canonicalPool({ key, name, entries });
}
