import { Injectable } from '@nestjs/common';
import type { ResourceDelta } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Failure } from '@kraty/platform/errors';
import { Database, type Tx } from '@kraty/platform/persistence';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import { operationIdRecord, type StoredReply, type Write } from '../ledger/write.js';
import { ReversalsStore, type ReversalRef, type ReversedOperation } from './reversals.store.js';

/** A refund that does not fit is tried again after 1, 2, 4 … seconds, at last every ten minutes. */
const retrySecondsMax = 600;

export type ReversalOutcome = 'reversed' | 'queued' | 'never_applied';

/** Gives back once what an operation took (08 §7). */
@Injectable()
export class ReversalsService {
  constructor(
    private readonly database: Database,
    private readonly store: ReversalsStore,
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly clock: Clock,
  ) {}

  /**
   * From the moment this is durable the operation counts as called off; the refund itself follows at once, or as soon
   * as it fits. An operation that never came is barred.
   */
  async reverse(ref: ReversalRef & { playerId: string }): Promise<ReversalOutcome> {
    const operation = await this.database.transaction((tx) => this.request(tx, ref));
    if (!operation) return 'never_applied';
    if (operation.paid) return 'reversed';
    return (await this.payOrPostpone(ref, operation)) ? 'reversed' : 'queued';
  }

  /** A refund that waits; false when it still does not fit. */
  async retry(ref: ReversalRef): Promise<boolean> {
    const operation = await this.database.transaction((tx) => this.store.lockOperation(tx, ref));
    if (!operation) throw new Error(`operation ${ref.operationId} has a reversal and no record`);
    return this.payOrPostpone(ref, operation);
  }

  /** Null when there is nothing to give back, and never will be. */
  private async request(
    tx: Tx,
    ref: ReversalRef & { playerId: string },
  ): Promise<(ReversedOperation & { paid: boolean }) | null> {
    const now = this.clock.now();
    const known = await this.store.lockOperation(tx, ref);
    if (!known && (await this.store.bar(tx, ref, ref.playerId, now))) return null;
    const operation = known ?? (await this.store.lockOperation(tx, ref));
    if (!operation || operation.reply.barred) return null;
    return { ...operation, paid: await this.store.request(tx, ref, now) };
  }

  private async payOrPostpone(ref: ReversalRef, operation: ReversedOperation): Promise<boolean> {
    try {
      await this.pay(ref, operation);
    } catch (error) {
      if (!isLimit(error)) throw error;
      await this.store.postpone(this.database, ref, this.clock.now(), retrySecondsMax);
      return false;
    }
    // The refund's own id keeps a second try from paying again, should this mark be lost.
    await this.store.markPaid(this.database, ref, this.clock.now());
    return true;
  }

  private async pay({ scope, operationId }: ReversalRef, { playerId, reply }: ReversedOperation): Promise<void> {
    const deltas = takenBy(reply);
    if (deltas.length === 0) return;
    const refundId = `refund:${operationId}`;
    // Hidden books are put right all the same, and nobody is shown (08 §2).
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    const write: Write = {
      scope,
      player: { playerId, externalPlayerId: '' },
      catalog: await this.catalogs.read(scope.gameId),
      operationId: refundId,
      deltas,
      reason: 'entry_cost_refund',
      sourceRefId: null,
      origin: 'engine',
      actor: 'system',
      record: { operation: operationIdRecord, key: refundId, bodyHash: '' },
      refusal: null,
      // What comes back was there before: it reaches no level for the first time.
      withoutRewards: true,
      silent: hidden,
    };
    await this.writer.write(write);
  }
}

function takenBy({ holdings = [] }: StoredReply): ResourceDelta[] {
  return holdings.filter(({ delta }) => delta < 0).map(({ type, key, delta }) => ({ type, key, delta: -delta }));
}

function isLimit(error: unknown): boolean {
  return error instanceof Failure && error.code === 'conflict' && error.details?.['reason'] === 'balance_limit';
}
