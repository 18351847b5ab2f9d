import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { describeRewardedAttempt, type RewardedAttempt } from '@kraty/contracts/events';
import { HandleRequest } from '@kraty/platform/messaging';
import { RewardedAttempts } from './rewarded-attempts.service.js';

@Controller()
export class RewardedAttemptsHandler {
  constructor(private readonly attempts: RewardedAttempts) {}

  @HandleRequest(describeRewardedAttempt)
  describe({ scope, attemptId }: { scope: Scope; attemptId: string }): Promise<RewardedAttempt> {
    return this.attempts.describe(scope, attemptId);
  }
}
