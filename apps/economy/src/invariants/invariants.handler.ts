import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { checkHoldings, checkTotals, listDeposits, readOperations } from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { InvariantsService } from './invariants.service.js';

@Controller()
export class InvariantsHandler {
  constructor(private readonly invariants: InvariantsService) {}

  @HandleRequest(checkHoldings)
  async holdings({ after, percentile }: { after: string | null; percentile: number | null }) {
    return this.invariants.holdings(after, percentile);
  }

  @HandleRequest(checkTotals)
  async totals() {
    return this.invariants.totals();
  }

  @HandleRequest(readOperations)
  async operations({ scope, operationIds }: { scope: Scope; operationIds: string[] }) {
    return { operations: await this.invariants.operations(scope, operationIds) };
  }

  @HandleRequest(listDeposits)
  async deposits({ after }: { after: string | null }) {
    return this.invariants.deposits(after);
  }
}
