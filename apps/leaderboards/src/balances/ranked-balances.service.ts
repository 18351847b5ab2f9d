import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { HoldingChanged } from '@kraty/contracts/economy';
import type { Fact } from '@kraty/contracts/messages';
import type { Board } from '../boards/board.js';
import { Definitions } from '../definitions/definitions.service.js';
import { ListChanges } from '../live/list-changes.service.js';
import { MergedBalances } from '../merges/merged-balances.service.js';
import { Merges } from '../merges/merges.service.js';
import { periodOf, type BoardPeriod } from '../parts/part.js';
import { Parts } from '../parts/parts.service.js';
import { PartsStore } from '../parts/parts.store.js';
import { Ranks } from '../ranks/ranks.service.js';
import { Contributions, type CountedWrite } from '../scores/contributions.service.js';
import { PassedOver } from '../scores/passed-over.service.js';
import { lastContext, Segments } from '../segments/segments.service.js';

/** A balance that a board ranks by has changed. */
export interface Change {
  scope: Scope;
  playerId: string;
  economyKey: string;
  balance: number;
  changedAtMs: number;
  /** Of the holding. */
  revision: number;
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
    private readonly passedOver: PassedOver,
    private readonly merges: Merges,
    private readonly mergedBalances: MergedBalances,
    private readonly ranks: Ranks,
    private readonly changes: ListChanges,
  ) {}

  async apply(facts: readonly Fact<HoldingChanged>[]): Promise<void> {
    const changes = await this.ranked(facts);
    if (changes.length > 0) await this.merges.following(changes, (present) => this.applyPresent(present));
  }

  private async applyPresent(told: readonly Change[]): Promise<void> {
    const writes: CountedWrite[] = [];
    for (const change of await this.mergedBalances.asTheyAre(told)) {
      for (const board of await this.boardsOf(change)) writes.push(writeOf(change, board));
    }
    if (writes.length === 0) return;
    const rows = await this.contributions.apply(writes);
    await this.ranks.applyAll(rows);
    await this.changes.tellRows('progress', rows);
  }

  /** Most changes concern no board at all. */
  private async ranked(facts: readonly Fact<HoldingChanged>[]): Promise<Change[]> {
    const changes: Change[] = [];
    for (const { payload, scope: where, revision } of facts) {
      if (payload.type !== 'economy') continue;
      const scope = where as Scope;
      const { playerId, key: economyKey, balanceAfter: balance } = payload;
      const changedAtMs = Date.parse(payload.changedAt);
      const { byEconomyKey } = await this.definitions.of(scope);
      for (const definition of byEconomyKey.get(economyKey) ?? []) {
        const period = periodOf(definition, scope.environment, changedAtMs);
        changes.push({ scope, playerId, economyKey, balance, changedAtMs, revision, period });
      }
    }
    return changes;
  }

  /** A change names no context: on a board split by it the player's rows are those it has joined. */
  private async boardsOf(change: Change): Promise<Board[]> {
    const { playerId, scope, changedAtMs, period } = change;
    const { definition, rules, environment } = period;
    const { leaderboardId, key } = definition;
    if (rules.segmentation.type === 'context') {
      const joined = await this.partsStore.segmentsOf(leaderboardId, environment, period.period.startMs, playerId);
      const boards = await Promise.all(joined.map((segment) => this.open(change, segment)));
      return boards.filter((board) => board !== null);
    }
    const [place] = await this.segments.place([
      {
        leaderboardId,
        segmentation: rules.segmentation,
        periodStartMs: period.period.startMs,
        scope,
        playerId,
        context: lastContext,
        writtenAtMs: changedAtMs,
      },
    ]);
    const board = place ? await this.open(change, place.segment) : this.passedOver.count('no_segment', playerId, key);
    return board ? [board] : [];
  }

  /** Null, and counted, when the change comes after its period was closed. */
  private async open({ period, playerId }: Change, segment: string | null): Promise<Board | null> {
    const board = await this.parts.open(period, segment);
    return board ?? this.passedOver.count('period_closed', playerId, period.definition.key);
  }
}

function writeOf({ playerId, balance, changedAtMs, revision }: Change, board: Board): CountedWrite {
  return {
    leaderboardId: board.leaderboardId,
    aggregation: 'latest',
    sourceId: playerId,
    playerId,
    revision,
    score: balance,
    scoreAtMs: changedAtMs,
    writtenAtMs: changedAtMs,
    definitionId: board.definitionId,
    periodStartMs: board.opensAt.getTime(),
  };
}
