import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readPlayerStanding, type AttemptOverridden, type BoardStanding } from '@kraty/contracts/events';
import { busy, fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import { Boards } from '../boards/boards.service.js';
import { BoardsStore } from '../boards/boards.store.js';
import { toStanding } from '../finalization/finalization.service.js';
import { FreezesStore } from '../finalization/freezes.store.js';
import { FrozenBoardsStore } from '../finalization/frozen-boards.store.js';
import { ListChanges } from '../live/list-changes.service.js';
import { MergedPlayers } from '../merges/merged-players.service.js';
import { Merges } from '../merges/merges.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import { ContributedBoards, type Target } from '../scores/contributed-boards.service.js';
import { Contributions } from '../scores/contributions.service.js';
import { ContributionsStore } from '../scores/contributions.store.js';
import { exact, overriddenRevision, type Contribution } from '../scores/contribution.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import { outlastEarlierWrites } from './earlier-writes.store.js';

type OverrideWrite = AttemptOverridden & { scope: Scope; writtenAtMs: number };

/** Tries to write what events has told before another write of the player comes in between. */
const triesMax = 5;

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
    private readonly freezes: FreezesStore,
    private readonly frozen: FrozenBoardsStore,
    private readonly ranks: Ranks,
    private readonly changes: ListChanges,
    private readonly merges: Merges,
    private readonly players: MergedPlayers,
    private readonly messenger: Messenger,
  ) {}

  async apply(scope: Scope, override: AttemptOverridden): Promise<void> {
    if (!override.scoreChanged) return;
    const board = await this.boards.find(override.leaderboardId);
    if (!board) throw fail('not_found', `board ${override.leaderboardId} was scored on but nobody knows it`);
    const writtenAtMs = override.lastWrittenAtMs ?? Date.parse(override.completedAt);
    const write = { ...override, scope, writtenAtMs };
    await this.merges.following([write], async ([present]) => {
      if (board.mode !== 'none') await this.onEventBoard(board, present!);
      for (const target of await this.contributed.targets([present!])) await this.onDefinedBoard(target);
    });
  }

  /**
   * Events is asked while nothing is locked. A write of the player that comes before what it told is written may not be in
   * the answer, so it is asked again then; what is accepted later comes on top.
   */
  private async onEventBoard(board: Board, write: OverrideWrite): Promise<void> {
    const { leaderboardId, playerId } = write;
    if (board.scoreAggregation === 'best') await this.refuseOlder(board, write);
    for (let attempt = 1; attempt <= triesMax; attempt += 1) {
      const revision = await this.scores.revision(leaderboardId, playerId);
      const { standing } = await this.messenger.request(readPlayerStanding, { leaderboardId, playerId });
      if (!standing) return;
      const rows = await this.database.transaction((tx) => this.replace(tx, write, standing, revision));
      if (!rows) continue;
      if (rows.length > 0) await this.ranks.apply(leaderboardId, rows, []);
      return this.changes.tellRows('operator', rows);
    }
    throw busy();
  }

  /**
   * Writers of best scores take no lock. One that had looked for overrides before this one was there would find the lowered
   * row and raise it again, so the row is lowered when all of them have ended.
   *
   * @throws 503 `busy` while one of them lasts; then it is repeated like all the rest
   */
  private async refuseOlder(board: Board, write: OverrideWrite): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.players.lock(tx, [write.playerId]);
      await this.contributionsStore.save(tx, [contributionOf(board, write)], []);
    });
    await outlastEarlierWrites(this.database);
  }

  /**
   * Writes of the attempt that come later are old: its contribution has the last revision there is.
   *
   * @returns rows of a live board; null when the row is not the one that events was asked about
   */
  private async replace(
    tx: Tx,
    write: OverrideWrite,
    told: BoardStanding,
    revision: number | null,
  ): Promise<EntryRow[] | null> {
    const { leaderboardId, playerId } = write;
    await this.players.lock(tx, [playerId]);
    const board = await this.boardsStore.lock(tx, leaderboardId);
    if (!board) return [];
    if (!board.finalizedAt) await this.freezes.outdate(tx, leaderboardId);
    if ((await this.scores.lock(tx, leaderboardId, playerId)) !== revision) return null;
    const standing = toStanding(leaderboardId, told);
    await this.contributionsStore.save(tx, [contributionOf(board, write)], []);
    const rows = await this.scores.replace([standing], tx);
    if (board.scoreAggregation === 'sum') {
      await this.contributionsStore.setTotal(tx, leaderboardId, playerId, exact(standing.score));
    }
    if (!board.finalizedAt) return rows;
    await this.frozen.rematerialize(tx, leaderboardId);
    return [];
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
    await this.changes.tellRows('operator', rows);
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
