import { Injectable } from '@nestjs/common';
import type { Tx } from '@kraty/platform/persistence';
import type { BoardSight } from './bot.js';
import { needsOf, needsSight, type BotNeeds } from './bot-needs.js';
import type { Crowd, CrowdQuestion, ToldCrowd } from './crowd.js';
import { Crowds } from './crowds.service.js';
import { isOnBoard, type Roster } from './roster.js';
import { SightsStore } from './sights.store.js';

interface Occasion {
  requesterId: string | null;
  /** The board ends, and this is what its bots see last. */
  isLast: boolean;
  /** What the index said before anything was locked. */
  told: ToldCrowd | null;
}

/** What bots that have a step to go ask of their board. */
interface Look {
  /** Players whose scores are asked for. */
  playerIds: string[];
  /** Null when nobody asks where somebody stands, who stands somewhere, or how many do. */
  question: CrowdQuestion | null;
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
    const { playerIds } = look;
    const humans = playerIds.length > 0 ? await this.store.humans(tx, roster.leaderboardId, playerIds) : [];
    const crowd = await this.crowdOf(tx, look.question, isLast, told);
    return { ...sightOf(humans, crowd), requesterId, ticks: roster.ticks };
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

const nobody: Crowd = {
  topScore: 0,
  participantCount: 0,
  humanCount: 0,
  rankOf: () => null,
  humanScoreAt: () => null,
};
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
  return { playerIds, question: questionOf(roster, needs, playerIds, ranks) };
}

function questionOf(
  { leaderboardId, bots }: Roster,
  needs: readonly BotNeeds[],
  playerIds: readonly string[],
  humanRanks: readonly number[],
): CrowdQuestion | null {
  const humanIds = asks(needs, ['playerRank']) ? playerIds : [];
  const asksTopScore = asks(needs, ['topScore']);
  const isCounted = asks(needs, ['rank', 'humanCount', 'participantCount']);
  const isAsked = isCounted || asksTopScore || humanRanks.length + humanIds.length > 0;
  if (!isAsked) return null;
  const botIds = bots.filter(({ state }) => isOnBoard(state)).map(({ participantId }) => participantId);
  return { leaderboardId, botIds, ranksBots: asks(needs, ['rank']), humanIds, humanRanks, asksTopScore };
}

function sightOf(
  humans: readonly { participantId: string; score: number }[],
  crowd: Crowd,
): Omit<BoardSight, 'requesterId' | 'ticks'> {
  const byId = new Map(humans.map(({ participantId, score }) => [participantId, score]));
  return {
    topScore: crowd.topScore,
    participantCount: crowd.participantCount,
    humanCount: crowd.humanCount,
    humanScoreAt: (rank) => crowd.humanScoreAt(rank),
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
