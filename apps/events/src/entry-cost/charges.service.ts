import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { applyOperation, reverseOperation } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { busy, Failure } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import type { EntryPrice } from '../definitions/event-definition.js';
import type { Charge } from './charge.js';
import { ChargesStore } from './charges.store.js';
import { deltasOf, operationIdOf } from './price.js';

/** An open charge that has found no attempt by then is given back (08 §7). */
const attemptDueMs = 60_000;
/** A reversal the economy did not answer is tried again after this. */
const reversalAgainMs = 30_000;

/**
 * The saga of an entry cost (05 §12, 08 §7). A charge is written before the economy is asked and marked used by the
 * statement that makes the attempt, so whatever dies in between leaves an open charge, and open charges are given back.
 */
@Injectable()
export class Charges {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly messenger: Messenger,
    private readonly logger: Logger,
    private readonly charges: ChargesStore,
  ) {}

  /**
   * Takes the price once, whoever else asks at the same time, and whatever an earlier call left behind.
   *
   * @throws insufficient_entry_cost as the economy tells it; 503 when the outcome is not known
   */
  async take(
    call: { scope: Scope; player: PlayerRef },
    eventWindowId: string,
    standing: Charge | null,
    price: EntryPrice,
  ): Promise<Charge> {
    const charge = standing ?? (await this.open(call, eventWindowId));
    // Somebody has begun to give it back since the look.
    if (charge.state === 'reversing') throw busy();
    if (charge.state === 'open') await this.askOrRelease(call, charge, price);
    return charge;
  }

  /** The start that took it is refused for good. Nothing happens when another start has used it. */
  async release(charge: Charge): Promise<void> {
    if (!(await this.charges.startReversing(this.database, charge, this.later(reversalAgainMs)))) return;
    await this.giveBack(charge).catch((error: unknown) => {
      this.logger.warn({ err: error, operationId: operationIdOf(charge) }, 'a charge will be given back later');
    });
  }

  /** Open charges whose attempt never came, and reversals that were not heard of. */
  async giveBackDue(limit: number): Promise<Charge[]> {
    return this.charges.claimDue(this.database, this.clock.now(), this.later(reversalAgainMs), limit);
  }

  /** Repeatable: the economy credits once, and bars what never came. */
  async giveBack(charge: Charge): Promise<void> {
    const { playerId, studioId, gameId, environment } = charge;
    const scope = { studioId, gameId, environment };
    await this.messenger.request(reverseOperation, { scope, playerId, operationId: operationIdOf(charge) });
    await this.charges.reversed(this.database, charge);
  }

  private async open({ scope, player }: { scope: Scope; player: PlayerRef }, eventWindowId: string): Promise<Charge> {
    const of = { ...scope, eventWindowId, playerId: player.playerId, attemptId: uuidV7(this.clock.nowMs()) };
    const at = { now: this.clock.now(), dueAt: this.later(attemptDueMs) };
    const opened = await this.charges.open(this.database, of, at);
    const charge = opened ?? (await this.charges.standing(this.database, eventWindowId, player.playerId));
    // It was reversed between the two looks.
    if (charge === null) throw busy();
    return charge;
  }

  /** Refused for good is not paid: the charge must not open the gates for the next start. */
  private async askOrRelease(
    call: { scope: Scope; player: PlayerRef },
    charge: Charge,
    price: EntryPrice,
  ): Promise<void> {
    try {
      await this.ask(call, charge, price);
    } catch (error) {
      if (error instanceof Failure && error.status < 500) await this.release(charge);
      throw error;
    }
  }

  private async ask(
    { scope, player }: { scope: Scope; player: PlayerRef },
    charge: Charge,
    price: EntryPrice,
  ): Promise<void> {
    try {
      await this.messenger.request(applyOperation, {
        scope,
        ...player,
        operationId: operationIdOf(charge),
        deltas: deltasOf(price),
        reason: 'entry_cost',
        sourceRefId: charge.attemptId,
        origin: 'client',
        actor: 'player',
      });
    } catch (error) {
      // Given back while this call was under way: the next try finds the next charge.
      if (error instanceof Failure && error.details?.['reason'] === 'operation_reversed') throw busy('busy', error);
      throw error;
    }
  }

  private later(ms: number): Date {
    return new Date(this.clock.nowMs() + ms);
  }
}
