import { Controller } from '@nestjs/common';
import { consumeItem, debitWallet, type ConsumeItem, type DebitWallet } from '@kraty/contracts/economy';
import { HandleRequest, reply } from '@kraty/platform/messaging';
import { spendOfConsume, spendOfDebit } from './spending.js';
import { SpendingService } from './spending.service.js';

@Controller()
export class SpendingHandler {
  constructor(private readonly spending: SpendingService) {}

  @HandleRequest(consumeItem)
  async consume(command: ConsumeItem) {
    const { left, applied } = await this.spending.spend(spendOfConsume(command));
    return reply({ itemKey: command.itemKey, quantity: left, applied }, { replayed: !applied });
  }

  @HandleRequest(debitWallet)
  async debit(command: DebitWallet) {
    const { left, applied } = await this.spending.spend(spendOfDebit(command));
    return reply({ economyKey: command.economyKey, balance: left, applied }, { replayed: !applied });
  }
}
