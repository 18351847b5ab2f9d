import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readPlayerStanding, type AttemptOverridden } from '@kraty/contracts/events';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import { Boards } from '../boards/boards.service.js';
import { BoardsStore } from '../boards/boards.store.js';
import { toStanding } from '../finalization/finalization.service.js';
import { FrozenBoardsStore } from '../finalization/frozen-boards.store.js';
import { Ranks } from '../ranks/ranks.service.js';
import { ContributedBoards, type Target } from '../scores/contributed-boards.service.js';
import { Contributions } from '../scores/contributions.service.js';
import { ContributionsStore } from '../scores/contributions.store.js';
import { exact, overriddenRevision, type Contribution } from '../scores/contribution.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';

type OverrideWrite = AttemptOverridden & { scope: Scope; writtenAtMs: number };

/** An operator has set the score of an attempt: boards follow, also downwards and after their end (06 §5.1). */
@Injectable()
export class Overrides {
  constructor(
    private readonly database: Database,
    private readonly boards: Boards,
    private readonly boardsStore: BoardsStore,
    private readonly contributionsStore: ContributionsStore,
    private readonly contributions: Contributions,
    private readonly contributed: ContributedBoards,
    private readonly scores: ScoresStore,
    private readonly frozen: FrozenBoardsStore,
    private readonly ranks: Ranks,
    private readonly messenger: Messenger,
  ) {}

  async apply(scope: Scope, override: AttemptOverridden): Promise<void> {
    if (!override.scoreChanged) return;
    const board = await this.boards.find(override.leaderboardId);
    if (!board) throw fail('not_found', `board ${override.leaderboardId} was scored on but nobody knows it`);
    const writtenAtMs = override.lastWrittenAtMs ?? Date.parse(override.completedAt);
    const write = { ...override, scope, writtenAtMs };
    if (board.mode !== 'none') await this.onEventBoard(write);
    for (const target of await this.contributed.targets([write])) await this.onDefinedBoard(target);
  }

  private async onEventBoard(write: OverrideWrite): Promise<void> {
    const { leaderboardId } = write;
    const rows = await this.database.transaction(async (tx) => {
      await this.contributionsStore.lockPlayers(tx, [write.playerId]);
      const board = await this.boardsStore.lock(tx, leaderboardId);
      if (!board) return [];
      const replaced = await this.replace(tx, board, write);
      if (!board.finalizedAt) return replaced;
      await this.frozen.rematerialize(tx, leaderboardId);
      return [];
    });
    if (rows.length > 0) await this.ranks.apply(leaderboardId, rows, []);
  }

  /** Writes of the attempt that come later are old: its contribution has the last revision there is. */
  private async replace(tx: Tx, board: Board, write: OverrideWrite): Promise<EntryRow[]> {
    const { leaderboardId } = board;
    const { playerId } = write;
    // Locked before events is asked: what is accepted after its answer comes on top of it.
    await this.scores.lock(tx, leaderboardId, playerId);
    const { standing: told } = await this.messenger.request(readPlayerStanding, { leaderboardId, playerId });
    if (!told) return [];
    const standing = toStanding(leaderboardId, told);
    await this.contributionsStore.save(tx, [contributionOf(board, write)], []);
    const rows = await this.scores.replace([standing], tx);
    if (board.scoreAggregation === 'sum') {
      await this.contributionsStore.setTotal(tx, leaderboardId, playerId, exact(standing.score));
    }
    return rows;
  }

  private async onDefinedBoard({ board, write }: Target<OverrideWrite>): Promise<void> {
    const { leaderboardId, scoreAggregation: aggregation } = board;
    const rows =
      aggregation === 'best'
        ? await this.scores.apply([
            {
              leaderboardId,
              participantId: write.playerId,
              score: write.score,
              achievedAtMs: write.writtenAtMs,
              joinedOnly: false,
              attemptId: null,
            },
          ])
        : await this.contributions.apply([{ ...contributionOf(board, write), aggregation }]);
    await this.ranks.applyAll(rows);
  }
}

function contributionOf(board: Board, write: OverrideWrite): Contribution {
  return {
    leaderboardId: board.leaderboardId,
    sourceId: write.attemptId,
    playerId: write.playerId,
    revision: overriddenRevision,
    score: write.score,
    scoreAtMs: Date.parse(write.completedAt),
    writtenAtMs: write.writtenAtMs,
    baseline: 0,
    definitionId: board.definitionId,
    periodStartMs: board.opensAt.getTime(),
  };
}
