import { Injectable } from '@nestjs/common';
import { readBoardStandings, type BoardStanding } from '@kraty/contracts/events';
import { boardFinalized, streamSubject, type FinalizedReason, type StreamFrame } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { Boards } from '../boards/boards.service.js';
import { BoardsStore } from '../boards/boards.store.js';
import { Profiles } from '../profiles/profiles.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import { ScoresStore } from '../scores/scores.store.js';
import { foldStandings } from '../scores/standing.js';
import { FrozenBoardsStore } from './frozen-boards.store.js';

/** Standings asked of events at a time. */
const standingsPage = 5_000;
/** Rows in the last frame of a stream (02 §7.2). */
const standingsShown = 200;
/** Ranking a large board takes longer than an ordinary statement may. Milliseconds. */
const materializeTimeoutMs = 120_000;

export interface BoardClosing {
  leaderboardId: string;
  eventId: string;
  eventWindowId: string;
  reason: FinalizedReason;
  closedAt: string;
}

/** Freezes a board exactly once, however often it is told to and wherever it was interrupted (06 §8). */
@Injectable()
export class Finalization {
  constructor(
    private readonly database: Database,
    private readonly boards: Boards,
    private readonly boardsStore: BoardsStore,
    private readonly scores: ScoresStore,
    private readonly frozen: FrozenBoardsStore,
    private readonly ranks: Ranks,
    private readonly profiles: Profiles,
    private readonly outbox: Outbox,
    private readonly messenger: Messenger,
  ) {}

  async finalize(closing: BoardClosing): Promise<void> {
    const { leaderboardId } = closing;
    const board = await this.boards.find(leaderboardId);
    if (!board) throw fail('not_found', `board ${leaderboardId} was closed but nobody knows it`);
    // A hidden board stays empty, whatever was reached in its window (05 §6.1).
    if (board.mode !== 'none') await this.reconcile(leaderboardId);
    const frozenNow = await this.freeze(closing);
    this.boards.forget(leaderboardId);
    await this.ranks.retire(leaderboardId);
    if (frozenNow) await this.announce(closing);
  }

  /** The attempts are the truth: whatever became of single messages, the frozen board holds every accepted write. */
  private async reconcile(leaderboardId: string): Promise<void> {
    let afterPlayerId: string | null = null;
    for (;;) {
      const standings = await this.askForStandings(leaderboardId, afterPlayerId);
      await this.scores.apply(foldStandings(standings.map((standing) => toStanding(leaderboardId, standing))));
      if (standings.length < standingsPage) return;
      afterPlayerId = standings.at(-1)!.playerId;
    }
  }

  private async askForStandings(leaderboardId: string, afterPlayerId: string | null): Promise<BoardStanding[]> {
    const question = { leaderboardId, afterPlayerId, limit: standingsPage };
    return (await this.messenger.request(readBoardStandings, question)).standings;
  }

  private async freeze(closing: BoardClosing): Promise<boolean> {
    const { leaderboardId, eventId, eventWindowId, reason } = closing;
    const staged = await this.database.transaction(
      async (tx) => {
        const board = await this.boardsStore.lock(tx, leaderboardId);
        if (!board || board.finalizedAt) return null;
        await this.frozen.materialize(tx, leaderboardId);
        await this.boardsStore.freeze(tx, leaderboardId, new Date(closing.closedAt), reason);
        const payload = { leaderboardId, eventId, eventWindowId, reason };
        return this.outbox.stage(tx, [
          { type: boardFinalized, scope: board.scope, aggregateId: leaderboardId, revision: 1, payload },
        ]);
      },
      { statementTimeoutMs: materializeTimeoutMs },
    );
    if (!staged) return false;
    await this.outbox.carry(staged);
    return true;
  }

  /** Readers of the stream are told; one that misses it learns when its gateway next asks about the board. */
  private async announce(closing: BoardClosing): Promise<void> {
    const { leaderboardId, eventId, reason, closedAt } = closing;
    const board = await this.boardsStore.find(leaderboardId);
    const top = await this.frozen.top(leaderboardId, standingsShown);
    const names = await this.profiles.find(
      board!.scope,
      top.map((row) => row.participantId),
    );
    const standings = top.map(({ participantId, rank, score, kind }) => {
      const profile = names.get(participantId);
      return { participantId, rank, score, name: profile?.displayName ?? profile?.anonymizedName ?? null, kind };
    });
    const data = { leaderboardId, eventId, reason, standings, occurredAt: closedAt };
    const frames: StreamFrame[] = [{ event: 'finalized', data }];
    this.messenger.broadcast(streamSubject(leaderboardId), frames);
  }
}

function toStanding(leaderboardId: string, standing: BoardStanding) {
  return {
    leaderboardId,
    participantId: standing.playerId,
    score: standing.bestScore ?? 0,
    achievedAtMs: standing.achievedAtMs,
    joinedOnly: standing.bestScore === null,
  };
}
