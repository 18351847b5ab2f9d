import { Controller } from '@nestjs/common';
import { mergeHoldings } from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { MergesService, type Merge } from './merges.service.js';

@Controller()
export class MergesHandler {
  constructor(private readonly merges: MergesService) {}

  @HandleRequest(mergeHoldings)
  async merge(merge: Merge) {
    return this.merges.merge(merge);
  }
}
