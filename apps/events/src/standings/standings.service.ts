import { Injectable } from '@nestjs/common';
import { limits } from '@kraty/contracts/common';
import type { BoardStanding } from '@kraty/contracts/events';
import { norm } from '../scoring/score.js';
import { StandingsStore } from './standings.store.js';

/** Standings told at a time. */
const pageMax = 5_000;
const firstPlayer = '00000000-0000-0000-0000-000000000000';

/** What a board must hold when it is frozen (06 §8), by its own aggregation of every player's attempts on it (06 §5.1). */
@Injectable()
export class Standings {
  constructor(private readonly store: StandingsStore) {}

  async page(leaderboardId: string, afterPlayerId: string | null, limit: number): Promise<BoardStanding[]> {
    const aggregation = await this.store.aggregationOf(leaderboardId);
    if (aggregation === null) return [];
    const most = Math.min(limit, pageMax);
    const standings = await this.store.page(aggregation, leaderboardId, afterPlayerId ?? firstPlayer, most);
    return standings.map(({ playerId, score, achievedAtMs }) => ({
      playerId,
      score: score === null ? null : cut(norm(score)),
      achievedAtMs: Math.round(achievedAtMs),
    }));
  }
}

/** A sum stays within the bounds of a score (06 §5.1). */
function cut(score: number): number {
  return Math.max(-limits.scoreAbsoluteMax, Math.min(limits.scoreAbsoluteMax, score));
}
