import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { holdingChanged } from '@kraty/contracts/economy';
import { attemptOverridden, attemptScored } from '@kraty/contracts/events';
import { leaderboardPeriodClosed } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { FactBacklog, Outbox, type Staged } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { Freezing } from '../finalization/freezing.service.js';
import { ListChanges } from '../live/list-changes.service.js';
import { PartsStore } from '../parts/parts.store.js';
import { Ranks } from '../ranks/ranks.service.js';
import { untoldWaitMs } from '../scores/late-facts.js';
import { PeriodsStore, type EndedPeriod } from './periods.store.js';

/** How long after its end a period still takes writes that were accepted in it and come late. Milliseconds. */
const lateWritesMs = 60_000;
/** What brings writes. */
const writesTold = [attemptScored, attemptOverridden, holdingChanged];
const periodsARoundMax = 500;

/** Closes ended periods, the oldest first: every segment is ranked for ever, ladders move, and it is told once (06 §8). */
@Injectable()
export class Periods {
  private readonly startedMs: number;

  constructor(
    private readonly database: Database,
    private readonly store: PeriodsStore,
    private readonly parts: PartsStore,
    private readonly definitions: DefinitionsStore,
    private readonly freezing: Freezing,
    private readonly ranks: Ranks,
    private readonly changes: ListChanges,
    private readonly outbox: Outbox,
    private readonly backlog: FactBacklog,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.startedMs = clock.nowMs();
  }

  /** One round; any number of instances may run it. */
  async closeDue(): Promise<void> {
    const by = new Date(this.clock.nowMs() - lateWritesMs);
    const failed = new Set<string>();
    const due = await this.store.due(by, periodsARoundMax);
    const untoldMs = due.length > 0 ? await this.oldestUntoldMs() : Infinity;
    for (const period of due) {
      const board = `${period.leaderboardId} ${period.environment}`;
      // Later periods of the same board wait for it, other boards do not.
      const { endedAt } = period;
      const isTold = untoldMs > endedAt.getTime() + lateWritesMs || this.hasWaited(endedAt);
      if (failed.has(board) || (isTold && (await this.isClosed(period)))) continue;
      failed.add(board);
    }
  }

  /** When the oldest write was told that has not been applied: periods that ended before have all theirs. */
  private async oldestUntoldMs(): Promise<number> {
    try {
      return await this.backlog.oldestMs(writesTold);
    } catch (error) {
      this.logger.warn({ err: error }, 'nobody tells which writes are still to come, so periods stay open for a while');
      return -Infinity;
    }
  }

  /** A process that starts after an outage gives its backlog the same time. What comes later is passed over and counted. */
  private hasWaited(endedAt: Date): boolean {
    return this.clock.nowMs() >= Math.max(endedAt.getTime(), this.startedMs) + untoldWaitMs;
  }

  /** False when it failed: the next round tries again. */
  private async isClosed(period: EndedPeriod): Promise<boolean> {
    try {
      await this.close(period);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, ...period }, 'a period is closed later');
      return false;
    }
  }

  /** Repeatable from wherever it was interrupted. */
  private async close(period: EndedPeriod): Promise<void> {
    const reason = 'window_closed';
    for (const listId of await this.store.openParts(period)) {
      await this.freezing.freeze({ leaderboardId: listId, at: period.endedAt, reason, facts: () => [] });
      const { leaderboardId, endedAt } = period;
      this.changes.tellEnd(listId, { leaderboardId, reason, occurredAt: endedAt.toISOString() });
    }
    await this.retireIndexes(period);
    const staged = await this.database.transaction((tx) => this.seal(tx, period));
    await this.outbox.carry(staged);
  }

  /** Of all segments, also those that were frozen by a process that died: until the period is sealed, each round does. */
  private async retireIndexes({ leaderboardId, environment, startedAt }: EndedPeriod): Promise<void> {
    const parts = await this.parts.parts(leaderboardId, environment, startedAt.getTime());
    for (const { id } of parts) await this.ranks.retire(id);
  }

  private async seal(tx: Tx, period: EndedPeriod): Promise<Staged> {
    const nothing: Staged = { envelopes: [] };
    if (!(await this.store.lock(tx, period))) return nothing;
    // A late write has added a segment meanwhile: the next round freezes it first.
    if ((await this.store.openParts(period, tx)).length > 0) return nothing;
    const { leaderboardId, environment, startedAt, endedAt } = period;
    const definition = await this.definitions.find(leaderboardId);
    if (!definition) throw new Error('a period belongs to a board');
    const parts = await this.parts.parts(leaderboardId, environment, startedAt.getTime(), tx);
    await this.store.close(tx, period, this.clock.now());
    const scope: Scope = { studioId: definition.studioId, gameId: definition.gameId, environment };
    const payload = {
      leaderboardId,
      key: definition.key,
      periodStartedAt: startedAt.toISOString(),
      periodEndedAt: endedAt.toISOString(),
      segments: parts.map(({ segment }) => segment).toSorted(),
    };
    const revision = startedAt.getTime();
    return this.outbox.stage(tx, [
      { type: leaderboardPeriodClosed, scope, aggregateId: leaderboardId, revision, payload },
    ]);
  }
}
