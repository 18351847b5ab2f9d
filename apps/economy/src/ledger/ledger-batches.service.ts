import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type OutboxColumns, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { InventoryStreams } from '../streams/inventory-streams.service.js';
import { isProgression } from '../catalog/catalog.js';
import { Batch, madeBy, mayPayLevels, touchedBy } from './batch.js';
import { actFact, levelFact, rowFact } from './ledger.facts.js';
import type { Holding } from './ledger.js';
import { LedgerStore } from './ledger.store.js';
import type { LedgerRow } from './movement.js';
import { MergedAwayError } from './merged-away.js';
import { inLockOrder, ownerId, type OwnedResource, type Owner } from './owned-resource.js';
import { OwnersStore } from './owners.store.js';
import { RecordsStore } from './records.store.js';
import { ownerOf, type Write, type WriteOutcome } from './write.js';

/** Tries of a batch of which a name was taken in between, or a player merged away: the next look finds it. */
const triesMax = 4;
const uniqueViolation = '23505';

/** What has been committed and is still to be told. */
export interface CommittedBatch {
  batch: Batch;
  staged: Staged;
  /** Changes of progressions: boards may rank by them. */
  ranked: Staged;
  levels: Staged;
}

/** Many writes of any players in one transaction: four or five statements, however many they are (08 §4.1). */
@Injectable()
export class LedgerBatches {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerStore,
    private readonly records: RecordsStore,
    private readonly owners: OwnersStore,
    private readonly streams: InventoryStreams,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * All or nothing: when it throws, nothing of the batch persists. Answers before grants have paid levels and boards
   * have followed progressions, which `told` awaits.
   */
  async write(writes: readonly Write[]): Promise<{ outcomes: WriteOutcome[]; told: Promise<unknown> }> {
    const committed = await this.committed(writes);
    const told = this.tell(committed).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'a committed batch could not be told at once; the relay brings its facts');
    });
    return { outcomes: committed.batch.outcomes, told };
  }

  /** In a transaction of the caller, who tells of it after the commit. */
  async writeIn(tx: Tx, writes: readonly Write[]): Promise<CommittedBatch> {
    const batch = await this.judged(tx, writes);
    const { progressions, others } = byKind(batch.rows, writes);
    const staged = this.outbox.envelopes([...others.map(rowFact), ...batch.acts.map(actFact)]);
    const ranked = this.outbox.envelopes(progressions.map(rowFact));
    const levels = this.outbox.envelopes(batch.levels.map((level) => levelFact(level, this.clock.now())));
    if (batch.movedHoldings.length > 0 || batch.named.length > 0 || batch.levels.length > 0) {
      await this.ledger.write(tx, {
        at: this.clock.now(),
        moved: batch.movedHoldings,
        rows: batch.rows,
        named: batch.named,
        levels: batch.levels,
        outbox: joined([staged.columns, ranked.columns, levels.columns]),
      });
    }
    return { batch, staged, ranked, levels };
  }

  /**
   * After the commit: to the streams of players, then to other contexts. The promise awaits the grants of levels, and
   * the boards that rank by a progression (06 §13).
   */
  async tell({ batch, staged, ranked, levels }: CommittedBatch): Promise<void> {
    this.streams.tell(batch.rows);
    await Promise.all([
      this.outbox.carry(staged),
      this.outbox.carry(ranked, { awaitApplied: ['leaderboards'] }),
      this.outbox.carry(levels, { awaitApplied: ['grants'] }),
    ]);
  }

  private async committed(writes: readonly Write[]): Promise<CommittedBatch> {
    let addressed = writes;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.database.transaction((tx) => this.writeIn(tx, addressed));
      } catch (error) {
        if (tries >= triesMax) throw error;
        if (error instanceof MergedAwayError) addressed = addressed.map((write) => error.readdressed(write));
        else if (!isNameTaken(error)) throw error;
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
    await this.refuseMerged(tx, locked, holdings);
    const recorded = await this.records.read(tx, writes);
    const paidLevels = await this.records.paidLevels(tx, playersOf(writes.filter(mayPayLevels)));
    const at = this.clock.now();
    const newLedgerId = () => uuidV7(at.getTime());
    const batch = new Batch({ at, newLedgerId, locked, holdings, recorded, paidLevels });
    writes.forEach((write, place) => batch.take(write, place));
    await this.ledger.deleteUnused(tx, batch.unused(made));
    return batch;
  }

  /**
   * Who was merged away holds nothing, so nobody is asked about as long as all there is to lock was there before. What
   * was made here was made behind the player's fence: a merge is over, and seen by this look, or waits for this
   * transaction.
   *
   * @throws MergedAwayError
   */
  private async refuseMerged(
    tx: Tx,
    locked: readonly OwnedResource[],
    holdings: readonly (Holding | null)[],
  ): Promise<void> {
    const doubtful = locked.filter((_, at) => isUntouched(holdings[at] ?? null));
    if (doubtful.length === 0) return;
    const owners = await this.owners.read(tx, distinctOwners(doubtful));
    if (owners.size > 0) throw new MergedAwayError(owners);
  }
}

function isUntouched(holding: Holding | null): boolean {
  return holding === null || (holding.revision === 0 && !holding.initialPaid);
}

function distinctOwners(owners: readonly Owner[]): Owner[] {
  return [...new Map(owners.map((owner) => [ownerId(owner), owner])).values()];
}

function playersOf(writes: readonly Write[]): Owner[] {
  return distinctOwners(writes.map(ownerOf));
}

function isNameTaken(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === uniqueViolation;
}

/** Rows of progressions apart: a batch that has none waits for no board. */
function byKind(rows: readonly LedgerRow[], writes: readonly Write[]) {
  const catalogs = new Map(writes.map(({ scope, catalog }) => [scope.gameId, catalog]));
  const progressions: LedgerRow[] = [];
  const others: LedgerRow[] = [];
  for (const row of rows) {
    const catalog = catalogs.get(row.movement.scope.gameId);
    (isProgression(row, catalog) ? progressions : others).push(row);
  }
  return { progressions, others };
}

function joined(columns: readonly OutboxColumns[]): OutboxColumns {
  return {
    ids: columns.flatMap(({ ids }) => ids),
    subjects: columns.flatMap(({ subjects }) => subjects),
    payloads: columns.flatMap(({ payloads }) => payloads),
    headers: columns.flatMap(({ headers }) => headers),
  };
}
