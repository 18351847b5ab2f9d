import { Injectable } from '@nestjs/common';
import type { Idempotency, Scope } from '@kraty/contracts/common';
import type { StaffGrant } from '@kraty/contracts/grants';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import type { Reply } from '@kraty/platform/messaging';
import { OperatorWrites, type Written } from '@kraty/platform/operator-writes';
import type { Tx } from '@kraty/platform/persistence';
import { staffGrantOf, type GrantRow } from '../grants/grant.js';
import { grantFact } from '../grants/grants.facts.js';
import { PayoutReadsStore } from '../payouts/payout-reads.store.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { PayoutsStore, type RolledPayout } from '../payouts/payouts.store.js';
import { RollsService } from '../payouts/rolls.service.js';
import { RetryOrdersService } from './retry-orders.service.js';

export interface RetryRoll {
  operator: Operator;
  scope: Scope;
  attemptId: string;
  reason: string | null;
  idempotency: Idempotency | null;
}

interface RetriedRoll {
  grants: StaffGrant[];
  grantCount: number;
  auditId: string;
}

/** Rolls again what an attempt should have paid and has not (07 §12, 04 §8.3). */
@Injectable()
export class RetryRollsService {
  constructor(
    private readonly orders: RetryOrdersService,
    private readonly rolls: RollsService,
    private readonly payouts: PayoutsService,
    private readonly store: PayoutsStore,
    private readonly reads: PayoutReadsStore,
    private readonly writes: OperatorWrites,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws not_found, conflict (attempt_not_completed, grants_already_linked, settles_at_window_close, roll_failed),
   * 503 while events, leaderboards or the economy are away
   */
  async retry(command: RetryRoll): Promise<Reply<RetriedRoll>> {
    const { scope: game, operator, idempotency } = command;
    return this.writes.runWith<RetriedRoll, RolledPayout | null>(
      { game, operator, idempotency },
      () => this.roll(command),
      (tx, rolled, auditId) => this.write(tx, command, rolled, auditId),
    );
  }

  private async roll({ scope, attemptId }: RetryRoll): Promise<RolledPayout | null> {
    const order = await this.orders.orderFor(scope, attemptId);
    const [rolled] = order ? await this.rolls.roll([order], this.clock.now(), true) : [];
    return rolled ?? null;
  }

  private async write(tx: Tx, command: RetryRoll, rolled: RolledPayout | null, auditId: string): Promise<Written> {
    const { scope, attemptId, reason } = command;
    const now = this.clock.now();
    const rows = rolled ? await this.payOnce(tx, rolled, now) : [];
    const grants = rows.map((row) => staffGrantOf(row, now));
    const grantCount = grants.length;
    const answer: RetriedRoll = { grants, grantCount, auditId };
    const externalPlayerId = rolled?.order.externalPlayerId ?? null;
    const act = {
      environment: scope.environment,
      action: 'grant.retry_reward_roll',
      target: { type: 'attempt', id: attemptId, label: externalPlayerId },
      ...{ reason, metadata: { grantCount, externalPlayerId } },
    };
    return { answer, facts: rows.map((row) => grantFact('created', row, now)), act };
  }

  /** Of two simultaneous retries, or a retry and the engine, one writes the payout; the other finds what it gave. */
  private async payOnce(tx: Tx, rolled: RolledPayout, now: Date): Promise<GrantRow[]> {
    const { scope, payoutKey } = rolled.order;
    if (rolled.outcome === 'failed') {
      throw fail('conflict', rolled.failure ?? 'the roll failed again', {
        reason: 'roll_failed',
        error: rolled.failure,
      });
    }
    const [fresh] = await this.store.insert(tx, [rolled], now);
    // One that failed is mended, one that gave nothing gives nothing again.
    const mine = fresh ?? (await this.payouts.takeOver(tx, rolled));
    const given = await this.reads.grantsIn(tx, scope, [payoutKey]);
    if (given.length > 0) {
      const grantIds = given.map(({ id }) => id);
      throw fail('conflict', 'the attempt has its grants', { reason: 'grants_already_linked', grantIds });
    }
    return mine ? this.payouts.insertGrants(tx, [mine], now) : [];
  }
}
