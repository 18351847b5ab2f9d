import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox } from '@kraty/platform/facts';
import { GroupCommit, type Settled } from '@kraty/platform/group-commit';
import { Database } from '@kraty/platform/persistence';
import { Metrics } from '@kraty/platform/telemetry';
import { FreshStartsStore, type FreshStart } from './fresh-starts.store.js';
import type { StartLook } from './start-look.js';
import { StartStore, type LookCall } from './start.store.js';

/** One batch is put together while the other waits for the disk. */
const lanes = 2;
const batchMax = 128;
/** In each lane; whoever comes then is told that the system is busy. */
const waitingMax = 1_024;
const batchBuckets = [1, 2, 4, 8, 16, 32, 64, 128];

/** What became of a start that was written: whoever waits for `shown` finds the player on the board. */
export interface WrittenStart {
  shown: Promise<unknown>;
}

/** Starts that come together look together and are written together, each judged alone. */
@Injectable()
export class StartsTogether {
  private readonly looks: GroupCommit<LookCall, StartLook>;
  private readonly writes: GroupCommit<FreshStart, WrittenStart | null>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly store: StartStore,
    private readonly fresh: FreshStartsStore,
    metrics: Metrics,
  ) {
    const sizes = metrics.histogram('start_batch_calls', 'Starts written together.', { buckets: batchBuckets });
    const bounds = { lanes, batchMax, waitingMax };
    this.looks = new GroupCommit({
      ...bounds,
      keyOf: ({ playerId }) => playerId,
      write: async (calls) => (await this.store.looks(this.database, calls)).map(done),
    });
    this.writes = new GroupCommit({
      ...bounds,
      keyOf: ({ attempt }) => attempt.playerId,
      write: (starts) => {
        sizes.observe(starts.length);
        return this.writeAll(starts);
      },
    });
  }

  look(call: LookCall): Promise<StartLook> {
    return this.looks.submit(call);
  }

  /** Null = the look no longer holds, and nothing of the start was written. */
  write(start: FreshStart): Promise<WrittenStart | null> {
    return this.writes.submit(start);
  }

  /** All that still hold are committed together. */
  private async writeAll(starts: readonly FreshStart[]): Promise<Settled<WrittenStart | null>[]> {
    const firsts = inOrder(starts);
    const { granted, staged } = await this.database.transaction(async (tx) => {
      const ids = await this.fresh.grant(tx, firsts);
      const made = firsts.filter(({ attempt }) => ids.has(attempt.id));
      const { envelopes, columns } = this.outbox.envelopes(made.flatMap(({ facts }) => facts));
      if (made.length > 0) await this.fresh.keep(tx, made, columns, this.clock.now());
      return { granted: new Set(made), staged: { envelopes } };
    });
    const shown = this.outbox.carry(staged, { awaitApplied: ['leaderboards'] });
    return starts.map((start) => done(granted.has(start) ? { shown } : null));
  }
}

/** Of two starts of one player and event the first is written; the other one looks again and finds its attempt. */
export function inOrder(starts: readonly FreshStart[]): FreshStart[] {
  const firsts = new Map<string, FreshStart>();
  for (const start of starts) {
    const key = `${start.attempt.playerId}:${start.attempt.eventId}`;
    if (!firsts.has(key)) firsts.set(key, start);
  }
  return [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, start]) => start);
}

const done = <R>(value: R): Settled<R> => ({ ok: true, value });
