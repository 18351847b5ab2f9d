import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readFinalStandings, type FinalStanding } from '@kraty/contracts/leaderboards';
import { Failure } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';

const pageMax = 5_000;
const pageDeadlineMs = 15_000;

export interface StandingsPage {
  standings: FinalStanding[];
  finalizedAt: string;
}

/** Frozen boards as leaderboards tell them. */
@Injectable()
export class FinalBoardsService {
  constructor(private readonly messenger: Messenger) {}

  /**
   * Rows behind a rank, in rank order, at most `limit`.
   *
   * @throws 503 while leaderboards are away
   */
  async page(
    scope: Scope,
    leaderboardId: string,
    afterRank: number,
    limit = pageMax,
  ): Promise<StandingsPage | 'not_frozen'> {
    try {
      const question = { scope, leaderboardId, afterRank, limit };
      return await this.messenger.request(readFinalStandings, question, { deadlineMs: pageDeadlineMs });
    } catch (error) {
      if (error instanceof Failure && error.code === 'conflict') return 'not_frozen';
      throw error;
    }
  }

  /** Ranks of players down to a place, by player; a board that ranks nobody has none. */
  async ranks(scope: Scope, leaderboardId: string, lowestRank: number): Promise<Map<string, number> | 'not_frozen'> {
    const ranks = new Map<string, number>();
    for (let afterRank = 0; afterRank < lowestRank;) {
      const page = await this.page(scope, leaderboardId, afterRank).catch(noBoard);
      if (page === 'not_frozen') return page;
      for (const { rank, participantId, kind } of page?.standings ?? []) {
        if (kind === 'player' && rank <= lowestRank) ranks.set(participantId, rank);
      }
      const last = page?.standings.at(-1);
      if (!last || page!.standings.length < pageMax) break;
      afterRank = last.rank;
    }
    return ranks;
  }

  /** A player's own row; null when the player is not on the board. */
  async rowOf(
    scope: Scope,
    leaderboardId: string,
    playerId: string,
  ): Promise<{ standing: FinalStanding; finalizedAt: string } | null | 'not_frozen'> {
    for (let afterRank = 0; ;) {
      const page = await this.page(scope, leaderboardId, afterRank).catch(noBoard);
      if (page === null || page === 'not_frozen') return page;
      const standing = page.standings.find(({ participantId }) => participantId === playerId);
      if (standing) return { standing, finalizedAt: page.finalizedAt };
      const last = page.standings.at(-1);
      if (!last || page.standings.length < pageMax) return null;
      afterRank = last.rank;
    }
  }
}

/** A board that leaderboards do not know ranks nobody. */
function noBoard(error: unknown): null {
  if (error instanceof Failure && error.code === 'not_found') return null;
  throw error;
}
