import { Injectable } from '@nestjs/common';
import type { Tx } from '@kraty/platform/persistence';
import { Ranks } from '../ranks/ranks.service.js';
import { ScoresStore } from '../scores/scores.store.js';
import { covers, overallRank, type Crowd, type CrowdQuestion, type ToldCrowd } from './crowd.js';
import { SightsStore, type BoardCounts } from './sights.store.js';

/** Up to here a board is counted row by row, in milliseconds; beyond, the rank index is asked. Participants. */
export const countedRowsMax = 10_000;
/** Without the index a larger board is counted for the same question no more often than this. Milliseconds. */
const keptMs = 5_000;
const keptMax = 1_000;
/** Boards remembered as small. */
const smallMax = 100_000;

/** What a look at all rows has found, but for ranks of humans. */
interface Counted extends BoardCounts {
  botRanks: ReadonlyMap<string, number>;
  humanScores: ReadonlyMap<number, number>;
  last: number | null;
  topScore: number;
}

/** Finds out where bots stand among very many, without counting them each time (10 §6.3). */
@Injectable()
export class Crowds {
  private readonly kept = new Map<string, { counted: Counted; untilMs: number }>();
  /** Boards that were no larger than `countedRowsMax` when they were last counted. */
  private readonly small = new Set<string>();

  constructor(
    private readonly ranks: Ranks,
    private readonly rows: SightsStore,
    private readonly scores: ScoresStore,
  ) {}

  /** What the index says of a large board. To be asked before a transaction: nobody's locks wait for Redis then. */
  async ahead(question: CrowdQuestion): Promise<ToldCrowd> {
    return { question, crowd: await this.fromIndex(question) };
  }

  /** The board ends: its rows alone say where everybody stands, however many there are. */
  async last(tx: Tx, question: CrowdQuestion): Promise<Crowd> {
    return this.fromRows(tx, question, await this.counted(tx, question));
  }

  /** @param told by `ahead`; the index is asked again where that was for other bots or players */
  async of(tx: Tx, question: CrowdQuestion, told: ToldCrowd | null): Promise<Crowd> {
    const isTold = told !== null && covers(told.question, question);
    const crowd = isTold ? told.crowd : await this.fromIndex(question);
    return crowd ?? this.fromRows(tx, question, await this.countedOrKept(tx, question));
  }

  /** Null for a small board, and while the index does not answer. */
  private async fromIndex(question: CrowdQuestion): Promise<Crowd | null> {
    const { leaderboardId, botIds, humanIds, humanRanks, asksTopScore } = question;
    if (this.small.has(leaderboardId)) return null;
    const places = await this.ranks.places(leaderboardId, [...botIds, ...humanIds]);
    if (places === null || places.participantCount <= countedRowsMax) return null;
    const { participantCount, ranks } = places;
    const botRanks = botIds.flatMap((id) => ranks.get(id) ?? []).toSorted((left, right) => left - right);
    const humanCount = participantCount - botRanks.length;
    const atLeast = (rank: number): number => overallRank(Math.min(rank, humanCount), botRanks);
    const wanted = [...(asksTopScore ? [1] : []), ...(humanCount === 0 ? [] : humanRanks.map(atLeast))];
    const scores = await this.ranks.scoresAt(leaderboardId, wanted);
    if (scores === null) return null;
    const topScore = asksTopScore ? scores.shift()! : 0;
    const byRank = new Map(humanRanks.map((rank, at) => [rank, scores[at] ?? null]));
    return {
      topScore,
      participantCount,
      humanCount,
      rankOf: (id) => ranks.get(id) ?? null,
      humanScoreAt: (rank) => byRank.get(rank) ?? null,
    };
  }

  private async fromRows(tx: Tx, { leaderboardId, humanIds }: CrowdQuestion, counted: Counted): Promise<Crowd> {
    const { participantCount, humanCount, botRanks, humanScores, last, topScore } = counted;
    const humans = humanIds.length > 0 ? await this.scores.ranks(leaderboardId, humanIds, tx) : null;
    return {
      topScore,
      participantCount,
      humanCount,
      rankOf: (id) => humans?.get(id)?.rank ?? botRanks.get(id) ?? null,
      humanScoreAt: (rank) => humanScores.get(rank) ?? last,
    };
  }

  /** Kept only of a board that is dear to count. */
  private async countedOrKept(tx: Tx, question: CrowdQuestion): Promise<Counted> {
    const name = nameOf(question);
    const known = this.kept.get(name);
    if (known && known.untilMs > performance.now()) return known.counted;
    const counted = await this.counted(tx, question);
    if (this.kept.size >= keptMax) this.kept.clear();
    this.kept.delete(name);
    const isLarge = counted.participantCount > countedRowsMax;
    if (isLarge) this.kept.set(name, { counted, untilMs: performance.now() + keptMs });
    this.noteSize(question.leaderboardId, isLarge);
    return counted;
  }

  private noteSize(leaderboardId: string, isLarge: boolean): void {
    this.small.delete(leaderboardId);
    if (isLarge) return;
    if (this.small.size >= smallMax) this.small.clear();
    this.small.add(leaderboardId);
  }

  private async counted(tx: Tx, question: CrowdQuestion): Promise<Counted> {
    const { leaderboardId, ranksBots, humanRanks, asksTopScore } = question;
    const counts = await this.rows.counts(tx, leaderboardId);
    const botRanks = ranksBots ? await this.rows.botRanks(tx, leaderboardId) : new Map<string, number>();
    const humansAt = humanRanks.length > 0 ? await this.rows.humansAt(tx, leaderboardId, humanRanks) : [];
    const humanScores = new Map(humansAt.map(({ rank, score }) => [rank, score]));
    const topScore = asksTopScore ? await this.rows.topScore(tx, leaderboardId) : 0;
    return { ...counts, botRanks, humanScores, last: humansAt.at(-1)?.score ?? null, topScore };
  }
}

/** What of a question decides what is counted for it. */
function nameOf({ leaderboardId, ranksBots, humanRanks, asksTopScore }: CrowdQuestion): string {
  return [leaderboardId, ranksBots, asksTopScore, ...humanRanks].join(' ');
}
