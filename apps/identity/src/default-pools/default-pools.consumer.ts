import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { gameChanged, operatorActed, type GameState, type OperatorAct } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { DefaultPools } from './default-pools.service.js';

/** Neither keeps others waiting while the owner of pools is away. */
const consumer = 'default-pools';

@Controller()
export class DefaultPoolsConsumer {
  constructor(private readonly pools: DefaultPools) {}

  /** Also told at the end of every document that was applied. */
  @HandleFacts(gameChanged, { consumer })
  async changed(facts: Fact<GameState>[]): Promise<void> {
    await this.followAll(facts.map(({ payload }) => payload));
  }

  /** A pool that was changed by itself. */
  @HandleFacts(operatorActed.leaderboards, { consumer })
  async acted(facts: Fact<OperatorAct>[]): Promise<void> {
    const acts = facts.filter(({ payload }) => payload.action.startsWith('identity_pool.'));
    await this.followAll(acts.flatMap(({ payload: { studioId, gameId } }) => (gameId ? { studioId, gameId } : [])));
  }

  private async followAll(games: readonly GameScope[]): Promise<void> {
    for (const game of new Map(games.map((one) => [one.gameId, one])).values()) await this.pools.follow(game);
  }
}
