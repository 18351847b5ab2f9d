import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readSettledAttempts, type SettledAttempt } from '@kraty/contracts/events';
import type { WinnerPredicate } from '@kraty/contracts/grants';
import { Messenger } from '@kraty/platform/messaging';
import { FinalBoardsService } from './final-boards.service.js';
import type { Winner } from './pool.js';
import { lowestRank, wins } from './winner-predicate.js';

const pageMax = 5_000;
const pageDeadlineMs = 15_000;

export interface WinnersQuestion {
  scope: Scope;
  eventWindowId: string;
  leaderboardId: string | null;
  predicate: WinnerPredicate;
}

type RanksByBoard = Map<string, ReadonlyMap<string, number>>;

/** Finds out who has won a share: each player once, however many attempts qualify (07 §5.4). */
@Injectable()
export class WinnersService {
  constructor(
    private readonly messenger: Messenger,
    private readonly boards: FinalBoardsService,
  ) {}

  /**
   * In the order of their ids; `not_frozen` while the predicate looks at ranks and a board is not frozen yet.
   *
   * @throws 503 while events or leaderboards are away
   */
  async find(question: WinnersQuestion): Promise<Winner[] | 'not_frozen'> {
    const winners = new Map<string, Winner>();
    const ranks: RanksByBoard = new Map();
    for (let afterAttemptId: string | null = null; ;) {
      const attempts = await this.page(question, afterAttemptId);
      if (!(await this.addRanks(question, attempts, ranks))) return 'not_frozen';
      for (const attempt of attempts) {
        const { playerId, externalPlayerId, leaderboardId } = attempt;
        const rank = ranks.get(leaderboardId)?.get(playerId) ?? null;
        if (wins(question.predicate, { ...attempt, rank })) winners.set(playerId, { playerId, externalPlayerId });
      }
      if (attempts.length < pageMax) break;
      afterAttemptId = attempts.at(-1)!.attemptId;
    }
    return [...winners.values()].toSorted((left, right) => (left.playerId < right.playerId ? -1 : 1));
  }

  private async page(question: WinnersQuestion, afterAttemptId: string | null): Promise<SettledAttempt[]> {
    const { scope, eventWindowId, leaderboardId } = question;
    const asked = { scope, eventWindowId, leaderboardId, afterAttemptId, limit: pageMax };
    const { attempts } = await this.messenger.request(readSettledAttempts, asked, { deadlineMs: pageDeadlineMs });
    return attempts;
  }

  /** Reads the ranks of boards that are new; false when one of them is not frozen yet. */
  private async addRanks(
    { scope, predicate }: WinnersQuestion,
    attempts: readonly SettledAttempt[],
    ranks: RanksByBoard,
  ): Promise<boolean> {
    const lowest = lowestRank(predicate);
    if (lowest === 0) return true;
    for (const leaderboardId of new Set(attempts.map((attempt) => attempt.leaderboardId))) {
      if (ranks.has(leaderboardId)) continue;
      const ofBoard = await this.boards.ranks(scope, leaderboardId, lowest);
      if (ofBoard === 'not_frozen') return false;
      ranks.set(leaderboardId, ofBoard);
    }
    return true;
  }
}
