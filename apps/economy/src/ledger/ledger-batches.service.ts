import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type OutboxColumns, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { InventoryStreams } from '../streams/inventory-streams.service.js';
import { Batch, madeBy, mayPayLevels, touchedBy } from './batch.js';
import { actFact, levelFact, rowFact } from './ledger.facts.js';
import { LedgerStore } from './ledger.store.js';
import { inLockOrder } from './owned-resource.js';
import { RecordsStore } from './records.store.js';
import type { Write, WriteOutcome } from './write.js';

/** Tries of a batch of which a name was taken in between: the next look finds the name. */
const triesMax = 3;
const uniqueViolation = '23505';

/** What has been committed and is still to be told. */
export interface CommittedBatch {
  batch: Batch;
  staged: Staged;
  levels: Staged;
}

/** Many writes of any players in one transaction: four or five statements, however many they are (08 §4.1). */
@Injectable()
export class LedgerBatches {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerStore,
    private readonly records: RecordsStore,
    private readonly streams: InventoryStreams,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** All or nothing: when it throws, nothing of the batch persists. Answers before grants have paid levels. */
  async write(writes: readonly Write[]): Promise<{ outcomes: WriteOutcome[]; paid: Promise<unknown> }> {
    const committed = await this.committed(writes);
    const paid = this.tell(committed).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'a committed batch could not be told at once; the relay brings its facts');
    });
    return { outcomes: committed.batch.outcomes, paid };
  }

  /** In a transaction of the caller, who tells of it after the commit. */
  async writeIn(tx: Tx, writes: readonly Write[]): Promise<CommittedBatch> {
    const batch = await this.judged(tx, writes);
    const staged = this.outbox.envelopes([...batch.rows.map(rowFact), ...batch.acts.map(actFact)]);
    const levels = this.outbox.envelopes(batch.levels.map((level) => levelFact(level, this.clock.now())));
    if (batch.movedHoldings.length > 0 || batch.named.length > 0) {
      await this.ledger.write(tx, {
        at: this.clock.now(),
        moved: batch.movedHoldings,
        rows: batch.rows,
        named: batch.named,
        levels: batch.levels,
        outbox: joined(staged.columns, levels.columns),
      });
    }
    return { batch, staged, levels };
  }

  /** After the commit: to the streams of players, then to other contexts. The promise awaits the levels' grants. */
  async tell({ batch, staged, levels }: CommittedBatch): Promise<void> {
    this.streams.tell(batch.rows);
    const carried = this.outbox.carry(staged);
    if (levels.envelopes.length > 0) await this.outbox.carry(levels, { awaitApplied: ['grants'] });
    await carried;
  }

  private async committed(writes: readonly Write[]): Promise<CommittedBatch> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.database.transaction((tx) => this.writeIn(tx, writes));
      } catch (error) {
        if (tries >= triesMax || !isNameTaken(error)) throw error;
      }
    }
  }

  /**
   * Locks first, names second: under the locks of its holdings a twin sees what the first call has recorded. Twins
   * that share no holding meet at the name itself.
   */
  private async judged(tx: Tx, writes: readonly Write[]): Promise<Batch> {
    const locked = inLockOrder(writes.flatMap(touchedBy));
    const made = inLockOrder(writes.flatMap(madeBy));
    const holdings = await this.ledger.lock(tx, locked, made, this.clock.now());
    const recorded = await this.records.read(tx, writes);
    const paidLevels = await this.records.paidLevels(tx, playersOf(writes.filter(mayPayLevels)));
    const at = this.clock.now();
    const newLedgerId = () => uuidV7(at.getTime());
    const batch = new Batch({ at, newLedgerId, locked, holdings, recorded, paidLevels });
    writes.forEach((write, place) => batch.take(write, place));
    await this.ledger.deleteUnused(tx, batch.unused(made));
    return batch;
  }
}

function playersOf(writes: readonly Write[]) {
  const players = new Map(
    writes.map(({ scope, player }) => [
      `${scope.gameId}${scope.environment}${player.playerId}`,
      { scope, playerId: player.playerId },
    ]),
  );
  return [...players.values()];
}

function isNameTaken(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === uniqueViolation;
}

function joined(a: OutboxColumns, b: OutboxColumns): OutboxColumns {
  return {
    ids: [...a.ids, ...b.ids],
    subjects: [...a.subjects, ...b.subjects],
    payloads: [...a.payloads, ...b.payloads],
    headers: [...a.headers, ...b.headers],
  };
}
