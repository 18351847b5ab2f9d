import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { GrantRow } from '../grants/grant.js';
import { grantFact } from '../grants/grants.facts.js';
import type { GrantDraft } from '../grants/grant-draft.js';
import { GrantWritesStore } from '../grants/grant-writes.store.js';
import { distinctInOrder, type PayoutOrder } from './payout.js';
import { orderOfTried, PayoutsStore, type RolledPayout } from './payouts.store.js';
import { RollsService } from './rolls.service.js';

/** Makes the grants of due payouts: each payout once for ever, whatever is delivered how often (07 §5.2). */
@Injectable()
export class PayoutsService {
  constructor(
    private readonly database: Database,
    private readonly rolls: RollsService,
    private readonly store: PayoutsStore,
    private readonly grants: GrantWritesStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Idempotent by payout key. */
  async pay(due: readonly PayoutOrder[]): Promise<void> {
    const orders = distinctInOrder(due);
    if (orders.length === 0) return;
    // One instant for the batch: a grant expires whole days after its `createdAt`, to the millisecond (07 §8).
    const now = this.clock.now();
    const rolled = await this.rolls.roll(orders, now);
    const staged = await this.database.transaction((tx) => this.write(tx, rolled, now));
    await this.outbox.carry(staged);
  }

  private async write(tx: Tx, rolled: readonly RolledPayout[], now: Date): Promise<Staged> {
    const fresh = await this.store.insert(tx, rolled, now);
    const rows = await this.insertGrants(tx, fresh, now);
    return this.outbox.stage(
      tx,
      rows.map((row) => grantFact('created', row, now)),
    );
  }

  /**
   * Makes a payout that failed after all, as the player it belongs to by now; null when it has not failed, or not any
   * more. The row is locked from here on; the grants are the caller's to insert.
   */
  async takeOver(tx: Tx, rolled: RolledPayout): Promise<RolledPayout | null> {
    const { scope, payoutKey } = rolled.order;
    const tried = await this.store.lock(tx, scope, payoutKey);
    if (tried?.outcome !== 'failed') return null;
    await this.store.mend(tx, rolled);
    return { ...rolled, order: orderOfTried(scope, payoutKey, tried) ?? rolled.order };
  }

  /** The grants of payouts whose row this transaction holds. */
  async insertGrants(tx: Tx, payouts: readonly RolledPayout[], now: Date): Promise<GrantRow[]> {
    const drafts = payouts.flatMap((payout) => draftsOf(payout, now));
    return this.grants.insert(tx, drafts, now);
  }
}

function draftsOf({ order, grants, expiresAt }: RolledPayout, now: Date): GrantDraft[] {
  const { scope, playerId, externalPlayerId, payoutKey, sourceKind, sourceRefId } = order;
  return grants.map(({ kind, contents }, ordinal) => ({
    ...{ scope, playerId, externalPlayerId, payoutKey, sourceKind, sourceRefId, ordinal, kind, contents, expiresAt },
    id: uuidV7(now.getTime()),
    ...(kind === 'reward' && { rolledAt: now }),
  }));
}
