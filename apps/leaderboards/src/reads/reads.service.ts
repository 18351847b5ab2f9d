import { Injectable } from '@nestjs/common';
import { readBalances } from '@kraty/contracts/economy';
import type { EventBoardView, ReadEventBoard } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { belongsTo, type Board } from '../boards/board.js';
import { Boards } from '../boards/boards.service.js';
import { FrozenBoardsStore } from '../finalization/frozen-boards.store.js';
import { LeaderboardsConfiguration } from '../leaderboards.configuration.js';
import { playerEntry } from '../profiles/profile.js';
import { Profiles } from '../profiles/profiles.service.js';
import type { RankRead } from '../ranks/ranks.store.js';
import { Ranks, versionOfRows } from '../ranks/ranks.service.js';
import { serializeRows, type BoardRows } from './board-view.js';
import { ViewCache } from './view-cache.js';

const nothing: BoardRows = serializeRows([]);

/** Event boards as they are read: live from the index, frozen from the materialized table (02 §7.1). */
@Injectable()
export class Reads {
  private readonly views: ViewCache;

  constructor(
    private readonly boards: Boards,
    private readonly ranks: Ranks,
    private readonly frozen: FrozenBoardsStore,
    private readonly profiles: Profiles,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
    configuration: LeaderboardsConfiguration,
  ) {
    this.views = new ViewCache(configuration.viewCacheMs);
  }

  /** Errors: `not_found`. */
  async read(question: ReadEventBoard): Promise<EventBoardView> {
    const board = await this.boardOf(question);
    if (board.mode === 'none') return answer(board, nothing, null, question);
    const read = await this.ranked(board, question, 0);
    const key = viewKey(question);
    const kept = this.views.get(key, read.version, this.clock.nowMs());
    if (kept) return answer(board, kept, read.self, question);
    const whole = await this.whole(board, question, read.version);
    const rows = await this.serialize(question, whole);
    if (whole.version !== versionOfRows) this.views.set(key, whole.version, rows, this.clock.nowMs());
    return answer(board, rows, whole.self, question);
  }

  /** The board of this tenant. Errors: `not_found`. */
  async boardOf({ scope, leaderboardId }: Pick<ReadEventBoard, 'scope' | 'leaderboardId'>): Promise<Board> {
    const board = await this.boards.find(leaderboardId);
    if (!board || !belongsTo(board, scope)) {
      throw fail('not_found', 'there is no such leaderboard', { resource: 'leaderboard' });
    }
    return board;
  }

  /** What the index could not tell a moment ago it is not asked again: waiting twice would outlast the caller. */
  private whole(board: Board, question: ReadEventBoard, version: string): Promise<RankRead> {
    const { leaderboardId, selfPlayerId, limit } = question;
    if (version === versionOfRows) return this.ranks.fromRows(leaderboardId, selfPlayerId, limit);
    return this.ranked(board, question, limit);
  }

  private async ranked(board: Board, question: ReadEventBoard, limit: number): Promise<RankRead> {
    const { leaderboardId, selfPlayerId } = question;
    if (board.finalizedAt) return this.frozen.read(leaderboardId, selfPlayerId, limit);
    const read = await this.ranks.read(leaderboardId, selfPlayerId, limit);
    return read ?? this.ranks.fromRows(leaderboardId, selfPlayerId, limit);
  }

  private async serialize(question: ReadEventBoard, read: RankRead): Promise<BoardRows> {
    const playerIds = read.rows.map((row) => row.participantId);
    const [profiles, balances] = await Promise.all([
      this.profiles.find(question.scope, playerIds),
      this.balances(question, playerIds),
    ]);
    return serializeRows(
      read.rows.map((row, index) => {
        const standing = { score: row.score, rank: index + 1 };
        return playerEntry(
          row.participantId,
          profiles.get(row.participantId) ?? null,
          standing,
          balances?.(row.participantId),
        );
      }),
    );
  }

  /** Balances asked for, 0 for what was never earned or is not known. */
  private async balances(
    { scope, progression }: ReadEventBoard,
    playerIds: string[],
  ): Promise<((playerId: string) => Record<string, number>) | null> {
    if (progression.length === 0) return null;
    const { balances } = await this.messenger.request(readBalances, { scope, playerIds, economyKeys: progression });
    return (playerId) => Object.fromEntries(progression.map((key) => [key, balances[playerId]?.[key] ?? 0]));
  }
}

function answer(board: Board, rows: BoardRows, self: RankRead['self'], question: ReadEventBoard): EventBoardView {
  const { leaderboardId, mode, finalizedAt, finalizedReason } = board;
  const index = self && self.rank <= rows.rows.length ? self.rank - 1 : null;
  return {
    view: rows.view,
    board: { leaderboardId, mode, finalized: finalizedAt !== null, finalizedReason },
    entries: rows.view === question.knownView ? null : rows.rows,
    self: self && { ...self, index },
  };
}

function viewKey({ leaderboardId, limit, progression }: ReadEventBoard): string {
  return `${leaderboardId} ${limit} ${progression.join()}`;
}
