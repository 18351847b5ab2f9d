import { Injectable } from '@nestjs/common';
import { GroupCommit, type Settled } from '@kraty/platform/group-commit';
import { Metrics } from '@kraty/platform/telemetry';
import { isProgression } from '../catalog/catalog.js';
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
  /** Grants have paid the levels reached, and boards have followed progressions, or they are late. */
  told: Promise<unknown>;
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
        const { outcomes, told } = await batches.write(writes);
        return outcomes.map((outcome) => committedOf(outcome, told));
      },
    });
  }

  /** @throws what the write is refused with; 503 when too many wait */
  async write(write: Write): Promise<Written> {
    const { written, told } = await this.writes.submit(write);
    if (written.applied && movesProgression(write, written)) await told;
    return written;
  }
}

/** What follows another resource is a progression, too; levels are of such alone. */
function movesProgression({ deltas, catalog }: Write, { derived }: Written): boolean {
  return derived.length > 0 || deltas.some((delta) => isProgression(delta, catalog));
}

function committedOf(outcome: WriteOutcome, told: Promise<unknown>): Settled<Committed> {
  return outcome.ok ? { ok: true, value: { written: outcome.value, told } } : outcome;
}
