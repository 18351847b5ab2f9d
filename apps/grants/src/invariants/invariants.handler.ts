import { Controller } from '@nestjs/common';
import { checkClaims, checkDeposits, checkPools } from '@kraty/contracts/grants';
import { HandleRequest } from '@kraty/platform/messaging';
import { InvariantsService } from './invariants.service.js';

@Controller()
export class InvariantsHandler {
  constructor(private readonly invariants: InvariantsService) {}

  @HandleRequest(checkClaims)
  async claims({ after, percentile }: { after: string | null; percentile: number | null }) {
    return this.invariants.claims(after, percentile);
  }

  @HandleRequest(checkDeposits)
  async deposits({ after }: { after: string | null }) {
    return this.invariants.deposits(after);
  }

  @HandleRequest(checkPools)
  async pools({ after }: { after: string | null }) {
    return this.invariants.pools(after);
  }
}
