import { Injectable } from '@nestjs/common';
import type { PlayerStanding, ReadPlayerStandings } from '@kraty/contracts/leaderboards';
import { belongsTo, type Board } from '../boards/board.js';
import { Boards } from '../boards/boards.service.js';
import { Definitions } from '../definitions/definitions.service.js';
import { partOf, periodOf, type BoardPeriod } from '../parts/part.js';
import { isPinned, placeOf, type Placed } from '../segments/segment.js';
import { Segments } from '../segments/segments.service.js';
import { BoardRowsService } from './board-rows.service.js';

/** One player on every board that an attempt counts on (04 §8.3). Reads only: what is not there is left out. */
@Injectable()
export class PlayerStandings {
  constructor(
    private readonly boards: Boards,
    private readonly definitions: Definitions,
    private readonly segments: Segments,
    private readonly rows: BoardRowsService,
  ) {}

  async read(question: ReadPlayerStandings): Promise<PlayerStanding[]> {
    const defined = [...new Set(question.contributesTo)].map((key) => this.onDefinedBoard(question, key));
    const standings = await Promise.all([this.onEventBoard(question), ...defined]);
    return standings.filter((standing) => standing !== null);
  }

  private async onEventBoard(question: ReadPlayerStandings): Promise<PlayerStanding | null> {
    const board = await this.boards.find(question.eventLeaderboardId);
    if (!board?.event || board.mode === 'none' || !belongsTo(board, question.scope)) return null;
    return this.standing(board, board.leaderboardId, question);
  }

  private async onDefinedBoard(question: ReadPlayerStandings, key: string): Promise<PlayerStanding | null> {
    const definition = await this.definitions.find(question.scope, key);
    if (!definition || definition.economyKey !== null) return null;
    const period = periodOf(definition, question.scope.environment, question.writtenAtMs);
    const place = await this.placeOf(period, question);
    const board = place && (await this.boards.findPart(partOf(period, place.segment).leaderboardId));
    return board ? this.standing(board, definition.leaderboardId, question) : null;
  }

  /** Where the write has landed: where the player was first seen in the period, or as its own context says. */
  private async placeOf(period: BoardPeriod, question: ReadPlayerStandings): Promise<Placed | null> {
    const { segmentation } = period.rules;
    const { scope, playerId, playerContext: context, writtenAtMs } = question;
    if (!isPinned(segmentation)) return placeOf(segmentation, { context, balances: {}, country: null });
    const { leaderboardId } = period.definition;
    const periodStartMs = period.period.startMs;
    return this.segments.homeOf({ leaderboardId, segmentation, periodStartMs, scope, playerId, context, writtenAtMs });
  }

  private async standing(board: Board, leaderboardId: string, question: ReadPlayerStandings) {
    const { scope, playerId: selfPlayerId } = question;
    const { self } = await this.rows.read(board, { scope, limit: 1, selfPlayerId, progression: [] });
    return self && { leaderboardId, score: self.score, rank: self.rank };
  }
}
