import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { lateFactsDays } from '../scores/late-facts.js';
import { ClearingStore, type DueList } from './clearing.store.js';

const everyMs = 60_000;
const dayMs = 86_400_000;
/**
 * From where an attempt's next period counts is known as long as the attempt may write: a window lasts 366 days at most
 * (05 §4), and its last facts may come as late as all others.
 */
const baselineDays = 366 + lateFactsDays;
/** A list whose clearing ended with its process is taken up again after this time. Milliseconds. */
const againAfterMs = 10 * 60_000;
const listsARoundMax = 200;
/** Small enough not to hold locks for long. */
const rowsABatch = 5_000;
const batchesARoundMax = 40;

/**
 * Clears frozen lists of what only writes need: what each attempt has counted, and which writes bots have stepped with.
 * A frozen list takes no write, and by then no fact of its time can come again. A list that never resets keeps all of it:
 * an operator may still set the score of an attempt that ran out (05 §9.6), and a sum moves by the difference.
 */
@Injectable()
export class ClearingWorker extends RepeatingWorker {
  constructor(
    private readonly store: ClearingStore,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    super({ name: 'clearing of frozen lists', everyMs, logger });
  }

  /** One round; any number of instances may run it. */
  override async round(): Promise<void> {
    const now = this.clock.now();
    const lists = await this.store.take(now, new Date(now.getTime() + againAfterMs), listsARoundMax);
    let batches = batchesARoundMax;
    for (const list of lists) {
      if (batches > 0) batches = await this.clear(list, now, batches);
      else await this.store.putOff(list.leaderboardId, now);
    }
  }

  /** Batches that are left of the round; a list that was not finished is due at once. */
  private async clear({ leaderboardId, frozenAt, isPart }: DueList, now: Date, batchesMax: number): Promise<number> {
    const baselinesUntil = new Date(frozenAt.getTime() + baselineDays * dayMs);
    const keepsBaselines = isPart && now < baselinesUntil;
    let batches = batchesMax;
    const emptied = async (deleteSome: (rowsMax: number) => Promise<number>): Promise<boolean> => {
      while (batches > 0) {
        batches -= 1;
        if ((await deleteSome(rowsABatch)) < rowsABatch) return true;
      }
      return false;
    };
    const isDone =
      (await emptied((rows) => this.store.ticks(leaderboardId, rows))) &&
      (await emptied((rows) =>
        keepsBaselines
          ? this.store.pastContributions(leaderboardId, rows)
          : this.store.contributions(leaderboardId, rows),
      ));
    const next = keepsBaselines ? baselinesUntil : null;
    await this.store.putOff(leaderboardId, isDone ? next : now);
    return batches;
  }
}
