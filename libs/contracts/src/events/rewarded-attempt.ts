import type { Iso, Scope } from '../common/index.js';
import type { RewardPolicy } from '../grants/policies.js';
import { request } from '../messages/index.js';
import type { AttemptStatus } from './attempts.js';

/** An attempt as far as its rewards depend on it. */
export interface RewardedAttempt {
  attemptId: string;
  status: AttemptStatus;
  playerId: string;
  externalPlayerId: string;
  eventWindowId: string;
  leaderboardId: string;
  /** Null while it is not completed; the pin instant of its roll. */
  completedAt: Iso | null;
  /** Of the revision the attempt started with. */
  rewardPolicy: RewardPolicy;
}

/** Errors: `not_found`. */
export const describeRewardedAttempt = request<{ scope: Scope; attemptId: string }, RewardedAttempt>(
  'events',
  'describe-rewarded-attempt',
);
