import { Injectable } from '@nestjs/common';
import type { Idempotency, Scope } from '@kraty/contracts/common';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore, type RecordedReply } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { staffGrantOf, type GrantRow } from '../grants/grant.js';
import { grantFact } from '../grants/grants.facts.js';
import { PayoutReadsStore } from '../payouts/payout-reads.store.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { PayoutsStore, type RolledPayout } from '../payouts/payouts.store.js';
import { RollsService } from '../payouts/rolls.service.js';
import { actFact, operatorAct } from './operator-acts.facts.js';
import { RetryOrdersService } from './retry-orders.service.js';

export interface RetryRoll {
  operator: Operator;
  scope: Scope;
  attemptId: string;
  reason: string | null;
  idempotency: Idempotency | null;
}

const nothingStaged: Staged = { envelopes: [] };

interface Answered {
  answer: RecordedReply & { replayed: boolean };
  staged: Staged;
}

/** Rolls again what an attempt should have paid and has not (07 §12, 04 §8.3). */
@Injectable()
export class RetryRollsService {
  constructor(
    private readonly database: Database,
    private readonly orders: RetryOrdersService,
    private readonly rolls: RollsService,
    private readonly payouts: PayoutsService,
    private readonly store: PayoutsStore,
    private readonly reads: PayoutReadsStore,
    private readonly idempotency: IdempotencyStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws not_found, conflict (attempt_not_completed, grants_already_linked, settles_at_window_close, roll_failed),
   * 503 while events, leaderboards or the economy are away
   */
  async retry(command: RetryRoll): Promise<RecordedReply & { replayed: boolean }> {
    const { scope, idempotency } = command;
    const [known] = idempotency ? await this.idempotency.lookup(this.database, [{ scope, idempotency }]) : [];
    if (known) return { ...known, replayed: true };
    const order = await this.orders.orderFor(scope, command.attemptId);
    const now = this.clock.now();
    const [rolled] = order ? await this.rolls.roll([order], now, true) : [];
    const { answer, staged } = await this.database.transaction((tx) => this.write(tx, command, rolled ?? null, now));
    await this.outbox.carry(staged);
    return answer;
  }

  private async write(tx: Tx, command: RetryRoll, rolled: RolledPayout | null, now: Date): Promise<Answered> {
    const { scope, idempotency } = command;
    const known = await this.idempotency.begin(tx, scope, idempotency);
    if (known) return { answer: { ...known, replayed: true }, staged: nothingStaged };
    const rows = rolled ? await this.payOnce(tx, rolled, now) : [];
    const auditId = uuidV7(now.getTime());
    const grants = rows.map((row) => staffGrantOf(row, now));
    const answer = { status: 200, reply: JSON.stringify({ grants, grantCount: grants.length, auditId }) };
    await this.idempotency.record(tx, scope, idempotency, answer);
    const facts = [...rows.map((row) => grantFact('created', row, now)), this.actFact(command, auditId, grants.length)];
    return { answer: { ...answer, replayed: false }, staged: await this.outbox.stage(tx, facts) };
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

  private actFact({ operator, scope, attemptId, reason }: RetryRoll, auditId: string, grantCount: number) {
    const target = { type: 'attempt', id: attemptId, label: null };
    const details = { auditId, action: 'grant.retry_reward_roll', target, reason, metadata: { grantCount } };
    return actFact(operatorAct(operator, scope, details, this.clock.now()));
  }
}
