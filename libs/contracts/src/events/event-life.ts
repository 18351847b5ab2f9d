import type { Iso } from '../common/index.js';
import { fact } from '../messages/index.js';
import type { EventStatus } from './administration.js';

/** A window has begun and pinned its revision, whoever noticed first (05 §15). Once a window, for all environments. */
export const eventWindowOpened = fact<{
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  startsAt: Iso;
  endsAt: Iso;
}>('events', 'window', 'opened', 'state');

/**
 * An event has moved along its life cycle (05 §15), by an operator, a document or the clock. Revision = the version of
 * the event that it made. One that a document creates as published comes from `draft`.
 */
export const eventStatusChanged = fact<{
  eventId: string;
  eventKey: string;
  from: EventStatus;
  to: EventStatus;
  changedAt: Iso;
}>('events', 'event', 'status-changed', 'change');
