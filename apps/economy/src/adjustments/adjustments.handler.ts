import { Controller } from '@nestjs/common';
import { adjustHolding, adjustHoldingByOperator, type Adjustment } from '@kraty/contracts/economy';
import type { Operator } from '@kraty/contracts/identity';
import { HandleRequest, reply } from '@kraty/platform/messaging';
import { AdjustmentsService } from './adjustments.service.js';

@Controller()
export class AdjustmentsHandler {
  constructor(private readonly adjustments: AdjustmentsService) {}

  /** An inert answer is no replay: nothing was ever done. */
  @HandleRequest(adjustHolding)
  async forServer(adjustment: Adjustment & { reason: string | null; apiKeyPrefix: string }) {
    const { replayed, ...adjusted } = await this.adjustments.forServer(adjustment);
    return reply(adjusted, { replayed });
  }

  @HandleRequest(adjustHoldingByOperator)
  async forOperator(adjustment: Adjustment & { operator: Operator; reason: string }) {
    const adjusted = await this.adjustments.forOperator(adjustment);
    return reply(adjusted, { replayed: !adjusted.applied });
  }
}
