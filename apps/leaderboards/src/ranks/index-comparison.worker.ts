import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Metrics } from '@kraty/platform/telemetry';
import { BoardsStore } from '../boards/boards.store.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import { differsFromRow } from './member.js';
import { RanksStore } from './ranks.store.js';

const everyMs = 10_000;
/** A board is compared again after this time. Milliseconds. */
const againAfterMs = 15 * 60_000;
/** Boards and rows looked at in one round, so that comparing stays a small part of the load. */
const boardsARound = 20;
const rowsARoundMax = 200_000;
const pageRows = 2_000;
/** What was committed a moment ago, who has left as well, may be on its way to the index. Milliseconds. */
const patienceMs = 500;
const firstParticipant = '00000000-0000-0000-0000-000000000000';

/**
 * Holds live boards against their rank index, a few at a time, and has an index made anew that has drifted, whatever the
 * reason: a bug, a hand in Redis, a lost write (06 §7.2).
 */
@Injectable()
export class IndexComparisonWorker extends RepeatingWorker {
  private readonly drifted: ReturnType<Metrics['counter']>;

  constructor(
    private readonly index: RanksStore,
    private readonly boards: BoardsStore,
    private readonly scores: ScoresStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    super({ name: 'index comparison', everyMs, logger });
    this.drifted = metrics.counter(
      'rank_index_drifted_total',
      'Rank indexes that differed from their rows and were made anew',
    );
  }

  /** One round; instances share the boards, because each takes those that were compared longest ago. */
  override async round(): Promise<void> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - againAfterMs);
    let rows = 0;
    for (const leaderboardId of await this.boards.takeForComparison(before, now, boardsARound)) {
      rows += await this.compare(leaderboardId);
      if (rows > rowsARoundMax) return;
    }
  }

  /** Rows looked at. An index that is not complete is not compared: whoever needs it builds it. */
  async compare(leaderboardId: string): Promise<number> {
    let seen = 0;
    for (let after = firstParticipant; ;) {
      const rows = await this.scores.page(leaderboardId, after, pageRows);
      const differing = await this.differing(leaderboardId, rows);
      if (differing === null) return seen;
      seen += rows.length;
      if (differing.length > 0 && (await this.stillDiffers(leaderboardId, differing))) {
        await this.repair(leaderboardId, differing.length);
        return seen;
      }
      if (rows.length < pageRows) break;
      after = rows.at(-1)!.participantId;
    }
    if ((await this.hasStrangers(leaderboardId)) && (await this.stillHasStrangers(leaderboardId))) {
      await this.repair(leaderboardId, 0);
    }
    return seen;
  }

  private async differing(leaderboardId: string, rows: readonly EntryRow[]): Promise<EntryRow[] | null> {
    const held = await this.index.held(
      leaderboardId,
      rows.map(({ participantId }) => participantId),
    );
    return held && rows.filter((row, at) => differsFromRow(row, held[at]!));
  }

  /** The same rows as they are now: what was on its way has arrived by then. */
  private async stillDiffers(leaderboardId: string, rows: readonly EntryRow[]): Promise<boolean> {
    await pause();
    const differing = await this.differing(leaderboardId, rows);
    return differing !== null && differing.length > 0;
  }

  /** The index holds somebody who has no row. */
  private async hasStrangers(leaderboardId: string): Promise<boolean> {
    const size = await this.index.size(leaderboardId);
    // Counted after the index: rows are there before it hears of them.
    return size !== null && size > (await this.scores.count(leaderboardId));
  }

  /** Rows are also taken away before it hears of that: bots quit. */
  private async stillHasStrangers(leaderboardId: string): Promise<boolean> {
    await pause();
    return this.hasStrangers(leaderboardId);
  }

  private async repair(leaderboardId: string, rows: number): Promise<void> {
    this.drifted.inc();
    this.logger.warn({ leaderboardId, rows }, 'a rank index has drifted from its rows and is made anew');
    await this.index.discard(leaderboardId);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, patienceMs));
}
