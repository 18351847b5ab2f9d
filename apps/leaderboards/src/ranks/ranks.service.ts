import { Injectable } from '@nestjs/common';
import { isTransient } from '@kraty/platform/errors';
import { Logger } from '@kraty/platform/logging';
import { atMost } from '@kraty/platform/waiting';
import { BoardsStore } from '../boards/boards.store.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import {
  RanksStore,
  watchedSeconds,
  type GoneRow,
  type Places,
  type RankedRow,
  type RankRead,
  type RankUpdate,
} from './ranks.store.js';
import { RowReads } from './row-reads.service.js';

/** Rows read from PostgreSQL and gathered in Redis at a time. */
const buildPageRows = 2_000;
/** How long a reader waits for an index that is being built before it reads PostgreSQL. Milliseconds. */
const buildWaitMs = 2_000;
/** How often one that waits for another process's build looks. Milliseconds. */
const buildLookMs = 50;
/** After a failure Redis is left alone this long: a silent one would cost every caller its whole time-out. Milliseconds. */
const pauseAfterFailureMs = 1_000;
/**
 * How long a write that found the board watched speaks for the next ones, should Redis lose the mark: gateways renew it
 * within this time. Milliseconds.
 */
const watchHeardMs = 20_000;
/** Boards remembered as watched. */
const watchedMax = 20_000;
const firstParticipant = '00000000-0000-0000-0000-000000000000';

/** Ranks of live boards, from the index while it is there, from PostgreSQL while it is not (06 §7.2). */
@Injectable()
export class Ranks {
  private readonly building = new Map<string, Promise<void>>();
  private readonly watchedUntilMs = new Map<string, number>();
  private leftAloneUntilMs = 0;

  constructor(
    private readonly index: RanksStore,
    private readonly rows: RowReads,
    private readonly scores: ScoresStore,
    private readonly boards: BoardsStore,
    private readonly logger: Logger,
  ) {}

  /**
   * Puts committed rows into the index and takes out those `gone`. Redis never fails it: a miss is counted where it
   * survives this process, and the index is made anew. Standings of `watchedIds` are told when somebody streams the board,
   * also while there is no index.
   */
  async apply(
    leaderboardId: string,
    rows: readonly EntryRow[],
    watchedIds: readonly string[],
    gone: readonly GoneRow[] = [],
  ): Promise<RankUpdate['standings']> {
    const update = await this.attempt(leaderboardId, () => this.index.apply(leaderboardId, rows, watchedIds, gone));
    if (update?.watched) this.noteWatched(leaderboardId, watchHeardMs);
    // Redis was flushed and is built again, and its mark of who watches is not: gateways renew it, a moment later.
    const markIsLost = update?.complete && !update.watched && this.isWatched(leaderboardId);
    if (update?.complete && !markIsLost) return update.standings;
    if (update === null && rows.length + gone.length > 0) await this.boards.missIndex(leaderboardId);
    if (update !== null && !update.complete) void this.build(leaderboardId);
    if (watchedIds.length === 0 || !this.isWatched(leaderboardId)) return null;
    const ranks = await this.scores.ranks(leaderboardId, watchedIds);
    return watchedIds.map((participantId) => ranks.get(participantId) ?? null);
  }

  /** Rows of several boards, which nobody streams or which no player's progress has changed. */
  async applyAll(rows: readonly EntryRow[]): Promise<void> {
    const byBoard = groupByBoard(rows);
    await Promise.all([...byBoard].map(([leaderboardId, ofBoard]) => this.apply(leaderboardId, ofBoard, [])));
  }

