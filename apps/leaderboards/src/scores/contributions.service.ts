import { Injectable } from '@nestjs/common';
import type { ScoreAggregation } from '@kraty/contracts/events';
import { Database, type Tx } from '@kraty/platform/persistence';
import { MergedPlayers } from '../merges/merged-players.service.js';
import { Tally, type Entry, type Write } from './contribution.js';
import { ContributionsStore } from './contributions.store.js';
import { ScoresStore, type EntryRow } from './scores.store.js';
import type { Standing } from './standing.js';

/** Writes of one transaction. Each player in it is a lock, and PostgreSQL has room for 64 a connection it allows. */
const writesATransactionMax = 500;

/** A write with how its board counts. */
export interface CountedWrite extends Write {
  aggregation: ScoreAggregation;
}

/** One row that a transaction is about. */
interface TouchedRow {
  leaderboardId: string;
  playerId: string;
  aggregation: ScoreAggregation;
}

/** Applies writes to boards that keep the latest or add up, exactly once and whatever their order (06 §5.1). */
@Injectable()
export class Contributions {
  constructor(
    private readonly database: Database,
    private readonly store: ContributionsStore,
    private readonly players: MergedPlayers,
    private readonly scores: ScoresStore,
  ) {}

  /**
   * Rows of players who have just come to such boards, under the locks of whoever counts writes for them: a row that
   * appears between its reading and its writing would get the revision of another one, and the index would keep the first.
   *
   * @throws 503 `player_locked`, see `MergedPlayers`
   */
  async register(standings: readonly Standing[]): Promise<EntryRow[]> {
    if (standings.length === 0) return [];
    return this.database.transaction(async (tx) => {
      await this.players.lock(
        tx,
        standings.map(({ participantId }) => participantId),
      );
      return this.scores.apply(standings, tx);
    });
  }

  /**
   * The rows of open boards that were written to, as they stand.
   *
   * @throws 503 `player_locked`, see `MergedPlayers`
   */
  async apply(writes: readonly CountedWrite[]): Promise<EntryRow[]> {
    const rows: EntryRow[] = [];
    for (let from = 0; from < writes.length; from += writesATransactionMax) {
      const part = writes.slice(from, from + writesATransactionMax);
      const touched = part.map(({ leaderboardId, playerId, aggregation }) => ({
        leaderboardId,
        playerId,
        aggregation,
      }));
      const sourceIds = part.map(({ sourceId }) => sourceId);
      const written = await this.database.transaction((tx) =>
        this.within(tx, touched, sourceIds, (tally, open) => {
          for (const write of part) if (open.has(write.leaderboardId)) tally.apply(write);
        }),
      );
      rows.push(...written);
    }
    return rows;
  }

  /**
   * Reads what the rows are made of under their players' locks, lets `change` work on it, and writes what has changed.
   * `change` may only write to boards that are open.
   *
   * @returns the rows, and those of other periods that moved with them
   * @throws 503 `player_locked`, see `MergedPlayers`
   */
  async within(
    tx: Tx,
    touched: readonly TouchedRow[],
    sourceIds: readonly string[],
    change: (tally: Tally, open: ReadonlySet<string>) => void,
  ): Promise<EntryRow[]> {
    const aggregations = new Map(touched.map(({ leaderboardId, aggregation }) => [leaderboardId, aggregation]));
    const showing = distinctRows(touched.filter(({ aggregation }) => aggregation === 'latest'));
    // Sent at once and run one after the other: what is read behind the locks is what their holders have left.
    const [, open, contributions] = await Promise.all([
      this.players.lock(
        tx,
        touched.map(({ playerId }) => playerId),
      ),
      this.store.lockOpen(tx, aggregations.keys()),
      this.store.contributions(tx, [...new Set(sourceIds)], showing),
    ]);
    const rows = distinctRows([...touched, ...contributions]);
    const tally = new Tally(
      contributions,
      await this.store.entries(tx, rows),
      // Only a board that adds up has rows that move with another period.
      (leaderboardId) => aggregations.get(leaderboardId) ?? 'sum',
    );
    change(tally, open);
    const changed = tally.rows.filter(isShown);
    await this.store.save(tx, tally.contributions, changed);
    const own = distinctRows(touched).map(({ leaderboardId, playerId }) => tally.entryOf(leaderboardId, playerId));
    const shown = new Set([...own.filter((entry) => entry !== null).filter(isShown), ...changed]);
    return [...shown]
      .filter(({ leaderboardId }) => !aggregations.has(leaderboardId) || open.has(leaderboardId))
      .map(toRow);
  }
}

/** A row that an operator has removed stays away, whatever its player reaches (04 §6). */
function isShown({ isRemoved }: Entry): boolean {
  return !isRemoved;
}

function distinctRows<R extends { leaderboardId: string; playerId: string }>(rows: readonly R[]): R[] {
  return [...new Map(rows.map((row) => [`${row.leaderboardId} ${row.playerId}`, row])).values()];
}

function toRow({ leaderboardId, participantId, score, achievedAtMs, joinedOnly, revision }: Entry): EntryRow {
  return { leaderboardId, participantId, kind: 'player', score, achievedAtMs, joinedOnly, revision };
}
