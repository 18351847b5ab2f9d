import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import { RanksStore, type RankRead, type RankUpdate } from './ranks.store.js';

/** Rows read from PostgreSQL and gathered in Redis at a time. */
const buildPageRows = 2_000;
/** How long a reader waits for an index that is being built before it reads PostgreSQL. Milliseconds. */
const buildWaitMs = 2_000;
const firstParticipant = '00000000-0000-0000-0000-000000000000';

/** Ranks of live boards, from the index while it is there, from PostgreSQL while it is not (06 §7.2). */
@Injectable()
export class Ranks {
  private readonly building = new Map<string, Promise<void>>();

  constructor(
    private readonly index: RanksStore,
    private readonly scores: ScoresStore,
    private readonly logger: Logger,
  ) {}

  /**
   * Puts committed rows into the index. Never fails: the rows are safe in PostgreSQL, and an index that missed some
   * is not complete any more or will be rebuilt.
   */
  async apply(
    leaderboardId: string,
    rows: readonly EntryRow[],
    watchedIds: readonly string[],
  ): Promise<RankUpdate['standings']> {
    try {
      const update = await this.index.apply(leaderboardId, rows, watchedIds);
      if (update.complete) return update.standings;
      await this.build(leaderboardId);
      return (await this.index.apply(leaderboardId, [], watchedIds)).standings;
    } catch (error) {
      this.logger.warn({ err: error, leaderboardId }, 'the rank index could not be updated');
      return null;
    }
  }

  /** Null when neither the index nor a rebuild answers in time; then `fromRows` does. */
  async read(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead | null> {
    try {
      const read = await this.index.read(leaderboardId, participantId, limit);
      if (read) return read;
      await withinMs(this.build(leaderboardId), buildWaitMs);
      return await this.index.read(leaderboardId, participantId, limit);
    } catch (error) {
      this.logger.warn({ err: error, leaderboardId }, 'the rank index could not be read');
      return null;
    }
  }

  /** The same answer straight from PostgreSQL, in the same order. */
  async fromRows(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead> {
    const [rows, self] = await Promise.all([
      this.scores.top(leaderboardId, limit),
      participantId === null ? null : this.scores.rank(leaderboardId, participantId),
    ]);
    return { version: 'rows', self, rows };
  }

  async watch(leaderboardId: string): Promise<void> {
    await this.index.watch(leaderboardId).catch((error: unknown) => {
      this.logger.warn({ err: error, leaderboardId }, 'a watched board could not be marked');
    });
  }

  async retire(leaderboardId: string): Promise<void> {
    await this.index.retire(leaderboardId).catch((error: unknown) => {
      this.logger.warn({ err: error, leaderboardId }, 'the index of a frozen board stays');
    });
  }

  /** One build a board and process; two processes may build at once, and both come to the same index. */
  private build(leaderboardId: string): Promise<void> {
    const running = this.building.get(leaderboardId);
    if (running) return running;
    const build = this.rebuild(leaderboardId).finally(() => this.building.delete(leaderboardId));
    this.building.set(leaderboardId, build);
    return build;
  }

  private async rebuild(leaderboardId: string): Promise<void> {
    const build = await this.index.begin(leaderboardId);
    let after = firstParticipant;
    for (;;) {
      const rows = await this.scores.page(leaderboardId, after, buildPageRows);
      await this.index.gather(leaderboardId, build, rows);
      if (rows.length < buildPageRows) break;
      after = rows.at(-1)!.participantId;
    }
    await this.index.adopt(leaderboardId, build);
  }
}

async function withinMs(work: Promise<void>, bound: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, bound);
  });
  await Promise.race([work, waited]).finally(() => clearTimeout(timer));
}
