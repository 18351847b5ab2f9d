import { Injectable } from '@nestjs/common';
import type { Tx } from '@kraty/platform/persistence';
import type { BoardSight } from './bot.js';
import { needsOf, needsSight, type BotNeeds } from './bot-needs.js';
import type { Crowd, CrowdQuestion } from './crowd.js';
import { Crowds } from './crowds.service.js';
import { isOnBoard, type Roster } from './roster.js';
import { SightsStore } from './sights.store.js';

/** Ranks among humans that are looked up by reading the rows down to them. */
const nearRankMax = 1_000;

interface Occasion {
  requesterId: string | null;
  /** The board ends, and this is what its bots see last. */
  isLast: boolean;
}

/** Reads of a board what its bots need, and no more (10 §6.3: once for an advance). */
@Injectable()
export class Sights {
  constructor(
    private readonly store: SightsStore,
    private readonly crowds: Crowds,
  ) {}

  /**
   * @param toStep to which the bots are about to go: those that stand there already look at nothing, so that however many
   *   players write, a board is looked at once a step
   */
  async of(tx: Tx, roster: Roster, toStep: number, { requesterId, isLast }: Occasion): Promise<BoardSight> {
    const going = roster.bots.filter(({ state }) => state.status === 'active' && state.lastStep < toStep);
    const needs = going.map(({ behavior }) => needsOf(behavior));
    if (!needs.some(needsSight)) return { ...blind, ticks: roster.ticks };
    const { leaderboardId } = roster;
    const ranks = [...new Set(needs.flatMap((need) => need.ranks))];
    const near = ranks.filter((rank) => rank <= nearRankMax);
    const followed = going.flatMap(({ state }) => state.referenceId ?? []);
    const ids = needs.some(({ reference }) => reference) ? [...new Set([...followed, ...listOf(requesterId)])] : [];
    const humansAt = near.length > 0 ? await this.store.humansAt(tx, leaderboardId, near) : [];
    const humans = ids.length > 0 ? await this.store.humans(tx, leaderboardId, ids) : [];
    const topScore = asks(needs, ['topScore']) ? await this.store.topScore(tx, leaderboardId) : 0;
    const far = ranks.filter((rank) => rank > nearRankMax);
    const question: CrowdQuestion = {
      leaderboardId,
      botIds: roster.bots.filter(({ state }) => isOnBoard(state)).map(({ participantId }) => participantId),
      ranksBots: asks(needs, ['rank']),
      humanIds: asks(needs, ['playerRank']) ? humans.map(({ participantId }) => participantId) : [],
      humanRanks: far,
    };
    const isAsked =
      asks(needs, ['rank', 'humanCount', 'participantCount']) || far.length + question.humanIds.length > 0;
    const crowd = isAsked ? await this.crowds.of(tx, question, isLast) : nobody;
    const byId = new Map(humans.map(({ participantId, score }) => [participantId, score]));
    const byRank = new Map(humansAt.map(({ rank, score }) => [rank, score]));
    const last = humansAt.at(-1)?.score ?? null;
    return {
      topScore,
      participantCount: crowd.participantCount,
      humanCount: crowd.humanCount,
      humanScoreAt: (rank) => (rank > nearRankMax ? crowd.humanScoreAt(rank) : (byRank.get(rank) ?? last)),
      requesterId,
      human: (id) => humanOf(id, byId, crowd),
      botRank: (id) => crowd.rankOf(id),
      ticks: roster.ticks,
    };
  }
}

const nobody: Crowd = { participantCount: 0, humanCount: 0, rankOf: () => null, humanScoreAt: () => null };
const blind: BoardSight = {
  topScore: 0,
  humanCount: 0,
  participantCount: 0,
  humanScoreAt: () => null,
  requesterId: null,
  human: () => null,
  botRank: () => null,
  ticks: 0,
};

function humanOf(
  id: string,
  scores: ReadonlyMap<string, number>,
  crowd: Crowd,
): { score: number; rank: number } | null {
  const score = scores.get(id);
  return score === undefined ? null : { score, rank: crowd.rankOf(id) ?? 0 };
}

function asks(needs: readonly BotNeeds[], names: readonly string[]): boolean {
  return needs.some(({ variables }) => names.some((name) => variables.has(name)));
}

function listOf(id: string | null): string[] {
  return id === null ? [] : [id];
}
