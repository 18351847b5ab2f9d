import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { HoldingChanged } from '@kraty/contracts/economy';
import type { Fact } from '@kraty/contracts/messages';
import type { Board } from '../boards/board.js';
import { Definitions } from '../definitions/definitions.service.js';
import { periodOf, type BoardPeriod } from '../parts/part.js';
import { Parts } from '../parts/parts.service.js';
import { PartsStore } from '../parts/parts.store.js';
import { Ranks } from '../ranks/ranks.service.js';
import { Contributions, type CountedWrite } from '../scores/contributions.service.js';
import { lastContext, Segments } from '../segments/segments.service.js';

interface Change {
  fact: Fact<HoldingChanged>;
  scope: Scope;
  period: BoardPeriod;
}

/** Boards that rank by a progression follow every change of it (06 §13). */
@Injectable()
export class RankedBalances {
  constructor(
    private readonly definitions: Definitions,
    private readonly segments: Segments,
    private readonly parts: Parts,
    private readonly partsStore: PartsStore,
    private readonly contributions: Contributions,
    private readonly ranks: Ranks,
  ) {}

  async apply(facts: readonly Fact<HoldingChanged>[]): Promise<void> {
    const writes: CountedWrite[] = [];
    for (const change of await this.ranked(facts)) {
      for (const board of await this.boardsOf(change)) writes.push(writeOf(change, board));
    }
    if (writes.length > 0) await this.ranks.applyAll(await this.contributions.apply(writes));
  }

  /** Most changes concern no board at all. */
  private async ranked(facts: readonly Fact<HoldingChanged>[]): Promise<Change[]> {
    const changes: Change[] = [];
    for (const fact of facts) {
      if (fact.payload.type !== 'economy') continue;
      const scope = fact.scope as Scope;
      const { byEconomyKey } = await this.definitions.of(scope);
      for (const definition of byEconomyKey.get(fact.payload.key) ?? []) {
        const changedAtMs = Date.parse(fact.payload.changedAt);
        changes.push({ fact, scope, period: periodOf(definition, scope.environment, changedAtMs) });
      }
    }
    return changes;
  }

  /** A change names no context: on a board split by it the player's rows are those it has joined. */
  private async boardsOf({ fact, scope, period }: Change): Promise<Board[]> {
    const { definition, rules, environment } = period;
    const { leaderboardId } = definition;
    const { playerId, changedAt } = fact.payload;
    if (rules.segmentation.type === 'context') {
      const joined = await this.partsStore.segmentsOf(leaderboardId, environment, period.period.startMs, playerId);
      return (await Promise.all(joined.map((segment) => this.parts.open(period, segment)))).filter(
        (board) => board !== null,
      );
    }
    const [place] = await this.segments.place([
      {
        leaderboardId,
        segmentation: rules.segmentation,
        periodStartMs: period.period.startMs,
        scope,
        playerId,
        context: lastContext,
        writtenAtMs: Date.parse(changedAt),
      },
    ]);
    const board = place ? await this.parts.open(period, place.segment) : null;
    return board ? [board] : [];
  }
}

function writeOf({ fact }: Change, board: Board): CountedWrite {
  const { playerId, balanceAfter, changedAt } = fact.payload;
  const atMs = Date.parse(changedAt);
  return {
    leaderboardId: board.leaderboardId,
    aggregation: 'latest',
    sourceId: playerId,
    playerId,
    revision: fact.revision,
    score: balanceAfter,
    scoreAtMs: atMs,
    writtenAtMs: atMs,
    definitionId: board.definitionId,
    periodStartMs: board.opensAt.getTime(),
  };
}
