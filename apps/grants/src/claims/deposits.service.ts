import { Injectable } from '@nestjs/common';
import { applyOperation, type ApplyOperation } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { busy, Failure } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { grantFact } from '../grants/grants.facts.js';
import { scopeOf, type GrantRow } from '../grants/grant.js';
import { deltasOf, originOf } from './claim.js';
import { ClaimsStore } from './claims.store.js';

/** Shorter than the gateway's own patience, so that the player still gets our 503. */
const depositDeadlineMs = 4_000;
const serverFaultStatus = 500;

/** Steps 2 and 3 of 07 §11; whoever finds a requested row may take them, any number of times. */
@Injectable()
export class DepositsService {
  constructor(
    private readonly database: Database,
    private readonly store: ClaimsStore,
    private readonly messenger: Messenger,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Deposits what a requested grant holds and makes it claimed. Null when another claimer finished first.
   *
   * @throws conflict (balance_limit) with the request withdrawn; 503 with the request standing
   */
  async complete(row: GrantRow): Promise<GrantRow | null> {
    await this.deposit(row);
    const now = this.clock.now();
    const { claimed, staged } = await this.database.transaction(async (tx) => {
      const finished = await this.store.finish(tx, row.id, now);
      const facts = finished ? [grantFact('claimed', finished, now)] : [];
      return { claimed: finished, staged: await this.outbox.stage(tx, facts) };
    });
    await this.outbox.carry(staged);
    return claimed;
  }

  private async deposit(row: GrantRow): Promise<void> {
    try {
      await this.messenger.request(applyOperation, operationOf(row), { deadlineMs: depositDeadlineMs });
    } catch (error) {
      if (!isRefusal(error)) throw busy('busy', error);
      await this.store.withdraw(row);
      if (error.code === 'conflict') throw error;
      throw new Error(`the economy cannot take what grant ${row.id} holds`, { cause: error });
    }
  }
}

function operationOf(row: GrantRow): ApplyOperation {
  return {
    scope: scopeOf(row),
    playerId: row.player_id,
    operationId: `grant:${row.id}`,
    deltas: deltasOf(row.contents),
    reason: 'grant_deposit',
    sourceRefId: row.id,
    origin: originOf(row.deposit_requested_by ?? 'sdk'),
    actor: row.deposit_actor ?? 'player',
  };
}

/** The economy has said no; anything else may or may not have had its effect. */
function isRefusal(error: unknown): error is Failure {
  return error instanceof Failure && error.status < serverFaultStatus;
}
