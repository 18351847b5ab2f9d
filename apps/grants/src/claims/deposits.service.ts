import { Injectable } from '@nestjs/common';
import {
  applyOperations,
  reverseOperation,
  type ApplyOperation,
  type OperationOutcome,
} from '@kraty/contracts/economy';
import type { FailureWire } from '@kraty/contracts/failures';
import { Clock } from '@kraty/platform/clock';
import { busy, Failure, fail } from '@kraty/platform/errors';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { GroupCommit, type Settled } from '@kraty/platform/group-commit';
import { Messenger } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { scopeOf, type GrantRow } from '../grants/grant.js';
import { grantFact } from '../grants/grants.facts.js';
import { GrantWritesStore } from '../grants/grant-writes.store.js';
import { crateDraftsOf } from '../grants/crate-units.js';
import { deltasOf, originOf } from './claim.js';
import { claimedFacts } from './claimed.facts.js';
import { ClaimsStore } from './claims.store.js';
import { chunksOf } from './deposit-chunks.js';

/** Shorter than the gateway's own patience, so that the player still gets our 503. */
const depositDeadlineMs = 4_000;
const serverFaultStatus = 500;
/** One: while a batch is with the economy the last one is written here, and two lanes would only make smaller batches. */
const lanes = 1;
const batchMax = 200;
const waitingMax = 2_048;

/** Steps 2 and 3 of 07 §11; whoever finds a requested row may take them, any number of times. */
@Injectable()
export class DepositsService {
  private readonly deposits: GroupCommit<GrantRow, null>;
  private readonly finishes: GroupCommit<GrantRow, GrantRow | null>;

  constructor(
    private readonly database: Database,
    private readonly store: ClaimsStore,
    private readonly grants: GrantWritesStore,
    private readonly messenger: Messenger,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    const bounds = { lanes, batchMax, waitingMax, keyOf: ({ id }: GrantRow) => id };
    this.deposits = new GroupCommit({ ...bounds, write: (rows) => this.depositAll(rows) });
    this.finishes = new GroupCommit({ ...bounds, write: (rows) => this.finishAll(rows) });
  }

  /**
   * Deposits what a requested grant holds and makes it claimed. Null when another claimer finished first.
   *
   * @throws conflict (balance_limit) with the request withdrawn; 503 with the request standing
   */
  async complete(row: GrantRow): Promise<GrantRow | null> {
    if (deltasOf(row.contents).length > 0) await this.deposit(row);
    return this.finishes.submit(row);
  }

  private async deposit(row: GrantRow): Promise<void> {
    try {
      await this.deposits.submit(row);
    } catch (error) {
      if (!isRefusal(error)) throw busy('busy', error);
      if (row.deposit_requested_by === 'auto' && !(await this.bar(row))) return;
      await this.store.withdraw(row);
      // A twin was refused first and has called it off: who asks once more begins anew.
      if (error.details?.['reason'] === 'operation_reversed') throw busy('busy', error);
      if (error.code === 'conflict') throw error;
      throw new Error(`the economy cannot take what grant ${row.id} holds`, { cause: error });
    }
  }

  /**
   * A grant that never was must not be deposited by a call that is still on its way: its operation is barred before the
   * row goes. False when the deposit is in the ledger after all, and the grant can only be finished.
   *
   * @throws 503 with the request standing
   */
  private async bar(row: GrantRow): Promise<boolean> {
    const ref = { scope: scopeOf(row), playerId: row.player_id, operationId: operationIdOf(row) };
    try {
      const { outcome } = await this.messenger.request(reverseOperation, ref, { deadlineMs: depositDeadlineMs });
      return outcome === 'never_applied';
    } catch (error) {
      throw busy('busy', error);
    }
  }

  /** Step 2 for many: each is applied or refused by itself. */
  private async depositAll(rows: GrantRow[]): Promise<Settled<null>[]> {
    const chunks = chunksOf(rows.map(operationOf));
    return (await Promise.all(chunks.map((operations) => this.apply(operations)))).flat();
  }

  /** An economy that is away is away for each of them: nobody waits out its silence one by one. */
  private async apply(operations: ApplyOperation[]): Promise<Settled<null>[]> {
    try {
      const options = { deadlineMs: depositDeadlineMs };
      const { outcomes } = await this.messenger.request(applyOperations, { operations }, options);
      return operations.map((_, at) => settledOf(outcomes[at]));
    } catch (error) {
      return operations.map(() => ({ ok: false, error: busy('busy', error) }));
    }
  }

  /** Step 3 for many. */
  private async finishAll(rows: GrantRow[]): Promise<Settled<GrantRow | null>[]> {
    const now = this.clock.now();
    const ids = [...new Set(rows.map(({ id }) => id))];
    const { finished, staged } = await this.database.transaction((tx) => this.finishIn(tx, ids, now));
    await this.outbox.carry(staged);
    const byId = new Map(finished.map((row) => [row.id, row]));
    return rows.map(({ id }) => {
      const mine = byId.get(id) ?? null;
      // Of several that completed one grant in one batch the first gets it; the others look at it again.
      byId.delete(id);
      return { ok: true, value: mine };
    });
  }

  private async finishIn(tx: Tx, ids: string[], now: Date): Promise<{ finished: GrantRow[]; staged: Staged }> {
    const finished = await this.store.finish(tx, ids, now);
    const born = finished.filter(({ deposit_requested_by: by }) => by === 'auto');
    const crates = await this.grants.insert(
      tx,
      born.flatMap((row) => crateDraftsOf(row, now)),
      now,
    );
    const facts = [
      ...finished.flatMap((row) => claimedFacts(row, now)),
      ...crates.map((row) => grantFact('created', row, now)),
    ];
    return { finished, staged: await this.outbox.stage(tx, facts) };
  }
}

function operationIdOf({ id }: GrantRow): string {
  return `grant:${id}`;
}

function operationOf(row: GrantRow): ApplyOperation {
  return {
    scope: scopeOf(row),
    playerId: row.player_id,
    externalPlayerId: row.external_player_id,
    operationId: operationIdOf(row),
    deltas: deltasOf(row.contents),
    reason: 'grant_deposit',
    sourceRefId: row.id,
    origin: originOf(row.deposit_requested_by ?? 'sdk'),
    actor: row.deposit_actor ?? 'player',
  };
}

/** An operation without an outcome may or may not have had its effect. */
function settledOf(outcome: OperationOutcome | undefined): Settled<null> {
  if (!outcome) return { ok: false, error: busy() };
  return 'failure' in outcome ? { ok: false, error: failureOf(outcome.failure) } : { ok: true, value: null };
}

function failureOf({ code, message, details }: FailureWire): Failure {
  return fail(code, message, details);
}

/** The economy has said no; anything else may or may not have had its effect. */
function isRefusal(error: unknown): error is Failure {
  return error instanceof Failure && error.status < serverFaultStatus;
}
