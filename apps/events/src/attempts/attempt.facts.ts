import type { Json } from '@kraty/contracts/common';
import type { AttemptScored } from '@kraty/contracts/events';
import { attemptCompleted, attemptExpired, attemptScored, attemptStarted } from '@kraty/contracts/events';
import type { FixedBundlePolicy } from '@kraty/contracts/grants';
import type { NewFact } from '@kraty/platform/facts';
import type { EventDefinition } from '../definitions/event-definition.js';
import { scopeOf, type AttemptState } from './attempt.js';

/** `playerContext` is what this start brought; null when it brought none. */
export function startedFact(attempt: AttemptState, playerContext: Json | null): NewFact {
  const { id, eventId, eventKey, eventWindowId, leaderboardId, playerId, startedAtMs } = attempt;
  return {
    type: attemptStarted,
    scope: scopeOf(attempt),
    aggregateId: id,
    revision: 0,
    partitionKey: leaderboardId,
    payload: {
      attemptId: id,
      eventId,
      eventKey,
      eventWindowId,
      leaderboardId,
      playerId,
      startedAt: iso(startedAtMs),
      playerContext,
    },
  };
}

/** The state after an accepted write, with the configured boards it counts on as well. */
export function scoredFact(attempt: AttemptState, contributesTo: readonly string[]): NewFact<AttemptScored> {
  const { id, eventId, eventWindowId, leaderboardId, playerId, score, bestScore, bestAtMs, lastProgressAtMs } = attempt;
  const writtenAtMs = lastProgressAtMs ?? attempt.startedAtMs;
  return {
    type: attemptScored,
    scope: scopeOf(attempt),
    aggregateId: id,
    revision: attempt.progressCount,
    partitionKey: leaderboardId,
    payload: {
      attemptId: id,
      eventId,
      eventWindowId,
      leaderboardId,
      playerId,
      score,
      bestScore: bestScore ?? score,
      bestAtMs: bestAtMs ?? writtenAtMs,
      writtenAtMs,
      ...(contributesTo.length === 0
        ? {}
        : { contributesTo: [...contributesTo], playerContext: attempt.playerContext }),
    },
  };
}

/** What is told when an attempt has become `completed` or `expired`, at `endedAtMs`. */
export function endedFact(attempt: AttemptState, { rewardPolicy }: EventDefinition, endedAtMs: number): NewFact {
  const { id, eventId, eventKey, eventWindowId, playerId, externalPlayerId, completedAtMs } = attempt;
  const common = { scope: scopeOf(attempt), aggregateId: id, revision: attempt.progressCount };
  const ids = { attemptId: id, eventId, eventKey, eventWindowId, playerId };
  if (attempt.status !== 'completed') {
    return { ...common, type: attemptExpired, payload: { ...ids, expiredAt: iso(endedAtMs) } };
  }
  const policy: FixedBundlePolicy | null = rewardPolicy.type === 'fixed_bundle' ? rewardPolicy : null;
  const completedAt = iso(completedAtMs ?? endedAtMs);
  return {
    ...common,
    type: attemptCompleted,
    payload: { ...ids, externalPlayerId, completedAt, rewardPolicy: policy },
  };
}

const iso = (instantMs: number): string => new Date(instantMs).toISOString();
