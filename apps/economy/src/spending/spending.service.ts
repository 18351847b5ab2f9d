import { Injectable } from '@nestjs/common';
import { isConfigurationKey } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { busy, fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { factOf } from '../ledger/ledger.facts.js';
import type { Line } from '../ledger/ledger.js';
import type { Movement } from '../ledger/movement.js';
import { insufficientBalance } from '../ledger/refusals.js';
import { completedPayload, unknownAtStaging, type Spend, type Spent } from './spending.js';
import { SpendingStore, type SpendNames } from './spending.store.js';

/**
 * How often a spend is tried: once, once more after the initial balance was paid, and again when the balance rose
 * between the refusal and the look at it.
 */
const triesMax = 4;

/** Consume and debit: the hot writes of the economy, one statement each. */
@Injectable()
export class SpendingService {
  constructor(
    private readonly store: SpendingStore,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws conflict (insufficient_balance), idempotency_conflict */
  async spend(spend: Spend): Promise<Spent> {
    const mode = await this.settings.inventoryManagementOf(spend.scope.gameId);
    if (mode === 'studio' || !isConfigurationKey(spend.key)) throw insufficient(spend, 0);
    const needsInitialPaid = await this.hasInitialBalance(spend);
    for (let tries = 0; tries < triesMax; tries += 1) {
      const left = await this.trySpend(spend, needsInitialPaid);
      if (left !== null) return { left, applied: true };
      const replay = await this.replayOf(spend);
      if (replay) return replay;
      await this.refuseIfShort(spend, needsInitialPaid);
    }
    throw busy();
  }

  private async trySpend(spend: Spend, needsInitialPaid: boolean): Promise<number | null> {
    const names = this.names(spend, needsInitialPaid);
    const spent = await this.store.spend(spend, names);
    if (!spent) return null;
    const known = { balanceAfter: spent.amount, revision: spent.revision };
    await this.outbox.carry({
      envelopes: names.told.envelopes.map((envelope) => ({
        ...envelope,
        payload: completedPayload(envelope.payload, known),
      })),
    });
    return spent.amount;
  }

  /** The recorded value of an earlier call, whatever is held now (01 §6.7). */
  private async replayOf(spend: Spend): Promise<Spent | null> {
    const record = await this.store.record(spend);
    if (!record || !spend.idempotency) return null;
    if (record.requestHash !== spend.idempotency.bodyHash) throw keyOfAnotherBody(spend.idempotency.key);
    return { left: record.left, applied: false };
  }

  /** Returns when another try may succeed: the initial balance has just come, or enough is held by now. */
  private async refuseIfShort(spend: Spend, needsInitialPaid: boolean): Promise<void> {
    const held = await this.store.held(spend);
    if (needsInitialPaid && !held?.initialPaid) {
      await this.initialBalances.pay(spend.scope, spend.player.playerId);
      return;
    }
    const have = held?.amount ?? 0;
    if (have < spend.amount) throw insufficient(spend, have);
  }

  private async hasInitialBalance({ scope, type, key }: Spend): Promise<boolean> {
    if (type === 'item') return false;
    return (await this.catalogs.read(scope.gameId)).initialBalances.has(key);
  }

  private names(spend: Spend, needsInitialPaid: boolean): SpendNames {
    const at = this.clock.now();
    const ledgerId = uuidV7(at.getTime());
    const operationId = uuidV7(at.getTime());
    const told = this.outbox.envelopes([factOf(movementOf(spend, at), { ...lineOf(spend), ledgerId, operationId })]);
    return { at, ledgerId, operationId, needsInitialPaid, told };
  }
}

/** The line as far as it is known before the database has decided. */
function lineOf({ type, key, amount }: Spend): Line {
  return { type, key, delta: -amount, metadata: {}, ...unknownAtStaging };
}

function movementOf({ scope, player, reason }: Spend, at: Date): Movement {
  return { scope, playerId: player.playerId, reason, sourceRefId: null, origin: 'client', actor: 'player', at };
}

function insufficient({ key, amount }: Spend, have: number) {
  return insufficientBalance([{ resource: key, needed: amount, have }]);
}

function keyOfAnotherBody(idempotencyKey: string) {
  return fail('idempotency_conflict', 'the idempotency key was used with another body', { idempotencyKey });
}
