import { Injectable } from '@nestjs/common';
import { limits, type Scope } from '@kraty/contracts/common';
import type { MovedOnLadder } from '@kraty/contracts/leaderboards';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import { derivedResource, unknownResource } from '../ledger/refusals.js';
import { operationIdRecord } from '../ledger/write.js';
import { isFollower, isKnown, takesCredit } from '../operations/operation.js';

/** Promotions and relegations move a progression (06 §9). */
@Injectable()
export class LaddersService {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
  ) {}

  /** @throws not_found, conflict (derived_resource): a ladder that was configured away */
  async move(scope: Scope, move: MovedOnLadder): Promise<void> {
    const { operationId, playerId, externalPlayerId, leaderboardId, itemKey, amount, ceiling } = move;
    const player = { playerId, externalPlayerId };
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    if (!hidden) await this.initialBalances.pay(scope, player);
    const catalog = await this.catalogs.read(scope.gameId);
    const delta = { type: 'economy' as const, key: itemKey, delta: amount };
    const takesIt = amount > 0 ? takesCredit(catalog, delta, 'progress') : isKnown(catalog, delta);
    await this.writer.write({
      ...{ scope, player, catalog, operationId },
      deltas: [delta],
      reason: 'progress',
      sourceRefId: leaderboardId,
      origin: 'engine',
      actor: 'system',
      record: { operation: operationIdRecord, key: operationId, bodyHash: '' },
      refusal: !takesIt ? unknownResource(itemKey) : isFollower(catalog, delta) ? derivedResource(itemKey) : null,
      inert: hidden,
      cut: { ceiling: ceiling ?? limits.amountMax },
    });
  }
}
