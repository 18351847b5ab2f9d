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

/** Names one row of one player. */
interface RowName {
  leaderboardId: string;
  playerId: string;
}

/** One row that a transaction is about. */
interface TouchedRow extends RowName {
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
   * The rows of open boards that were written to, as they stand. `standings`, of boards that keep the best, are applied
   * with the first of them: one commit instead of two. Of more writes than fit into a transaction some may be committed when
   * it throws; repeating them changes nothing.
   *
   * @throws 503 `player_locked`, see `MergedPlayers`
   */
  async apply(writes: readonly CountedWrite[], standings: readonly Standing[] = []): Promise<EntryRow[]> {
    if (writes.length === 0) return this.scores.apply(standings);
    const rows: EntryRow[] = [];
    for (let from = 0; from < writes.length; from += writesATransactionMax) {
      const part = writes.slice(from, from + writesATransactionMax);
      const beside = from === 0 ? standings : [];
      // Sent in one turn, so that the statement of the standings travels with what is read first.
      const written = await this.database.transaction((tx) =>
        Promise.all([this.count(tx, part), this.scores.apply(beside, tx)]),
      );
      rows.push(...written.flat());
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
    const rows = distinctRows(touched);
    const showing = rows.filter(({ aggregation }) => aggregation === 'latest');
    // Sent at once and run one after the other: what is read behind the locks is what their holders have left.
    const [, open, contributions, entries] = await Promise.all([
      this.players.lock(
        tx,
        touched.map(({ playerId }) => playerId),
      ),
      this.store.lockOpen(tx, aggregations.keys()),
      this.store.contributions(tx, [...new Set(sourceIds)], showing),
      this.store.entries(tx, rows),
    ]);
    // Only a board that adds up has rows that move with another period.
    const aggregationOf = (leaderboardId: string): ScoreAggregation => aggregations.get(leaderboardId) ?? 'sum';
    const others = await this.store.entries(tx, rowsBesides(rows, contributions));
    const tally = new Tally(contributions, [...entries, ...others], aggregationOf);
    change(tally, open);
    const changed = tally.rows.filter(isShown);
    await this.store.save(tx, tally.contributions, changed);
    const own = rows.map(({ leaderboardId, playerId }) => tally.entryOf(leaderboardId, playerId));
    const shown = new Set([...own.filter((entry) => entry !== null).filter(isShown), ...changed]);
    return [...shown]
      .filter(({ leaderboardId }) => !aggregations.has(leaderboardId) || open.has(leaderboardId))
      .map(toRow);
  }

  private count(tx: Tx, writes: readonly CountedWrite[]): Promise<EntryRow[]> {
    const sourceIds = writes.map(({ sourceId }) => sourceId);
    return this.within(tx, writes, sourceIds, (tally, open) => {
      for (const write of writes) if (open.has(write.leaderboardId)) tally.apply(write);
    });
  }
}

/** A row that an operator has removed stays away, whatever its player reaches (04 §6). */
function isShown({ isRemoved }: Entry): boolean {
  return !isRemoved;
}

/** Rows of other periods and boards that sources have written to. */
function rowsBesides(known: readonly RowName[], contributions: readonly RowName[]): RowName[] {
  const names = new Set(known.map(nameOf));
  return distinctRows(contributions.filter((row) => !names.has(nameOf(row))));
}

function nameOf({ leaderboardId, playerId }: RowName): string {
  return `${leaderboardId} ${playerId}`;
}

function distinctRows<R extends RowName>(rows: readonly R[]): R[] {
  return [...new Map(rows.map((row) => [nameOf(row), row])).values()];
}

function toRow({ leaderboardId, participantId, score, achievedAtMs, joinedOnly, revision }: Entry): EntryRow {
  return { leaderboardId, participantId, kind: 'player', score, achievedAtMs, joinedOnly, revision };
}
