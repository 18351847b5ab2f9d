import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { readConfigured, type IdentityPoolView } from '@kraty/contracts/leaderboards';
import { Failure } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { GamesStore } from '../games/games.store.js';
import { DefaultPoolsStore } from './default-pools.store.js';

/**
 * Keeps a copy of the pool that a game has named as its default (12 §8.1). It follows a moment after a change; until then,
 * and while the owner of pools is away, new players draw from the copy there is, or from the built-in names.
 */
@Injectable()
export class DefaultPools {
  constructor(
    private readonly database: Database,
    private readonly messenger: Messenger,
    private readonly games: GamesStore,
    private readonly store: DefaultPoolsStore,
  ) {}

  /** Whether the game has such a pool, not archived. @throws 503 while its owner is away */
  async exists(game: GameScope, key: string): Promise<boolean> {
    return (await this.pool(game, key)) !== null;
  }

  /** Makes the copy what it must be. Repeatable. @throws 503 while the owner of pools is away */
  async follow({ studioId, gameId }: GameScope): Promise<void> {
    const key = (await this.games.find(studioId, gameId))?.settings.defaultIdentityPoolKey ?? null;
    const copied = await this.store.find(gameId);
    if (key === null && copied === null) return;
    const pool = key === null ? null : await this.pool({ studioId, gameId }, key);
    if (pool && copied?.poolId === pool.id && copied.version >= pool.version) return;
    await this.database.transaction((tx) => this.copy(tx, { studioId, gameId }, key, pool));
  }

  /** Only if the game still names what was read: who has named another one since follows it by himself. */
  private async copy(tx: Tx, game: GameScope, key: string | null, pool: IdentityPoolView | null): Promise<void> {
    const locked = await this.games.lock(tx, game.studioId, game.gameId);
    if (locked?.settings.defaultIdentityPoolKey !== key) return;
    if (pool === null) return this.store.remove(tx, game.gameId);
    await this.store.replace(tx, game.gameId, { poolId: pool.id, version: pool.version }, pool.entries);
  }

  private async pool(game: GameScope, key: string): Promise<IdentityPoolView | null> {
    try {
      const { studioId, gameId } = game;
      const question = { game: { studioId, gameId }, section: 'identityPools' as const, id: key };
      const pool = (await this.messenger.request(readConfigured, question)) as IdentityPoolView;
      return pool.archivedAt === null ? pool : null;
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_found') return null;
      throw error;
    }
  }
}
