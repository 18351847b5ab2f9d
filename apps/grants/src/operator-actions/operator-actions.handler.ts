import { Controller } from '@nestjs/common';
import { createManualGrant, forceClaimGrant, retryRewardRoll } from '@kraty/contracts/grants';
import type { RecordedReply } from '@kraty/platform/idempotency';
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
    return replyOf(await this.manualGrants.create(command));
  }

  @HandleRequest(forceClaimGrant)
  async forceClaim(command: ForceClaim) {
    return replyOf(await this.forceClaims.claim(command));
  }

  @HandleRequest(retryRewardRoll)
  async retryRoll(command: RetryRoll) {
    return replyOf(await this.retryRolls.retry(command));
  }
}

function replyOf({ status, reply: text, replayed }: RecordedReply & { replayed: boolean }) {
  return reply(rawJson(text), { status, replayed });
}
