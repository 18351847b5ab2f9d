import { eventStatusChanged, type EventStatus } from '@kraty/contracts/events';
import type { NewFact } from '@kraty/platform/facts';

/** A step of an event's life, committed with what it makes of the event. */
export function statusChangedFact(
  event: { id: string; key: string; studioId: string; gameId: string },
  { from, to, version, at }: { from: EventStatus; to: EventStatus; version: number; at: Date },
): NewFact {
  const { id, key, studioId, gameId } = event;
  const payload = { eventId: id, eventKey: key, from, to, changedAt: at.toISOString() };
  return { type: eventStatusChanged, scope: { studioId, gameId }, aggregateId: id, revision: version, payload };
}
