import { Injectable } from '@nestjs/common';
import { isConfigurationKey } from '@kraty/contracts/common';
import type { Failure } from '@kraty/platform/errors';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import { clientWrite } from '../ledger/player-writes.js';
import { derivedResource, insufficientBalance } from '../ledger/refusals.js';
import { isFollower } from '../operations/operation.js';
import type { Spend, Spent } from './spending.js';

/** Consume and debit: the hot writes of the economy. */
@Injectable()
export class SpendingService {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
  ) {}

  /** @throws conflict (insufficient_balance, derived_resource), idempotency_conflict */
  async spend(spend: Spend): Promise<Spent> {
    const { scope, player, type, key, amount, reason, idempotency } = spend;
    // No such key was ever written under, so there is no replay to look for.
    if (!isConfigurationKey(key)) throw nothingOf(spend);
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    if (type === 'economy' && !hidden) await this.initialBalances.pay(scope, player);
    const catalog = await this.catalogs.read(scope.gameId);
    const delta = { type, key, delta: -amount };
    const refusal: Failure | null = hidden
      ? nothingOf(spend)
      : isFollower(catalog, delta)
        ? derivedResource(key)
        : null;
    const write = clientWrite({ scope, player, catalog, deltas: [delta], reason, refusal }, idempotency);
    const { amount: left, applied } = await this.writer.write(write);
    return { left, applied };
  }
}

function nothingOf({ key, amount }: Spend): Failure {
  return insufficientBalance([{ resource: key, needed: amount, have: 0 }]);
}
