import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { ItemHolding, WalletHolding } from '@kraty/contracts/economy';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { HoldingsStore } from './holdings.store.js';

/** Whole lists; empty where the studio keeps the books itself, without forgetting what is here (08 §2). */
@Injectable()
export class HoldingsService {
  constructor(
    private readonly store: HoldingsStore,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
  ) {}

  async inventory(scope: Scope, playerId: string): Promise<ItemHolding[]> {
    if (await this.isHidden(scope)) return [];
    return this.store.items(scope, playerId);
  }

  async wallet(scope: Scope, playerId: string): Promise<WalletHolding[]> {
    if (await this.isHidden(scope)) return [];
    await this.initialBalances.pay(scope, playerId);
    return this.store.wallet(scope, playerId);
  }

  /** For boards that show balances beside scores; a balance that was never earned is left out. */
  async balances(scope: Scope, playerIds: string[], keys: string[]): Promise<Record<string, Record<string, number>>> {
    if (await this.isHidden(scope)) return {};
    return this.store.balances(scope, playerIds, keys);
  }

  private async isHidden({ gameId }: Scope): Promise<boolean> {
    return (await this.settings.inventoryManagementOf(gameId)) === 'studio';
  }
}
