import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { listInventory, listWallet, readBalances } from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { HoldingsService } from './holdings.service.js';

@Controller()
export class HoldingsHandler {
  constructor(private readonly holdings: HoldingsService) {}

  @HandleRequest(listInventory)
  async inventory({ scope, playerId }: { scope: Scope; playerId: string }) {
    return { items: await this.holdings.inventory(scope, playerId) };
  }

  @HandleRequest(listWallet)
  async wallet({ scope, playerId }: { scope: Scope; playerId: string }) {
    return { wallet: await this.holdings.wallet(scope, playerId) };
  }

  @HandleRequest(readBalances)
  async balances(question: { scope: Scope; playerIds: string[]; economyKeys: string[] }) {
    const { scope, playerIds, economyKeys } = question;
    return { balances: await this.holdings.balances(scope, playerIds, economyKeys) };
  }
}
