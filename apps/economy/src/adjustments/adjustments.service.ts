import { Injectable } from '@nestjs/common';
import { isConfigurationKey } from '@kraty/contracts/common';
import type { Adjusted, Adjustment } from '@kraty/contracts/economy';
import type { Operator, OperatorAct } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail, type Failure } from '@kraty/platform/errors';
import { uuidV7 } from '@kraty/platform/ids';
import { operatorAct } from '@kraty/platform/operator-writes';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import { recordOf } from '../ledger/player-writes.js';
import { derivedResource, unknownResource } from '../ledger/refusals.js';
import type { OperatorActed, Write } from '../ledger/write.js';
import { isFollower, isKnown, takesCredit } from '../operations/operation.js';
import { auditAction, operatorReason, serverReason } from './adjustment.js';

/** Grants, revokes, credits and debits by studio servers and by operators (08 §4, 04 §8.4). */
@Injectable()
export class AdjustmentsService {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
    private readonly clock: Clock,
  ) {}

  /** @throws not_found, conflict (insufficient_balance, balance_limit, derived_resource), idempotency_conflict */
  async forServer(
    adjustment: Adjustment & { reason: string | null; apiKeyPrefix: string },
  ): Promise<Adjusted & { replayed: boolean }> {
    const { catalog, hidden } = await this.ground(adjustment);
    const { amount, applied, replayed } = await this.writer.write({
      ...commonOf(adjustment, catalog),
      reason: adjustment.reason || serverReason(adjustment),
      origin: 'server',
      actor: `api_key:${adjustment.apiKeyPrefix}`,
      refusal: hidden ? null : refusalOf(adjustment, catalog),
      inert: hidden,
    });
    return { amount, applied, replayed };
  }

  /** @throws as `forServer`, and conflict (inventory_managed_by_studio) */
  async forOperator(
    adjustment: Adjustment & { operator: Operator; reason: string },
  ): Promise<Adjusted & { auditId: string }> {
    const { catalog, hidden } = await this.ground(adjustment);
    const act = this.actOf(adjustment);
    const { amount, applied, auditId } = await this.writer.write({
      ...commonOf(adjustment, catalog),
      reason: operatorReason(adjustment),
      origin: 'admin',
      actor: `member:${adjustment.operator.memberId}`,
      refusal: hidden ? managedByStudio() : refusalOf(adjustment, catalog),
      note: { auditReason: adjustment.reason },
      act,
    });
    return { amount, applied, auditId: auditId ?? act.auditId };
  }

  private async ground(adjustment: Adjustment): Promise<{ catalog: Catalog; hidden: boolean }> {
    const { scope, player, type } = adjustment;
    // A key that cannot exist is answered like an unknown one (01 §11).
    if (!isConfigurationKey(adjustment.key)) throw unknownResource(adjustment.key);
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    if (type === 'economy' && !hidden) await this.initialBalances.pay(scope, player);
    const catalog = await this.catalogs.read(scope.gameId);
    if (isKnown(catalog, adjustment)) return { catalog, hidden };
    // A key this process does not know may have come a moment ago.
    this.catalogs.drop(scope.gameId);
    return { catalog: await this.catalogs.read(scope.gameId), hidden };
  }

  private actOf(adjustment: Adjustment & { operator: Operator; reason: string }): OperatorActed {
    const { scope: game, player, operator, reason, type, key, delta, sourceRefId } = adjustment;
    const at = this.clock.now();
    const auditId = uuidV7(at.getTime());
    const resource = { type, key, delta, sourceRefId };
    return {
      auditId,
      actOf: ({ before, after, ledgerId }): OperatorAct =>
        operatorAct(
          { auditId, operator, game, at },
          {
            environment: game.environment,
            action: auditAction(adjustment),
            target: { type: 'player', id: player.playerId, label: player.externalPlayerId },
            ...{ reason, metadata: { ...resource, ledgerId } },
            ...{ before: { [key]: before }, after: { [key]: after } },
          },
        ),
    };
  }
}

function commonOf(
  { scope, player, type, key, delta, sourceRefId, idempotency }: Adjustment,
  catalog: Catalog,
): Pick<Write, 'scope' | 'player' | 'catalog' | 'operationId' | 'deltas' | 'sourceRefId' | 'record'> {
  const deltas = [{ type, key, delta }];
  return { scope, player, catalog, operationId: uuidV7(), deltas, sourceRefId, record: recordOf(idempotency) };
}

/** An archived key stays spendable and takes nothing more (08 §1). */
function refusalOf(adjustment: Adjustment, catalog: Catalog): Failure | null {
  const { key, delta } = adjustment;
  if (!isKnown(catalog, adjustment)) return unknownResource(key);
  if (isFollower(catalog, adjustment)) return derivedResource(key);
  if (delta > 0 && !takesCredit(catalog, adjustment, 'credit')) return unknownResource(key);
  return null;
}

function managedByStudio(): Failure {
  return fail('conflict', 'the studio keeps the books itself', { reason: 'inventory_managed_by_studio' });
}
