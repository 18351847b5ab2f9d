import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { readBalances } from '@kraty/contracts/economy';
import type { DefinedBoardView, EventBoardView } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import type { Definition } from '../definitions/definition.js';
import { FreezesStore } from '../finalization/freezes.store.js';
import { MergedPlayers } from '../merges/merged-players.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import { DefinedBoards } from '../reads/defined-boards.service.js';
import { Reads } from '../reads/reads.service.js';
import { ScoresStore } from '../scores/scores.store.js';
import { Placement } from './placement.service.js';

interface Join {
  scope: Scope;
  player: PlayerRef;
  country: string | null;
  limit: number;
}

/** Stands players on boards without a score; never alters one (06 §12). */
@Injectable()
export class Joins {
  constructor(
    private readonly database: Database,
    private readonly defined: DefinedBoards,
    private readonly reads: Reads,
    private readonly freezes: FreezesStore,
    private readonly placement: Placement,
    private readonly players: MergedPlayers,
    private readonly scores: ScoresStore,
    private readonly ranks: Ranks,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found`, `validation_failed` (segment). */
  async joinDefined(join: Join & { key: string; segment: string | null }): Promise<DefinedBoardView> {
    const { scope, player, limit } = join;
    const definition = await this.defined.definitionOf(scope, join.key);
    const { board, period, segment, atMs } = await this.placement.place(definition, join);
    await this.stand(board, player.playerId, await this.scoreOf(definition, scope, player.playerId), atMs);
    const question = { scope, limit, progression: [], knownView: null, selfPlayerId: player.playerId };
    const view = await this.defined.view({ period, isRunning: true }, segment, question);
    return { ...view, joined: true };
  }

  /** Errors: `not_found`, `conflict` (board_closed, not_placed). */
  async joinEvent({
    scope,
    player,
    limit,
    leaderboardId,
  }: Omit<Join, 'country'> & { leaderboardId: string }): Promise<EventBoardView> {
    const board = await this.reads.boardOf({ scope, leaderboardId });
    const nowMs = this.clock.nowMs();
    if (await this.hasClosed(board, nowMs)) {
      throw fail('conflict', 'the window of the board has closed', { reason: 'board_closed' });
    }
    const { playerId } = player;
    if (board.mode !== 'global' && board.mode !== 'none' && !(await this.scores.stands(leaderboardId, playerId))) {
      throw fail('conflict', 'the player is placed on no such board', { reason: 'not_placed' });
    }
    if (board.mode === 'global') await this.stand(board, playerId, 0, nowMs);
    const question = { scope, leaderboardId, limit, selfPlayerId: playerId, progression: [], knownView: null };
    return { ...(await this.reads.read(question)), joined: true };
  }

  /** Also before its time; it may take a while until such a board is frozen. */
  private async hasClosed({ leaderboardId, finalizedAt, closesAt }: Board, nowMs: number): Promise<boolean> {
    if (finalizedAt || (closesAt && closesAt.getTime() <= nowMs)) return true;
    return (await this.freezes.find(leaderboardId)) !== null;
  }

  /** A board that follows a progression shows what the player holds of it. */
  private async scoreOf({ economyKey }: Definition, scope: Scope, playerId: string): Promise<number> {
    if (economyKey === null) return 0;
    const question = { scope, playerIds: [playerId], economyKeys: [economyKey] };
    const { balances } = await this.messenger.request(readBalances, question);
    return balances[playerId]?.[economyKey] ?? 0;
  }

  private async stand({ leaderboardId }: Board, playerId: string, score: number, atMs: number): Promise<void> {
    const standing = { leaderboardId, participantId: playerId, score, achievedAtMs: atMs };
    const rows = await this.database.transaction(async (tx) => {
      // A first write that is under way at the same time must count its revision on top of this row.
      await this.players.lock(tx, [playerId]);
      return this.scores.apply([{ ...standing, joinedOnly: true, attemptId: null }], tx);
    });
    await this.ranks.apply(leaderboardId, rows, []);
  }
}
