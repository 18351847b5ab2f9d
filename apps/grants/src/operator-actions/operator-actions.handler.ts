import { Controller } from '@nestjs/common';
import { createManualGrant, forceClaimGrant, retryRewardRoll } from '@kraty/contracts/grants';
import { HandleRequest, rawJson, reply } from '@kraty/platform/messaging';
import { ForceClaimsService, type ForceClaim } from './force-claims.service.js';
import { ManualGrantsService, type ManualGrant } from './manual-grants.service.js';
import { RetryRollsService, type RetryRoll } from './retry-rolls.service.js';

@Controller()
export class OperatorActionsHandler {
  constructor(
    private readonly manualGrants: ManualGrantsService,
    private readonly forceClaims: ForceClaimsService,
    private readonly retryRolls: RetryRollsService,
  ) {}

  @HandleRequest(createManualGrant)
  async create(command: ManualGrant) {
    return this.manualGrants.create(command);
  }

  @HandleRequest(forceClaimGrant)
  async forceClaim(command: ForceClaim) {
    const { status, reply: text, replayed } = await this.forceClaims.claim(command);
    return reply(rawJson(text), { status, replayed });
  }

  @HandleRequest(retryRewardRoll)
  async retryRoll(command: RetryRoll) {
    return this.retryRolls.retry(command);
  }
}
