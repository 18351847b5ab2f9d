import { Injectable } from '@nestjs/common';
import type { Iso, Scope } from '@kraty/contracts/common';
import type { FinalStanding } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { belongsTo } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { Profiles } from '../profiles/profiles.service.js';
import { FrozenBoardsStore } from './frozen-boards.store.js';

/** Rows of one page. */
const pageMax = 5_000;

export interface FinalPage {
  scope: Scope;
  leaderboardId: string;
  afterRank: number;
  limit: number;
}

/** Ranks of frozen boards, for whoever pays by them. */
@Injectable()
export class FinalStandings {
  constructor(
    private readonly boards: BoardsStore,
    private readonly frozen: FrozenBoardsStore,
    private readonly profiles: Profiles,
  ) {}

  /** Errors: `not_found`, `conflict` (not_finalized); those of identity while it is away and a player is not known here. */
  async page({ scope, leaderboardId, afterRank, limit }: FinalPage): Promise<{
    standings: FinalStanding[];
    finalizedAt: Iso;
  }> {
    const board = await this.boards.find(leaderboardId);
    if (!board || !belongsTo(board, scope)) throw fail('not_found', 'there is no such board');
    const { finalizedAt } = board;
    if (!finalizedAt) throw fail('conflict', 'the board is not frozen yet', { reason: 'not_finalized' });
    const rows = await this.frozen.page(leaderboardId, afterRank, Math.min(limit, pageMax));
    const players = rows.filter(({ kind }) => kind === 'player').map(({ participantId }) => participantId);
    const externalIds = await this.profiles.externalIds(scope, players);
    const standings = rows.map(({ rank, participantId, kind, score, joinedOnly, rankedAs }) => {
      const externalPlayerId = kind === 'player' ? (externalIds.get(participantId) ?? null) : null;
      return { rank, participantId, kind, externalPlayerId, score, joinedOnly, ...(rankedAs && { rankedAs }) };
    });
    return { standings, finalizedAt: finalizedAt.toISOString() };
  }
}
