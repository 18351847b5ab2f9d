import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { reverseOperation } from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { ReversalsService } from './reversals.service.js';

@Controller()
export class ReversalsHandler {
  constructor(private readonly reversals: ReversalsService) {}

  @HandleRequest(reverseOperation)
  async reverse(command: { scope: Scope; playerId: string; operationId: string }) {
    return { outcome: await this.reversals.reverse(command) };
  }
}
