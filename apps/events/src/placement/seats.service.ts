import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { GroupCommit, settled, type Settled } from '@kraty/platform/group-commit';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { EventDefinition } from '../definitions/event-definition.js';
import { boardOpenedFact } from '../windows/window.facts.js';
import { boardOf, type BoardEvent } from './board.js';
import { BoardsStore } from './boards.store.js';
import { seatPlayers } from './groups.js';
import { noLeaderboard, WindowFull, WindowGone } from './placement-refusals.js';
import { SeatsStore, type Cohort } from './seats.store.js';

/** A player who needs a seat in a group of a cohort. */
export interface SeatCall {
  scope: Scope;
  playerId: string;
  event: BoardEvent;
  eventWindowId: string;
  shard: string;
  /** Cohorts of the window from which on this one may not be opened. */
  shardsMax: number;
  /** By the revision the window has pinned. */
  definition: EventDefinition;
}

/** Cohorts that are seated at the same time. Players of one cohort wait in this process, not in the database's pool. */
const lanes = 2;
const batchMax = 200;
const waitingMax = 2_000;
/** Another process may seat the same player in another cohort; more often than this it is not chance. */
const triesMax = 5;

/** Thrown to undo a seating that another process has overtaken; never leaves this file. */
class Overtaken extends Error {}

/**
 * Seats in groups (05 §6.1): the oldest group of a cohort with room, else a new one. Those who wait for one cohort are
 * seated together, under the lock of the cohort and those of its groups, so no group is ever overfull or passed over.
 */
@Injectable()
export class Seats {
  private readonly queue = new GroupCommit<SeatCall, string>({
    lanes,
    batchMax,
    waitingMax,
    keyOf: cohortId,
    write: (batch) => this.seatAll(batch),
  });

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly boards: BoardsStore,
    private readonly store: SeatsStore,
  ) {}

  /**
   * The player's board; the same however often it is asked for in a window.
   *
   * @throws WindowFull
   */
  take(call: SeatCall): Promise<string> {
    return this.queue.submit(call);
  }

  /** A lane may hold several cohorts; each is a transaction of its own. */
  private async seatAll(batch: SeatCall[]): Promise<Settled<string>[]> {
    const seats = new Map<string, Settled<Map<string, string>>>();
    for (const [id, calls] of byCohort(batch)) seats.set(id, await settled(this.seatCohort(calls)));
    return batch.map((call) => {
      const cohort = seats.get(cohortId(call));
      if (!cohort?.ok) return cohort ?? { ok: false, error: noLeaderboard() };
      const board = cohort.value.get(call.playerId);
      return board === undefined ? { ok: false, error: noLeaderboard() } : { ok: true, value: board };
    });
  }

  private async seatCohort(calls: readonly SeatCall[]): Promise<Map<string, string>> {
    for (let attempt = 1; attempt <= triesMax; attempt += 1) {
      try {
        const { seats, staged } = await this.database.transaction((tx) => this.seat(tx, calls));
        await this.outbox.carry(staged);
        return seats;
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
      }
    }
    throw noLeaderboard();
  }

  private async seat(tx: Tx, calls: readonly SeatCall[]): Promise<{ seats: Map<string, string>; staged: Staged }> {
    const [{ scope, event, eventWindowId, shard, shardsMax, definition }] = calls as [SeatCall, ...SeatCall[]];
    const cohort: Cohort = { eventWindowId, environment: scope.environment, shard };
    await this.store.limitWait(tx);
    const window = await this.store.holdWindow(tx, eventWindowId, this.clock.now());
    if (window === null) throw new WindowGone();
    await this.store.lockCohort(tx, cohort);
    const groups = await this.store.lockGroups(tx, cohort, calls.length);
    const ordinal = (await this.store.lastOrdinal(tx, cohort)) + 1;
    const players = calls.map(({ playerId }) => playerId);
    const known = await this.store.taken(tx, cohort, players);
    if (ordinal === 0 && (await this.isFull(tx, cohort, shardsMax))) throw new WindowFull();
    const capacity = definition.board.capacity ?? 1;
    const fresh = players.filter((playerId) => !known.has(playerId));
    const seating = seatPlayers(fresh, groups, { ordinal, capacity, newId: uuidV7 });

    const opened = seating.opened.map((group) =>
      boardOf(event, { ...cohort, ordinal: group.ordinal }, definition, group.leaderboardId),
    );
    if ((await this.boards.insert(tx, opened)).size < opened.length) throw new Overtaken();
    const of = { scope, eventWindowId, now: this.clock.now() };
    if (seating.seats.size > 0 && (await this.store.take(tx, of, seating)) < seating.seats.size) throw new Overtaken();
    const facts = opened.map((board) => boardOpenedFact(board, window, definition));
    return { seats: new Map([...known, ...seating.seats]), staged: await this.outbox.stage(tx, facts) };
  }

  private async isFull(tx: Tx, cohort: Cohort, shardsMax: number): Promise<boolean> {
    return shardsMax < Infinity && (await this.boards.lockedShardCount(tx, cohort)) >= shardsMax;
  }
}

const cohortId = ({ eventWindowId, scope, shard }: SeatCall): string =>
  `${shard} ${scope.environment} ${eventWindowId}`;

function byCohort(batch: readonly SeatCall[]): Map<string, SeatCall[]> {
  const cohorts = new Map<string, SeatCall[]>();
  for (const call of batch) cohorts.set(cohortId(call), [...(cohorts.get(cohortId(call)) ?? []), call]);
  return cohorts;
}
