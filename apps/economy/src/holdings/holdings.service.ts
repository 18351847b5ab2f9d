import { Injectable } from '@nestjs/common';
import { limits, nobodyId, type PlayerRef, type Scope } from '@kraty/contracts/common';
import { amountsMax, type ItemHolding, type ResourceType, type WalletHolding } from '@kraty/contracts/economy';
import type { InventoryManagement } from '@kraty/contracts/identity';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { resourceId, type ResourceName } from '../ledger/ledger.js';
import { HoldingsStore } from './holdings.store.js';

/** Whole lists; empty where the studio keeps the books itself, without forgetting what is here (08 §2). */
@Injectable()
export class HoldingsService {
  constructor(
    private readonly store: HoldingsStore,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
  ) {}

  async inventory(scope: Scope, playerId: string): Promise<ItemHolding[]> {
    if (await this.isHidden(scope)) return [];
    return this.store.items(scope, playerId);
  }

  async wallet(scope: Scope, player: PlayerRef): Promise<WalletHolding[]> {
    if (await this.isHidden(scope)) return [];
    if (player.playerId !== nobodyId) await this.initialBalances.pay(scope, player);
    return this.store.wallet(scope, player.playerId);
  }

  /** For boards that show balances beside scores; a balance that was never earned is left out. */
  async balances(scope: Scope, playerIds: string[], keys: string[]): Promise<Record<string, Record<string, number>>> {
    if (await this.isHidden(scope)) return {};
    return this.store.balances(scope, playerIds, keys);
  }

  /** For conditions and costs. An initial balance that is due counts: the player's first write would bring it. */
  async amounts(
    scope: Scope,
    playerId: string,
    resources: readonly { type: ResourceType; key: string }[],
  ): Promise<{ amounts: number[]; inventoryManagement: InventoryManagement }> {
    if (resources.length > amountsMax) throw new Error(`at most ${amountsMax} amounts are read at once`);
    const inventoryManagement = await this.settings.inventoryManagementOf(scope.gameId);
    if (inventoryManagement === 'studio') return { amounts: resources.map(() => 0), inventoryManagement };
    const { initialBalances } = await this.catalogs.read(scope.gameId);
    const held = await this.store.amounts(scope, playerId, resources);
    const amounts = resources.map((resource) => {
      const { amount, initialPaid } = held.get(resourceId(resource)) ?? { amount: 0, initialPaid: false };
      return Math.min(limits.amountMax, amount + (initialPaid ? 0 : initialOf(initialBalances, resource)));
    });
    return { amounts, inventoryManagement };
  }

  /** Where a stream that opens now begins. */
  async revisions(scope: Scope, playerId: string): Promise<Record<string, number>> {
    return this.store.revisions(scope, playerId);
  }

  private async isHidden({ gameId }: Scope): Promise<boolean> {
    return (await this.settings.inventoryManagementOf(gameId)) === 'studio';
  }
}

function initialOf(initialBalances: ReadonlyMap<string, number>, { type, key }: ResourceName): number {
  return type === 'economy' ? (initialBalances.get(key) ?? 0) : 0;
}
