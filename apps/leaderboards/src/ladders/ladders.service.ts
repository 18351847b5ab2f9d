import { Injectable } from '@nestjs/common';
import { ladderMoved } from '@kraty/contracts/leaderboards';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import type { Tx } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import { FrozenBoardsStore, type FrozenRow } from '../finalization/frozen-boards.store.js';
import { Profiles } from '../profiles/profiles.service.js';
import { moveOf, sidesOf, type Sides } from './ladder.js';

/** Rows looked at, and facts staged, at a time. */
const pageRows = 2_000;

/** Tells who goes up and down by the final ranks of a frozen board, in the transaction that freezes it (06 §9). */
@Injectable()
export class Ladders {
  constructor(
    private readonly frozen: FrozenBoardsStore,
    private readonly profiles: Profiles,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Before the freeze, outside of its transaction: names those whom a move may concern. Fails while identity is away, and
   * the freeze is tried again.
   */
  async prepare(board: Board): Promise<void> {
    if (board.ladder) await this.profiles.fetchUnknown(board);
  }

  async stage(tx: Tx, board: Board, movedAt: Date): Promise<Staged> {
    if (!board.ladder) return { envelopes: [] };
    const sides = sidesOf(board.ladder, board.segment);
    const count = await this.frozen.count(board.leaderboardId, tx);
    const envelopes: Staged['envelopes'] = [];
    for (const [afterRank, lastRank] of rangesOf(sides, count)) {
      for (let after = afterRank; after < lastRank;) {
        const rows = await this.frozen.page(board.leaderboardId, after, Math.min(pageRows, lastRank - after), tx);
        if (rows.length === 0) break;
        envelopes.push(
          ...(await this.outbox.stage(tx, await this.facts(board, rows, sides, count, movedAt))).envelopes,
        );
        after = rows.at(-1)!.rank;
      }
    }
    return { envelopes };
  }

  private async facts(
    board: Board,
    rows: readonly FrozenRow[],
    sides: Sides,
    count: number,
    movedAt: Date,
  ): Promise<NewFact[]> {
    const moving = rows.filter((row) => moveOf(row, sides, count) !== 0);
    const externalIds = await this.profiles.externalIds(
      board.scope,
      moving.map(({ participantId }) => participantId),
    );
    return moving.flatMap((row) => {
      const externalPlayerId = externalIds.get(row.participantId);
      // Identity does not know the player any more: there is no balance to move.
      return externalPlayerId === undefined ? [] : [moveFact(board, row, externalPlayerId, sides, count, movedAt)];
    });
  }
}

function moveFact(
  board: Board,
  row: FrozenRow,
  externalPlayerId: string,
  sides: Sides,
  count: number,
  movedAt: Date,
): NewFact {
  const leaderboardId = board.definitionId ?? board.leaderboardId;
  const period = board.definitionId === null ? '-' : board.opensAt.toISOString();
  const operationId = `ladder:${leaderboardId}:${period}:${board.segment ?? '-'}:${row.participantId}`;
  const payload = {
    operationId,
    playerId: row.participantId,
    externalPlayerId,
    leaderboardId,
    segment: board.segment,
    itemKey: board.ladder!.itemKey,
    amount: moveOf(row, sides, count),
    ceiling: board.ladderCeiling,
    rank: row.rank,
    movedAt: movedAt.toISOString(),
  };
  return { type: ladderMoved, scope: board.scope, aggregateId: row.participantId, revision: 1, payload };
}

/** Both ends of the ranking, as ranges of ranks without overlap. */
function rangesOf({ promote, relegate }: Sides, count: number): [number, number][] {
  const promoted = Math.min(promote?.places ?? 0, count);
  const relegatedAfter = Math.max(count - (relegate?.places ?? 0), promoted);
  return [
    [0, promoted],
    [relegatedAfter, count],
  ];
}
