import type { Scope } from '@kraty/contracts/common';
import type { levelReached } from '@kraty/contracts/economy';
import type { AttemptCompleted, milestoneReached } from '@kraty/contracts/events';
import type { ladderMoved } from '@kraty/contracts/leaderboards';
import type { Fact, FactScope, FactType } from '@kraty/contracts/messages';
import { rollContentsOf, type PayoutOrder } from './payout.js';

type PayloadOf<T> = T extends FactType<infer P> ? P : never;
export type MilestoneReached = PayloadOf<typeof milestoneReached>;
export type LevelReached = PayloadOf<typeof levelReached>;
export type LadderMoved = PayloadOf<typeof ladderMoved>;

/** What the completion of an attempt pays; null when its policy pays nothing. */
export function orderOfCompletion({ scope, payload }: Fact<AttemptCompleted>): PayoutOrder | null {
  const where = playScopeOf(scope);
  if (!payload.rewardPolicy || !where) return null;
  return {
    ...playerOf(payload, where),
    payoutKey: completionKey(payload.attemptId),
    contents: rollContentsOf(payload.rewardPolicy.parameters),
    pinAt: new Date(payload.completedAt),
    sourceKind: 'event_completion',
    sourceRefId: payload.attemptId,
  };
}

/** The completion of an attempt, its retry-roll included (07 §3.1). */
export function completionKey(attemptId: string): string {
  return `attempt:${attemptId}`;
}

export function orderOfMilestone({ scope, payload }: Fact<MilestoneReached>): PayoutOrder | null {
  const where = playScopeOf(scope);
  if (!where) return null;
  return {
    ...playerOf(payload, where),
    payoutKey: `milestone:${payload.attemptId}:${payload.milestone.key}`,
    contents: rollContentsOf(payload.milestone),
    pinAt: new Date(payload.reachedAt),
    sourceKind: 'event_milestone',
    sourceRefId: payload.attemptId,
  };
}

export function orderOfLevel({ scope, payload }: Fact<LevelReached>): PayoutOrder | null {
  const where = playScopeOf(scope);
  if (!where) return null;
  const { playerId, economyKey, level, reward, reachedAt } = payload;
  return {
    ...playerOf(payload, where),
    payoutKey: `level:${playerId}:${economyKey}:${level}`,
    contents: rollContentsOf(reward),
    pinAt: new Date(reachedAt),
    sourceKind: 'progression',
    sourceRefId: `${economyKey}:${level}`,
  };
}

/** The notice of a move on a ladder: claiming it changes nothing (06 §9). */
export function orderOfNotice({ scope, payload }: Fact<LadderMoved>): PayoutOrder | null {
  const where = playScopeOf(scope);
  if (!where) return null;
  const { operationId, leaderboardId, itemKey, amount, rank, segment, movedAt } = payload;
  return {
    ...playerOf(payload, where),
    payoutKey: operationId,
    contents: { notice: { itemKey, amount, rank, segment } },
    pinAt: new Date(movedAt),
    sourceKind: 'progression',
    sourceRefId: leaderboardId,
  };
}

function playerOf({ playerId, externalPlayerId }: { playerId: string; externalPlayerId: string }, scope: Scope) {
  return { scope, playerId, externalPlayerId };
}

/** Null for a fact about a definition, which nobody has played. */
export function playScopeOf(scope: FactScope): Scope | null {
  return scope.environment ? { ...scope, environment: scope.environment } : null;
}