  /** Null when neither the index nor a rebuild answers in time; then `fromRows` does. */
  async read(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead | null> {
    return this.attempt(leaderboardId, async () => {
      const read = await this.index.read(leaderboardId, participantId, limit);
      if (read) return read;
      await atMost(buildWaitMs, this.build(leaderboardId));
      return this.index.read(leaderboardId, participantId, limit);
    });
  }

  /** The same answer straight from PostgreSQL, in the same order. */
  fromRows(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead> {
    return this.rows.read(leaderboardId, participantId, limit);
  }

  /** The first rows, for whoever looks at many lists: an index that is away is not made for it. */
  async top(leaderboardId: string, limit: number): Promise<RankedRow[]> {
    const read = await this.attempt(leaderboardId, () => this.index.read(leaderboardId, null, limit));
    return (read ?? (await this.fromRows(leaderboardId, null, limit))).rows;
  }

  /** Null while the index does not answer, or is not complete: nobody waits for it here. */
  async places(leaderboardId: string, participantIds: readonly string[]): Promise<Places | null> {
    return this.attempt(leaderboardId, () => this.index.places(leaderboardId, participantIds));
  }

  /** Scores at places counted from the top; null as above, or when the board has not so many. */
  async scoresAt(leaderboardId: string, ranks: readonly number[]): Promise<number[] | null> {
    const scores = await this.attempt(leaderboardId, () => this.index.scoresAt(leaderboardId, ranks));
    return scores?.every((score) => score !== null) ? scores : null;
  }

  /** Rows have gone from the board: whoever needs the index next makes it anew. */
  async remake(leaderboardId: string): Promise<void> {
    const discarded = await this.attempt(leaderboardId, async () => {
      await this.index.discard(leaderboardId);
      return true;
    });
    if (discarded === null) await this.boards.missIndex(leaderboardId);
  }

  async watch(leaderboardId: string): Promise<void> {
    this.noteWatched(leaderboardId, watchedSeconds * 1_000);
    await this.attempt(leaderboardId, () => this.index.watch(leaderboardId));
  }

  /** Participants in the index; null when it is not complete. */
  async size(leaderboardId: string): Promise<number | null> {
    return this.attempt(leaderboardId, () => this.index.size(leaderboardId));
  }

  /** Discards the index and begins another; readers are answered meanwhile. */
  async rebuildAnew(leaderboardId: string): Promise<void> {
    await this.attempt(leaderboardId, () => this.index.discard(leaderboardId));
    void this.build(leaderboardId);
  }

  /** Not left out while Redis is left alone: nobody would ask for it a second time. */
  async retire(leaderboardId: string): Promise<void> {
    await this.index.retire(leaderboardId).catch((error: unknown) => {
      this.logger.warn({ err: error, leaderboardId }, 'the index of a frozen board stays');
    });
  }

  /** Remembered here as well: while Redis is away nobody else knows. */
  private noteWatched(leaderboardId: string, forMs: number): void {
    if (this.watchedUntilMs.size >= watchedMax) this.watchedUntilMs.clear();
    const known = this.watchedUntilMs.get(leaderboardId) ?? 0;
    this.watchedUntilMs.set(leaderboardId, Math.max(known, performance.now() + forMs));
  }

  private isWatched(leaderboardId: string): boolean {
    return (this.watchedUntilMs.get(leaderboardId) ?? 0) > performance.now();
  }

  /** Null when Redis fails, or has failed a moment ago. */
  private async attempt<T>(leaderboardId: string, work: () => Promise<T>): Promise<T | null> {
    if (performance.now() < this.leftAloneUntilMs) return null;
    try {
      return await work();
    } catch (error) {
      if (isTransient(error)) this.leftAloneUntilMs = performance.now() + pauseAfterFailureMs;
      this.logger.warn({ err: error, leaderboardId }, 'the rank index does not answer');
      return null;
    }
  }

  /** One build a board and process; it goes on when those who asked for it wait no longer. */
  private build(leaderboardId: string): Promise<void> {
    const running = this.building.get(leaderboardId);
    if (running) return running;
    const build = this.rebuild(leaderboardId).finally(() => this.building.delete(leaderboardId));
    build.catch((error: unknown) => this.logger.debug({ err: error, leaderboardId }, 'a rank index was not built'));
    this.building.set(leaderboardId, build);
    return build;
  }

  private async rebuild(leaderboardId: string): Promise<void> {
    const start = await this.index.begin(leaderboardId);
    if (start === 'built') return;
    if (start === 'busy') return this.builtElsewhere(leaderboardId);
    let after = firstParticipant;
    for (;;) {
      const rows = await this.scores.page(leaderboardId, after, buildPageRows);
      if (!(await this.index.gather(leaderboardId, start.build, rows))) return;
      if (rows.length < buildPageRows) break;
      after = rows.at(-1)!.participantId;
    }
    await this.index.adopt(leaderboardId, start.build);
  }

  private async builtElsewhere(leaderboardId: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < buildWaitMs; waitedMs += buildLookMs) {
      await new Promise((resolve) => setTimeout(resolve, buildLookMs));
      if ((await this.index.read(leaderboardId, null, 0)) !== null) return;
    }
  }
}

export function groupByBoard<T extends { leaderboardId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.leaderboardId);
    if (group) group.push(row);
    else groups.set(row.leaderboardId, [row]);
  }
  return groups;
}
