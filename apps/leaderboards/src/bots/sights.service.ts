import { Injectable } from '@nestjs/common';
import type { Tx } from '@kraty/platform/persistence';
import type { BoardSight } from './bot.js';
import { needsOf, needsSight, type BotNeeds } from './bot-needs.js';
import type { Crowd, CrowdQuestion, ToldCrowd } from './crowd.js';
import { Crowds } from './crowds.service.js';
import { isOnBoard, type Roster } from './roster.js';
import { SightsStore } from './sights.store.js';

/** Ranks among humans that are looked up by reading the rows down to them. */
const nearRankMax = 1_000;

interface Occasion {
  requesterId: string | null;
  /** The board ends, and this is what its bots see last. */
  isLast: boolean;
  /** What the index said before anything was locked. */
  told: ToldCrowd | null;
}

/** What bots that have a step to go ask of their board. */
interface Look {
  /** Ranks among humans down to which rows are read. */
  near: number[];
  /** Players whose scores are asked for. */
  playerIds: string[];
  asksTopScore: boolean;
  /** Null when nobody asks where somebody stands, or how many do. */
  question: CrowdQuestion | null;
}

/** What of a look came from rows. */
interface Seen {
  humansAt: readonly { rank: number; score: number }[];
  humans: readonly { participantId: string; score: number }[];
  topScore: number;
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
  async of(tx: Tx, roster: Roster, toStep: number, { requesterId, isLast, told }: Occasion): Promise<BoardSight> {
    const look = lookOf(roster, toStep, requesterId);
    if (!look) return { ...blind, ticks: roster.ticks };
    const seen = await this.seen(tx, roster.leaderboardId, look);
    const crowd = await this.crowdOf(tx, look.question, isLast, told);
    return { ...sightOf(seen, crowd), requesterId, ticks: roster.ticks };
  }

  /**
   * What the index says for a look at the board that is about to be taken, to be asked before anything is locked.
   *
   * @param roster as it was last seen
   */
  async ahead(roster: Roster, toStep: number, requesterId: string | null): Promise<ToldCrowd | null> {
    const question = lookOf(roster, toStep, requesterId)?.question;
    return question ? this.crowds.ahead(question) : null;
  }

  private async seen(tx: Tx, leaderboardId: string, { near, playerIds, asksTopScore }: Look): Promise<Seen> {
    const humansAt = near.length > 0 ? await this.store.humansAt(tx, leaderboardId, near) : [];
    const humans = playerIds.length > 0 ? await this.store.humans(tx, leaderboardId, playerIds) : [];
    const topScore = asksTopScore ? await this.store.topScore(tx, leaderboardId) : 0;
    return { humansAt, humans, topScore };
  }

  private async crowdOf(
    tx: Tx,
    question: CrowdQuestion | null,
    isLast: boolean,
    told: ToldCrowd | null,
  ): Promise<Crowd> {
    if (!question) return nobody;
    return isLast ? this.crowds.last(tx, question) : this.crowds.of(tx, question, told);
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

/** Null when none of the bots with a step to go looks at anything. */
function lookOf(roster: Roster, toStep: number, requesterId: string | null): Look | null {
  const going = roster.bots.filter(({ state }) => state.status === 'active' && state.lastStep < toStep);
  const needs = going.map(({ behavior }) => needsOf(behavior));
  if (!needs.some(needsSight)) return null;
  const ranks = [...new Set(needs.flatMap((need) => need.ranks))];
  const followed = going.flatMap(({ state }) => state.referenceId ?? []);
  const players = needs.some(({ reference }) => reference) ? [...followed, ...listOf(requesterId)] : [];
  const playerIds = [...new Set(players)];
  const far = ranks.filter((rank) => rank > nearRankMax);
  return {
    near: ranks.filter((rank) => rank <= nearRankMax),
    playerIds,
    asksTopScore: asks(needs, ['topScore']),
    question: questionOf(roster, needs, playerIds, far),
  };
}

function questionOf(
  { leaderboardId, bots }: Roster,
  needs: readonly BotNeeds[],
  playerIds: readonly string[],
  humanRanks: readonly number[],
): CrowdQuestion | null {
  const humanIds = asks(needs, ['playerRank']) ? playerIds : [];
  const isAsked = asks(needs, ['rank', 'humanCount', 'participantCount']) || humanRanks.length + humanIds.length > 0;
  if (!isAsked) return null;
  const botIds = bots.filter(({ state }) => isOnBoard(state)).map(({ participantId }) => participantId);
  return { leaderboardId, botIds, ranksBots: asks(needs, ['rank']), humanIds, humanRanks };
}

function sightOf({ humansAt, humans, topScore }: Seen, crowd: Crowd): Omit<BoardSight, 'requesterId' | 'ticks'> {
  const byId = new Map(humans.map(({ participantId, score }) => [participantId, score]));
  const byRank = new Map(humansAt.map(({ rank, score }) => [rank, score]));
  const last = humansAt.at(-1)?.score ?? null;
  return {
    topScore,
    participantCount: crowd.participantCount,
    humanCount: crowd.humanCount,
    humanScoreAt: (rank) => (rank > nearRankMax ? crowd.humanScoreAt(rank) : (byRank.get(rank) ?? last)),
    human: (id) => humanOf(id, byId, crowd),
    botRank: (id) => crowd.rankOf(id),
  };
}

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
