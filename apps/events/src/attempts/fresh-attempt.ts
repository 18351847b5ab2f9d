import type { StartAttempt } from '@kraty/contracts/events';
import type { EventDefinition } from '../definitions/event-definition.js';
import { emptyMetrics } from '../scoring/score.js';
import { attemptEndMs, type AttemptState } from './attempt.js';
import { keptContext } from './kept-context.js';
import type { OpenStart } from './start-look.js';

/** An attempt with every metric at 0; its score is 0 until a write says otherwise, whatever the formula. */
export function freshAttempt(
  call: StartAttempt,
  open: OpenStart,
  of: { id: string; leaderboardId: string; definition: EventDefinition; nowMs: number },
): AttemptState {
  const { id, leaderboardId, definition, nowMs } = of;
  return {
    id,
    ...call.scope,
    eventId: open.eventId,
    eventKey: call.eventKey,
    eventWindowId: open.windowId,
    leaderboardId,
    playerId: call.player.playerId,
    externalPlayerId: call.player.externalPlayerId,
    revision: definition.revision,
    status: 'in_progress',
    startedAtMs: nowMs,
    endsAtMs: attemptEndMs(definition, nowMs, open.windowEndsAt.getTime()),
    completedAtMs: null,
    raw: emptyMetrics(definition.scoring),
    score: 0,
    bestScore: null,
    bestAtMs: null,
    scoreAtMs: null,
    firedMilestones: [],
    progressCount: 0,
    lastProgressAtMs: null,
    lastOccurredAtMs: null,
    playerContext: keptContext(call) ?? open.lastContext,
  };
}
