import { playerContextGiven, type PlayerContextGiven, type StartAttempt } from '@kraty/contracts/events';
import type { NewFact } from '@kraty/platform/facts';
import { newContext } from './kept-context.js';

/** What a start without a fresh attempt tells of its player: nothing when it brought no context (12 §5). */
export function contextGivenFacts(call: StartAttempt, nowMs: number): NewFact[] {
  const playerContext = newContext(call);
  if (playerContext === null) return [];
  const { playerId } = call.player;
  const payload: PlayerContextGiven = { playerId, givenAt: new Date(nowMs).toISOString(), playerContext };
  return [{ type: playerContextGiven, scope: call.scope, aggregateId: playerId, revision: nowMs, payload }];
}
