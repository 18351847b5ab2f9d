import { Injectable } from '@nestjs/common';
import { uuidShapePattern, type GameScope } from '@kraty/contracts/common';
import { sortedByKey } from '@kraty/contracts/configuration';
import {
  botProblems,
  type BotView,
  type ConfiguredObject,
  type ConfiguredSection,
  type IdentityPoolView,
  type LeaderboardView,
} from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { pageByKey, type KeyPage } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import type { Tx } from '@kraty/platform/persistence';
import { botConfigurationOf, type BotDefinition } from '../bots/bot-definition.js';
import { BotDefinitionsStore } from '../bots/bot-definitions.store.js';
import { configurationOf, type Definition } from '../definitions/definition.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { poolConfigurationOf, type IdentityPool } from '../identity-pools/identity-pool.js';
import { IdentityPoolsStore } from '../identity-pools/identity-pools.store.js';

/** Boards, bots and identity pools as operators read them (04 §6). */
@Injectable()
export class ConfiguredReads {
  constructor(
    private readonly boards: DefinitionsStore,
    private readonly bots: BotDefinitionsStore,
    private readonly pools: IdentityPoolsStore,
    private readonly clock: Clock,
  ) {}

  async list(
    game: GameScope,
    section: ConfiguredSection,
    page: KeyPage,
  ): Promise<{ objects: ConfiguredObject[]; nextKey: string | null }> {
    return pageByKey(sortedByKey(await this.all(game, section)), page);
  }

  /** @throws not_found */
  async read(game: GameScope, section: ConfiguredSection, id: string, tx?: Tx): Promise<ConfiguredObject> {
    const found = await this.find(game, section, id, tx);
    if (!found) throw fail('not_found', `there is no ${id} among the ${section}`, { resource: section });
    return found;
  }

  async find(game: GameScope, section: ConfiguredSection, id: string, tx?: Tx): Promise<ConfiguredObject | null> {
    const isId = uuidShapePattern.test(id);
    const all = await this.all(game, section, tx);
    return all.find((object) => (isId ? object.id === id.toLowerCase() : object.key === id)) ?? null;
  }

  private async all(game: GameScope, section: ConfiguredSection, tx?: Tx): Promise<ConfiguredObject[]> {
    switch (section) {
      case 'bots':
        return (await this.bots.ofGame(game.gameId, tx)).map(botView);
      case 'identityPools':
        return (await this.pools.ofGame(game.gameId, tx)).map(poolView);
      case 'leaderboards': {
        const visible = await this.boards.visible(game, tx);
        const nowMs = this.clock.nowMs();
        return visible.filter(({ gameId }) => gameId === game.gameId).map((board) => boardView(board, nowMs));
      }
    }
  }
}

function botView(bot: BotDefinition): BotView {
  const problems = botProblems(bot.behavior);
  return {
    ...botConfigurationOf(bot),
    ...stateOf(bot.botId, bot),
    validation: { status: problems.length === 0 ? 'valid' : 'invalid', problems },
  };
}

function poolView(pool: IdentityPool): IdentityPoolView {
  return { ...poolConfigurationOf(pool), ...stateOf(pool.poolId, pool) };
}

function boardView(board: Definition, nowMs: number): LeaderboardView {
  const last = board.rules.at(-1)!;
  const pendingFrom = last.effectiveFromMs > nowMs ? new Date(last.effectiveFromMs).toISOString() : null;
  return { ...configurationOf(board), ...stateOf(board.leaderboardId, board), pendingFrom };
}

function stateOf(id: string, { version, archivedAt }: { version: number; archivedAt: Date | null }) {
  return { id, version, archivedAt: archivedAt?.toISOString() ?? null };
}
