import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { listPendingGrants, type Grant } from '@kraty/contracts/grants';
import { HandleRequest } from '@kraty/platform/messaging';
import { GrantsService } from './grants.service.js';

@Controller()
export class GrantsHandler {
  constructor(private readonly grants: GrantsService) {}

  @HandleRequest(listPendingGrants)
  async pending({ limit, ...owner }: { scope: Scope; playerId: string; limit: number }): Promise<Grant[]> {
    return this.grants.pending(owner, limit);
  }
}
