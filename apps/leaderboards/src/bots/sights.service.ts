import { Injectable } from '@nestjs/common';
import type { Tx } from '@kraty/platform/persistence';
import type { BoardSight } from './bot.js';
import { needsOf, needsSight, type BotNeeds } from './bot-needs.js';
import type { Roster } from './roster.js';
import { SightsStore } from './sights.store.js';

/** Reads of a board what its bots need, and no more (10 §6.3: once for an advance). */
@Injectable()
export class Sights {
  constructor(private readonly store: SightsStore) {}

  async of(tx: Tx, roster: Roster, requesterId: string | null): Promise<BoardSight> {
    const active = roster.bots.filter(({ state }) => state.status === 'active');
    const needs = active.map(({ behavior }) => needsOf(behavior));
    if (!needs.some(needsSight)) return { ...blind, ticks: roster.ticks };
    const { leaderboardId } = roster;
    const ranks = [...new Set(needs.flatMap((need) => need.ranks))];
    const followed = active.flatMap(({ state }) => state.referenceId ?? []);
    const ids = needs.some(({ reference }) => reference) ? [...new Set([...followed, ...listOf(requesterId)])] : [];
    const humansAt = ranks.length > 0 ? await this.store.humansAt(tx, leaderboardId, ranks) : [];
    const ranked = asks(needs, ['playerRank']);
    const humans = ids.length > 0 ? await this.store.humans(tx, leaderboardId, ids, { ranked }) : [];
    const botRanks = asks(needs, ['rank']) ? await this.store.botRanks(tx, leaderboardId) : new Map<string, number>();
    const counted = asks(needs, ['rank', 'topScore', 'humanCount', 'participantCount']);
    const counts = counted ? await this.store.counts(tx, leaderboardId) : noCounts;
    const byId = new Map(humans.map(({ participantId, score, rank }) => [participantId, { score, rank }]));
    const byRank = new Map(humansAt.map(({ rank, score }) => [rank, score]));
    const last = humansAt.at(-1)?.score ?? null;
    return {
      ...counts,
      humanScoreAt: (rank) => byRank.get(rank) ?? last,
      requesterId,
      human: (id) => byId.get(id) ?? null,
      botRank: (id) => botRanks.get(id) ?? null,
      ticks: roster.ticks,
    };
  }
}

const noCounts = { topScore: 0, humanCount: 0, participantCount: 0 };
const blind: BoardSight = {
  ...noCounts,
  humanScoreAt: () => null,
  requesterId: null,
  human: () => null,
  botRank: () => null,
  ticks: 0,
};

function asks(needs: readonly BotNeeds[], names: readonly string[]): boolean {
  return needs.some(({ variables }) => names.some((name) => variables.has(name)));
}

function listOf(id: string | null): string[] {
  return id === null ? [] : [id];
}
