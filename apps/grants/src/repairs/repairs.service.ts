import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { Database, type Tx } from '@kraty/platform/persistence';
import { grantFact } from '../grants/grants.facts.js';
import type { PayoutOrder } from '../payouts/payout.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import type { RolledPayout } from '../payouts/payouts.store.js';
import { RollsService } from '../payouts/rolls.service.js';
import { RepairsStore, type DueRepair, type RepairPlace } from './repairs.store.js';

/** Payouts of one transaction. */
const pageMax = 100;
/** Bounds one turn of a game; what is left waits for the next. */
const pagesATurnMax = 50;
/** Longer than a page can take; a worker that died is replaced after it. */
export const leaseMs = 120_000;
/** Longer than a payout takes from its look at the configuration to its row: one that just fails is seen as well. */
export const settlingMs = 15_000;

/** Makes the payouts that failed for their configuration, now that it is mended (07 §3, §5). */
@Injectable()
export class RepairsService {
  constructor(
    private readonly database: Database,
    private readonly store: RepairsStore,
    private readonly rolls: RollsService,
    private readonly payouts: PayoutsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The configuration of these games has changed. */
  async request(changed: readonly GameScope[]): Promise<void> {
    const games = new Map(changed.map((game) => [game.gameId, game]));
    const dueAt = new Date(this.clock.nowMs() + settlingMs);
    for (const game of games.values()) await this.store.request(game, dueAt);
  }

  /**
   * One turn of a game, on from where the last worker stopped; a failed payout is rolled under its own key, with the
   * revisions of its own pin instant, so that it comes out as it would have.
   *
   * @throws 503 while the economy is away
   */
  async drive(due: DueRepair): Promise<'done' | 'more'> {
    const { after_environment: environment, after_key: payoutKey } = due;
    let after: RepairPlace = { environment: environment ?? '', payoutKey: payoutKey ?? '' };
    for (let page = 0; page < pagesATurnMax; page += 1) {
      const { orders, next } = await this.store.failed(due, after, pageMax);
      await this.repair(orders);
      if (next === null) return 'done';
      await this.store.saveProgress(due, next, new Date(this.clock.nowMs() + leaseMs));
      after = next;
    }
    return 'more';
  }

  private async repair(orders: readonly PayoutOrder[]): Promise<void> {
    const now = this.clock.now();
    const rolled = (await this.rolls.roll(orders, now, true)).filter(({ outcome }) => outcome !== 'failed');
    if (rolled.length === 0) return;
    const staged = await this.database.transaction((tx) => this.write(tx, rolled, now));
    await this.outbox.carry(staged);
  }

  /** Of two workers, or a worker and an operator who repeats the roll, one finds the payout failed. */
  private async write(tx: Tx, rolled: readonly RolledPayout[], now: Date): Promise<Staged> {
    const mine: RolledPayout[] = [];
    for (const payout of rolled) {
      const taken = await this.payouts.takeOver(tx, payout);
      if (taken) mine.push(taken);
    }
    const rows = await this.payouts.insertGrants(tx, mine, now);
    return this.outbox.stage(
      tx,
      rows.map((row) => grantFact('created', row, now)),
    );
  }
}
