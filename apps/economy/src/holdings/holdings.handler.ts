import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { listInventory, listWallet } from '@kraty/contracts/economy';
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
}
