import { Injectable } from '@nestjs/common';
import type { Tx } from '@kraty/platform/persistence';
import { Ranks } from '../ranks/ranks.service.js';
import type { Places } from '../ranks/ranks.store.js';
import { ScoresStore } from '../scores/scores.store.js';
import { overallRank, type Crowd, type CrowdQuestion } from './crowd.js';
import { SightsStore, type BoardCounts } from './sights.store.js';

/** Up to here a board is counted row by row, in milliseconds; beyond, the rank index is asked. Participants. */
export const countedRowsMax = 10_000;
/** Without the index a larger board is counted for its bots no more often than this. Milliseconds. */
const keptMs = 5_000;
const keptMax = 1_000;

/** What a look at all rows has found, but for ranks of humans. */
interface Counted extends BoardCounts {
  botRanks: ReadonlyMap<string, number>;
  humanScores: ReadonlyMap<number, number>;
  last: number | null;
}

/** Finds out where bots stand among very many, without counting them each time (10 §6.3). */
@Injectable()
export class Crowds {
  private readonly kept = new Map<string, { counted: Counted; untilMs: number }>();

  constructor(
    private readonly ranks: Ranks,
    private readonly rows: SightsStore,
    private readonly scores: ScoresStore,
  ) {}

  /** @param isLast the board ends: its rows alone say where everybody stands, however many there are */
  async of(tx: Tx, question: CrowdQuestion, isLast: boolean): Promise<Crowd> {
    if (isLast) return this.fromRows(tx, question, await this.counted(tx, question));
    const places = await this.ranks.places(question.leaderboardId, [...question.botIds, ...question.humanIds]);
    const isLarge = places !== null && places.participantCount > countedRowsMax;
    const crowd = isLarge ? await this.fromIndex(question, places) : null;
    return crowd ?? this.fromRows(tx, question, await this.countedOrKept(tx, question));
  }

  private async fromIndex(question: CrowdQuestion, places: Places): Promise<Crowd | null> {
    const { leaderboardId, botIds, humanRanks } = question;
    const { participantCount, ranks } = places;
    const botRanks = botIds.flatMap((id) => ranks.get(id) ?? []).toSorted((left, right) => left - right);
    const humanCount = participantCount - botRanks.length;
    const atLeast = (rank: number): number => overallRank(Math.min(rank, humanCount), botRanks);
    const scores = humanCount === 0 ? [] : await this.ranks.scoresAt(leaderboardId, humanRanks.map(atLeast));
    if (scores === null) return null;
    const byRank = new Map(humanRanks.map((rank, at) => [rank, scores[at] ?? null]));
    return {
      participantCount,
      humanCount,
      rankOf: (id) => ranks.get(id) ?? null,
      humanScoreAt: (rank) => byRank.get(rank) ?? null,
    };
  }

  private async fromRows(tx: Tx, { leaderboardId, humanIds }: CrowdQuestion, counted: Counted): Promise<Crowd> {
    const { participantCount, humanCount, botRanks, humanScores, last } = counted;
    const humans = humanIds.length > 0 ? await this.scores.ranks(leaderboardId, humanIds, tx) : null;
    return {
      participantCount,
      humanCount,
      rankOf: (id) => humans?.get(id)?.rank ?? botRanks.get(id) ?? null,
      humanScoreAt: (rank) => humanScores.get(rank) ?? last,
    };
  }

  /** Kept only of a board that is dear to count; the behaviors of its bots ask for the same all its life. */
  private async countedOrKept(tx: Tx, question: CrowdQuestion): Promise<Counted> {
    const { leaderboardId } = question;
    const known = this.kept.get(leaderboardId);
    if (known && known.untilMs > performance.now()) return known.counted;
    const counted = await this.counted(tx, question);
    if (this.kept.size >= keptMax) this.kept.clear();
    this.kept.delete(leaderboardId);
    if (counted.participantCount > countedRowsMax)
      this.kept.set(leaderboardId, { counted, untilMs: performance.now() + keptMs });
    return counted;
  }

  private async counted(tx: Tx, { leaderboardId, ranksBots, humanRanks }: CrowdQuestion): Promise<Counted> {
    const counts = await this.rows.counts(tx, leaderboardId);
    const botRanks = ranksBots ? await this.rows.botRanks(tx, leaderboardId) : new Map<string, number>();
    const humansAt = humanRanks.length > 0 ? await this.rows.humansAt(tx, leaderboardId, humanRanks) : [];
    const humanScores = new Map(humansAt.map(({ rank, score }) => [rank, score]));
    return { ...counts, botRanks, humanScores, last: humansAt.at(-1)?.score ?? null };
  }
}
