import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readBalances } from '@kraty/contracts/economy';
import type { BoardEntry, BoardView } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import type { Board } from '../boards/board.js';
import { BotIdentities } from '../bots/bot-identities.service.js';
import { hasBots, Rosters } from '../bots/rosters.service.js';
import { FrozenBoardsStore } from '../finalization/frozen-boards.store.js';
import { LeaderboardsConfiguration } from '../leaderboards.configuration.js';
import { botEntry, playerEntry, type BotIdentity } from '../profiles/profile.js';
import { Profiles } from '../profiles/profiles.service.js';
import type { RankRead } from '../ranks/ranks.store.js';
import { Ranks } from '../ranks/ranks.service.js';
import { versionOfRows } from '../ranks/row-reads.service.js';
import { serializeRows, type BoardRows } from './board-view.js';
import { ViewCache } from './view-cache.js';

export const nothing: BoardRows = serializeRows([]);

/** What is wanted of one ranked list. */
export interface RowsQuestion {
  scope: Scope;
  /** 1 … 200. */
  limit: number;
  selfPlayerId: string | null;
  progression: string[];
}

export interface RankedRows {
  rows: BoardRows;
  self: RankRead['self'];
}

const nobody: ReadonlyMap<string, BotIdentity> = new Map();

/** Rows of ranked lists: live from the index, frozen from the materialized table, serialized once for many readers. */
@Injectable()
export class BoardRowsService {
  private readonly views: ViewCache;

  constructor(
    private readonly ranks: Ranks,
    private readonly frozen: FrozenBoardsStore,
    private readonly profiles: Profiles,
    private readonly rosters: Rosters,
    private readonly botIdentities: BotIdentities,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
    configuration: LeaderboardsConfiguration,
  ) {
    this.views = new ViewCache(configuration.viewCacheMs);
  }

  async read(board: Board, question: RowsQuestion): Promise<RankedRows> {
    const read = await this.ranked(board, question, 0);
    const key = viewKey(board, question);
    const kept = this.views.get(key, read.version, this.clock.nowMs());
    if (kept) return { rows: kept, self: read.self };
    await this.rosters.look(board, question.selfPlayerId);
    const whole = await this.whole(board, question, read.version);
    const rows = serializeRows(await this.toEntries(board, question, whole));
    if (whole.version !== versionOfRows) this.views.set(key, whole.version, rows, this.clock.nowMs());
    return { rows, self: whole.self };
  }

  /** The same as objects. */
  async entries(board: Board, question: RowsQuestion): Promise<{ entries: BoardEntry[]; self: RankRead['self'] }> {
    await this.rosters.look(board, question.selfPlayerId);
    const read = await this.ranked(board, question, question.limit);
    return { entries: await this.toEntries(board, question, read), self: read.self };
  }

  /** What the index could not tell a moment ago it is not asked again: waiting twice would outlast the caller. */
  private whole(board: Board, question: RowsQuestion, version: string): Promise<RankRead> {
    if (version === versionOfRows) {
      return this.ranks.fromRows(board.leaderboardId, question.selfPlayerId, question.limit);
    }
    return this.ranked(board, question, question.limit);
  }

  private async ranked(board: Board, { selfPlayerId }: RowsQuestion, limit: number): Promise<RankRead> {
    const { leaderboardId, finalizedAt } = board;
    if (finalizedAt) return this.frozen.read(leaderboardId, selfPlayerId, limit);
    const read = await this.ranks.read(leaderboardId, selfPlayerId, limit);
    return read ?? this.ranks.fromRows(leaderboardId, selfPlayerId, limit);
  }

  private async toEntries(board: Board, question: RowsQuestion, read: RankRead): Promise<BoardEntry[]> {
    const bots = hasBots(board) ? await this.botIdentities.of(board.leaderboardId) : nobody;
    const playerIds = read.rows.map((row) => row.participantId).filter((id) => !bots.has(id));
    const [profiles, balances] = await Promise.all([
      this.profiles.find(question.scope, playerIds),
      this.balances(question, playerIds),
    ]);
    return read.rows.map((row, index) => {
      const standing = { score: row.score, rank: row.rank ?? index + 1 };
      const bot = bots.get(row.participantId);
      if (bot) return botEntry(row.participantId, bot, standing);
      const profile = profiles.get(row.participantId) ?? null;
      return playerEntry(row.participantId, profile, standing, balances?.(row.participantId));
    });
  }

  /** Balances asked for, 0 for what was never earned or is not known. */
  private async balances(
    { scope, progression }: RowsQuestion,
    playerIds: string[],
  ): Promise<((playerId: string) => Record<string, number>) | null> {
    if (progression.length === 0) return null;
    const { balances } = await this.messenger.request(readBalances, { scope, playerIds, economyKeys: progression });
    return (playerId) => Object.fromEntries(progression.map((key) => [key, balances[playerId]?.[key] ?? 0]));
  }
}

/** The reply, without the entries when the caller holds them. */
export function viewOf<Head>(head: Head, { rows, self }: RankedRows, knownView: string | null): BoardView<Head> {
  const place = self && (self.place ?? self.rank);
  return {
    view: rows.view,
    board: head,
    entries: rows.view === knownView ? null : rows.rows,
    self: self && { rank: self.rank, score: self.score },
    selfIndex: place !== null && place <= rows.rows.length ? place - 1 : null,
  };
}

function viewKey({ leaderboardId }: Board, { limit, progression }: RowsQuestion): string {
  return `${leaderboardId} ${limit} ${progression.join()}`;
}
