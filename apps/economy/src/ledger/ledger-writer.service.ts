import { Injectable } from '@nestjs/common';
import { GroupCommit, type Settled } from '@kraty/platform/group-commit';
import { Metrics } from '@kraty/platform/telemetry';
import { LedgerBatches } from './ledger-batches.service.js';
import type { Write, WriteOutcome, Written } from './write.js';

/** One batch computes while the other waits for the disk; more would only make smaller batches. */
const lanes = 2;
const batchWritesMax = 256;
const waitingWritesMax = 2_048;
const batchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** A write that is committed, and what its answer may wait for. */
interface Committed {
  written: Written;
  /** Grants have paid the levels reached, or are late. */
  paid: Promise<unknown>;
}

/** The one door to the ledger: writes that arrive together are committed together (08 §4.1). */
@Injectable()
export class LedgerWriter {
  private readonly writes: GroupCommit<Write, Committed>;

  constructor(batches: LedgerBatches, metrics: Metrics) {
    const sizes = metrics.histogram('ledger_batch_writes', 'Writes of the ledger committed together.', {
      buckets: batchBuckets,
    });
    this.writes = new GroupCommit({
      lanes,
      batchMax: batchWritesMax,
      waitingMax: waitingWritesMax,
      keyOf: ({ player }) => player.playerId,
      write: async (writes) => {
        sizes.observe(writes.length);
        const { outcomes, paid } = await batches.write(writes);
        return outcomes.map((outcome) => committedOf(outcome, paid));
      },
    });
  }

  /** @throws what the write is refused with; 503 when too many wait */
  async write(write: Write): Promise<Written> {
    const { written, paid } = await this.writes.submit(write);
    if (written.applied && written.derived.some(({ paidLevels }) => paidLevels.length > 0)) await paid;
    return written;
  }
}

function committedOf(outcome: WriteOutcome, paid: Promise<unknown>): Settled<Committed> {
  return outcome.ok ? { ok: true, value: { written: outcome.value, paid } } : outcome;
}
