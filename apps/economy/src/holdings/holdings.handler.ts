import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import {
  listInventory,
  listWallet,
  readAmounts,
  readBalances,
  readHoldingRevisions,
  type ResourceType,
} from '@kraty/contracts/economy';
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
  async wallet({ scope, ...player }: { scope: Scope; playerId: string; externalPlayerId: string }) {
    return { wallet: await this.holdings.wallet(scope, player) };
  }

  @HandleRequest(readBalances)
  async balances(question: { scope: Scope; playerIds: string[]; economyKeys: string[] }) {
    const { scope, playerIds, economyKeys } = question;
    return { balances: await this.holdings.balances(scope, playerIds, economyKeys) };
  }

  @HandleRequest(readAmounts)
  async amounts(question: { scope: Scope; playerId: string; resources: { type: ResourceType; key: string }[] }) {
    return this.holdings.amounts(question.scope, question.playerId, question.resources);
  }

  @HandleRequest(readHoldingRevisions)
  async revisions({ scope, playerId }: { scope: Scope; playerId: string }) {
    return { revisions: await this.holdings.revisions(scope, playerId) };
  }
}
