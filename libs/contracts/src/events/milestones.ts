import type { Iso } from '../common/index.js';
import type { MilestoneReward } from '../grants/policies.js';
import { fact } from '../messages/index.js';

/** A metric crossed a threshold for the first time in an attempt; the payout key is `milestone:{attemptId}:{key}` (07 §3). */
export const milestoneReached = fact<{
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  playerId: string;
  externalPlayerId: string;
  milestone: MilestoneReward;
  /** Pin instant of the roll. */
  reachedAt: Iso;
}>('events', 'attempt', 'milestone-reached', 'change');
