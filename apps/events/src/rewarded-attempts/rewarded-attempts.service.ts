import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { RewardedAttempt } from '@kraty/contracts/events';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { RewardedAttemptsStore } from './rewarded-attempts.store.js';

/** What whoever repeats the roll of an attempt asks for (04 §8.3). */
@Injectable()
export class RewardedAttempts {
  constructor(
    private readonly database: Database,
    private readonly store: RewardedAttemptsStore,
    private readonly definitions: Definitions,
  ) {}

  /** @throws not_found */
  async describe(scope: Scope, attemptId: string): Promise<RewardedAttempt> {
    const row = isUuid(attemptId) ? await this.store.find(scope, attemptId) : null;
    if (row === null) throw fail('not_found', 'there is no such attempt', { resource: 'attempt' });
    const { eventId, revision, completedAt, ...attempt } = row;
    const { rewardPolicy } = await this.definitions.at(this.database, eventId, revision);
    return { attemptId, ...attempt, completedAt: completedAt?.toISOString() ?? null, rewardPolicy };
  }
}
