import { Injectable } from '@nestjs/common';
import type { AttemptScored, AttemptStarted } from '@kraty/contracts/events';
import { streamSubject, type StreamFrame } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Boards } from '../boards/boards.service.js';
import { Profiles } from '../profiles/profiles.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import { ScoresStore, type EntryRow } from './scores.store.js';
import { foldStandings, type Standing } from './standing.js';

/** Applies what attempts have reached to the boards: one statement and one index call a board for many facts. */
@Injectable()
export class Scores {
  constructor(
    private readonly store: ScoresStore,
    private readonly boards: Boards,
    private readonly ranks: Ranks,
    private readonly profiles: Profiles,
    private readonly messenger: Messenger,
  ) {}

  /** Players stand on the board with 0 from the start of their attempt (05 §6.3). No frame tells of it. */
  async register(started: readonly AttemptStarted[]): Promise<void> {
    await this.requireBoards(started);
    const standings = started.map((attempt) => ({
      leaderboardId: attempt.leaderboardId,
      participantId: attempt.playerId,
      score: 0,
      achievedAtMs: Date.parse(attempt.startedAt),
      joinedOnly: true,
    }));
    const rows = groupByBoard(await this.store.apply(foldStandings(standings)));
    await Promise.all([...rows].map(([board, ofBoard]) => this.ranks.apply(board, ofBoard, [])));
  }

  async apply(writes: readonly AttemptScored[]): Promise<void> {
    await this.requireBoards(writes);
    const rows = groupByBoard(await this.store.apply(foldStandings(writes.map(toStanding))));
    const written = groupByBoard(writes);
    // A frozen board has no rows here, and nobody to tell: its index is gone and its streams have ended.
    await Promise.all([...rows].map(([board, ofBoard]) => this.carry(board, ofBoard, written.get(board) ?? [])));
  }

  private async carry(leaderboardId: string, rows: EntryRow[], writes: readonly AttemptScored[]): Promise<void> {
    const watchedIds = [...new Set(writes.map((write) => write.playerId))];
    const standings = await this.ranks.apply(leaderboardId, rows, watchedIds);
    if (!standings) return;
    const byPlayer = new Map(watchedIds.map((playerId, index) => [playerId, standings[index] ?? null]));
    await this.stream(leaderboardId, writes, byPlayer);
  }

  /** One frame for each accepted write, whether or not it moved the board (06 §7.3). */
  private async stream(
    leaderboardId: string,
    writes: readonly AttemptScored[],
    standings: Map<string, { rank: number; score: number } | null>,
  ): Promise<void> {
    const board = await this.boards.find(leaderboardId);
    const names = await this.profiles.find(board!.scope, [...standings.keys()]);
    const frames: StreamFrame[] = [];
    for (const write of writes) {
      const standing = standings.get(write.playerId);
      if (!standing) continue;
      const profile = names.get(write.playerId);
      frames.push({
        event: 'score_update',
        data: {
          leaderboardId,
          participantId: write.playerId,
          kind: 'player',
          name: profile?.displayName ?? profile?.anonymizedName ?? null,
          avatar: profile?.displayName == null ? (profile?.anonymizedAvatar ?? null) : profile.displayAvatar,
          score: standing.score,
          rank: standing.rank,
          occurredAt: new Date(write.writtenAtMs).toISOString(),
        },
      });
    }
    if (frames.length > 0) this.messenger.broadcast(streamSubject(leaderboardId), frames);
  }

  private async requireBoards(writes: readonly { leaderboardId: string }[]): Promise<void> {
    for (const leaderboardId of new Set(writes.map((write) => write.leaderboardId))) {
      const board = await this.boards.find(leaderboardId);
      if (!board) throw fail('not_found', `board ${leaderboardId} was scored on but nobody knows it`);
    }
  }
}

function toStanding(write: AttemptScored): Standing {
  return {
    leaderboardId: write.leaderboardId,
    participantId: write.playerId,
    score: write.bestScore,
    achievedAtMs: write.bestAtMs,
    joinedOnly: false,
  };
}

function groupByBoard<T extends { leaderboardId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.leaderboardId);
    if (group) group.push(row);
    else groups.set(row.leaderboardId, [row]);
  }
  return groups;
}
