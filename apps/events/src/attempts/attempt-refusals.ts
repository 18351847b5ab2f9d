import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { fail, type Failure } from '@kraty/platform/errors';
import type { EventStatus } from '../definitions/event-definition.js';
import { isOverdue, type AttemptState } from './attempt.js';

/** A call on one attempt, as far as these checks look at it. */
export interface AttemptCall {
  scope: Scope;
  player: PlayerRef;
  eventKey: string;
}

/** The same body for an attempt that does not exist and for one that is not the caller's. */
export function attemptNotFound(): Failure {
  return fail('not_found', 'there is no such attempt', { resource: 'attempt' });
}

export function eventNotFound(): Failure {
  return fail('not_found', 'there is no such event', { resource: 'event' });
}

export function eventDisabled(eventKey: string): Failure {
  return fail('event_disabled', `the event '${eventKey}' is not running`, { eventKey });
}

export function attemptFinished({ id, status }: AttemptState): Failure {
  return fail('attempt_finished', `the attempt is ${status}`, { attemptId: id, status });
}

export function isOwn(call: AttemptCall, attempt: AttemptState): boolean {
  const { scope, player, eventKey } = call;
  return (
    attempt.playerId === player.playerId &&
    attempt.gameId === scope.gameId &&
    attempt.environment === scope.environment &&
    attempt.eventKey === eventKey
  );
}

/**
 * Steps 4–6 of a write on an attempt (05 §9.2). `overdue`: its time has passed and it must be resolved,
 * which stays although the call fails.
 */
export function standing(
  call: AttemptCall,
  attempt: AttemptState | undefined,
  eventStatus: EventStatus | undefined,
  nowMs: number,
): 'open' | 'overdue' | Failure {
  if (attempt === undefined || !isOwn(call, attempt)) return attemptNotFound();
  if (eventStatus === 'paused' || eventStatus === 'draft') return eventDisabled(call.eventKey);
  if (attempt.status !== 'in_progress') return attemptFinished(attempt);
  return isOverdue(attempt, nowMs) ? 'overdue' : 'open';
}
