import { Injectable } from '@nestjs/common';
import type { BoardStanding } from '@kraty/contracts/events';
import { StandingsStore } from './standings.store.js';

/** Standings told at a time. */
const pageMax = 5_000;
const firstPlayer = '00000000-0000-0000-0000-000000000000';

/** What a board must hold when it is frozen (06 §8): the best of every player's attempts on it. */
@Injectable()
export class Standings {
  constructor(private readonly store: StandingsStore) {}

  page(leaderboardId: string, afterPlayerId: string | null, limit: number): Promise<BoardStanding[]> {
    return this.store.page(leaderboardId, afterPlayerId ?? firstPlayer, Math.min(limit, pageMax));
  }
}
