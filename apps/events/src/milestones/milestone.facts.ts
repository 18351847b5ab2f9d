import { milestoneReached } from '@kraty/contracts/events';
import type { MilestoneReward } from '@kraty/contracts/grants';
import type { NewFact } from '@kraty/platform/facts';
import { scopeOf, type AttemptState } from '../attempts/attempt.js';

/** What is told when a write has reached a milestone; `attempt` as the write left it. */
export function milestoneFact(attempt: AttemptState, milestone: MilestoneReward, reachedAtMs: number): NewFact {
  const { id, eventId, eventKey, eventWindowId, playerId, externalPlayerId } = attempt;
  return {
    type: milestoneReached,
    scope: scopeOf(attempt),
    aggregateId: id,
    revision: attempt.progressCount,
    payload: {
      attemptId: id,
      eventId,
      eventKey,
      eventWindowId,
      playerId,
      externalPlayerId,
      milestone,
      reachedAt: new Date(reachedAtMs).toISOString(),
    },
  };
}

/** The name of the payout, and of its roll (07 §3). */
export function milestonePayoutKey(attemptId: string, milestoneKey: string): string {
  return `milestone:${attemptId}:${milestoneKey}`;
}
