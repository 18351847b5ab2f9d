import type { Idempotency, Json } from '@kraty/contracts/common';
import { fail, type Failure } from '@kraty/platform/errors';
import type { StartAttempt } from '@kraty/contracts/events';
import type { EventStatus } from '../definitions/event-definition.js';
import type { Charge, ChargeState } from '../entry-cost/charge.js';
import { eventDisabled, eventNotFound } from './attempt-refusals.js';

/** A reply that repeats of its call get. */
export interface RecordedStart extends Idempotency {
  status: 200 | 201;
  /** JSON of the reply's body. */
  text: string;
}

/** What one look shows of a start: one snapshot, so its parts agree. */
export interface StartLook {
  /** Null = there is no such event. */
  eventId: string | null;
  status: EventStatus;
  archived: boolean;
  eventRevision: number;
  /** Null between windows; the window is open by the clock, its row may still be `upcoming`. */
  windowId: string | null;
  windowState: 'upcoming' | 'open';
  windowRevision: number | null;
  windowEndsAt: Date;
  sharedBoardId: string | null;
  seatBoardId: string | null;
  lastContext: Json | null;
  /** Attempts the player has begun so far, in the event and in the window. */
  lastOrdinal: number;
  usedInWindow: number;
  runningId: string | null;
  /** The charge of this window that is not reversed. */
  chargeN: number | null;
  chargeState: ChargeState;
  chargeAttemptId: string;
  /** Null = the key has no recorded reply. */
  requestHash: string | null;
  recordedStatus: number;
  recordedReply: string;
}

/** An event whose window is open, with all a start needs of it. */
export interface OpenStart {
  eventId: string;
  windowId: string;
  windowRevision: number;
  windowEndsAt: Date;
  sharedBoardId: string | null;
  seatBoardId: string | null;
  lastContext: Json | null;
  /** This request's context over the last one. */
  context: Json;
  lastOrdinal: number;
  usedInWindow: number;
  runningId: string | null;
  charge: Charge | null;
}

/** A failure, the reply recorded for the key, that no window is open by its row, or an open window. */
export type StartVerdict = Failure | { replay: { status: number; text: string } } | 'not_open' | OpenStart;

/** Steps 3–6 of a start (05 §8.1). */
export function judgeLook(call: StartAttempt, look: StartLook): StartVerdict {
  if (look.requestHash !== null) return replayed(call, look);
  const { eventId, windowId, windowRevision } = look;
  if (eventId === null || look.archived) return eventNotFound();
  if (look.status === 'draft' || look.status === 'paused') return eventDisabled(call.eventKey);
  if (windowId === null || windowRevision === null || look.windowState !== 'open') return 'not_open';
  const { windowEndsAt, sharedBoardId, seatBoardId, lastOrdinal, usedInWindow, runningId } = look;
  const { lastContext } = look;
  const context = { ...lastContext, ...call.playerContext };
  const charge = chargeOf(call, look, windowId);
  const window = { eventId, windowId, windowRevision, windowEndsAt, sharedBoardId, seatBoardId };
  return { ...window, lastContext, context, lastOrdinal, usedInWindow, runningId, charge };
}

function replayed({ idempotency }: StartAttempt, look: StartLook): StartVerdict {
  if (look.requestHash === idempotency?.bodyHash) {
    return { replay: { status: look.recordedStatus, text: look.recordedReply } };
  }
  const details = { idempotencyKey: idempotency?.key };
  return fail('idempotency_conflict', 'This idempotency key was used with another body.', details);
}

function chargeOf({ scope, player }: StartAttempt, look: StartLook, eventWindowId: string): Charge | null {
  if (look.chargeN === null) return null;
  const { chargeN: n, chargeState: state, chargeAttemptId: attemptId } = look;
  return { ...scope, eventWindowId, playerId: player.playerId, n, state, attemptId };
}
