import { Injectable } from '@nestjs/common';
import { isConfigurationKey, type Json } from '@kraty/contracts/common';
import type { StartAttempt, StartedAttempt } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { busy, Failure } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { rawJson, reply, type Reply } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import type { EventDefinition } from '../definitions/event-definition.js';
import type { Charge } from '../entry-cost/charge.js';
import { Charges } from '../entry-cost/charges.service.js';
import { WindowGone } from '../placement/placement-refusals.js';
import type { Place } from '../placement/placement.service.js';
import { attemptOnWire, isOverdue, type AttemptState } from './attempt.js';
import { startedFact } from './attempt.facts.js';
import { eventNotFound } from './attempt-refusals.js';
import { Admissions } from './admissions.service.js';
import { Endings } from './endings.service.js';
import { freshAttempt } from './fresh-attempt.js';
import { keptContext, newContext } from './kept-context.js';
import { Openings } from './openings.service.js';
import { contextGivenFacts } from './player-context.facts.js';
import { judgeLook, type OpenStart, type RecordedStart } from './start-look.js';
import { StartStore } from './start.store.js';
import { StartsTogether } from './starts-together.service.js';

interface Outcome {
  text: string;
  status: number;
  replayed: boolean;
  /** What the answer waits for. */
  shown?: Promise<unknown>;
}

/** What one call has taken so far. */
interface Purse {
  charge: Charge | null;
}

/** Other starts, workers and operators may come between a look and its write; more often than this it is not chance. */
const looksMax = 6;

/**
 * `start` (05 §8.1): hands back the attempt in progress, or makes a fresh one. It looks without a lock, decides, and
 * writes what does nothing when the look no longer holds; then it looks again.
 */
@Injectable()
export class Starts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly definitions: Definitions,
    private readonly openings: Openings,
    private readonly admissions: Admissions,
    private readonly charges: Charges,
    private readonly endings: Endings,
    private readonly store: StartStore,
    private readonly together: StartsTogether,
  ) {}

  async start(call: StartAttempt): Promise<Reply<StartedAttempt>> {
    if (!isConfigurationKey(call.eventKey)) throw eventNotFound();
    const outcome = await this.paidOrReleased(call);
    await outcome.shown;
    return reply(rawJson(outcome.text), { status: outcome.status, replayed: outcome.replayed });
  }

  /** What was taken for a start that is refused for good is given back at once; after a 503 the same call may use it. */
  private async paidOrReleased(call: StartAttempt): Promise<Outcome> {
    const purse: Purse = { charge: null };
    try {
      return await this.untilDone(call, purse);
    } catch (error) {
      const isDefinite = error instanceof Failure && error.status < 500;
      if (isDefinite && purse.charge !== null) await this.charges.release(purse.charge);
      throw error;
    }
  }

  private async untilDone(call: StartAttempt, purse: Purse): Promise<Outcome> {
    for (let looks = 1; looks <= looksMax; looks += 1) {
      const outcome = await this.lookAndWrite(call, purse, looks).catch(nullWhenGone);
      if (outcome !== null) return outcome;
    }
    throw busy();
  }

  /** Null = the look no longer holds. */
  private async lookAndWrite(call: StartAttempt, purse: Purse, looks: number): Promise<Outcome | null> {
    const { scope, player, eventKey, idempotency } = call;
    const asked = { scope, playerId: player.playerId, eventKey, idempotency, now: this.clock.now() };
    const look = await this.together.look(asked);
    const verdict = judgeLook(call, look);
    if (verdict instanceof Failure) throw verdict;
    if (verdict === 'not_open') {
      await this.openings.open(eventKey, look, looks);
      return null;
    }
    if ('replay' in verdict) {
      return { ...verdict.replay, replayed: true };
    }
    return verdict.runningId === null
      ? this.begin(call, verdict, purse)
      : this.resume(call, verdict, verdict.runningId);
  }

  /** Step 7. */
  private async resume(call: StartAttempt, open: OpenStart, attemptId: string): Promise<Outcome | null> {
    const attempt = await this.store.attempt(this.database, attemptId);
    if (attempt?.status !== 'in_progress') return null;
    if (isOverdue(attempt, this.clock.nowMs())) {
      await this.endings.timeOutAlone([attempt.id]);
      return null;
    }
    const definition = await this.definitions.at(this.database, attempt.eventId, attempt.revision);
    const { text, context, recorded } = written(call, open, attempt, definition, 200);
    if (context === null && recorded === null) return { text, status: 200, replayed: false };
    const now = this.clock.now();
    const { envelopes, columns } = this.outbox.envelopes(contextGivenFacts(call, now.getTime()));
    const { scope, player } = call;
    const writes = { scope, playerId: player.playerId, context, recorded, outbox: columns, now };
    if (!(await this.store.resume(this.database, writes, attempt.id))) return null;
    return { text, status: 200, replayed: false, shown: this.outbox.carry({ envelopes }) };
  }

  /** Steps 8–13. */
  private async begin(call: StartAttempt, open: OpenStart, purse: Purse): Promise<Outcome | null> {
    const definition = await this.definitions.at(this.database, open.eventId, open.windowRevision);
    if (open.charge?.state === 'reversing') {
      // Half given back is neither paid nor free, and the gates would judge what is still missing.
      await this.charges.giveBack(open.charge);
      return null;
    }
    const place = await this.admissions.admit(call, open, definition);
    if (place === null) return null;
    const charge = await this.charged(call, open, definition);
    purse.charge = charge ?? purse.charge;
    return this.create(call, open, definition, place, charge);
  }

  /** Null when the event is free, or has been paid for in this window. */
  private async charged(call: StartAttempt, open: OpenStart, { entryCost }: EventDefinition): Promise<Charge | null> {
    if (entryCost === null || open.charge?.state === 'used') return null;
    const charge = await this.charges.take(call, open.windowId, open.charge, entryCost);
    return charge.state === 'open' ? charge : null;
  }

  private async create(
    call: StartAttempt,
    open: OpenStart,
    definition: EventDefinition,
    { leaderboardId, isNew }: Place,
    charge: Charge | null,
  ): Promise<Outcome | null> {
    const nowMs = this.clock.nowMs();
    const id = charge?.attemptId ?? uuidV7(nowMs);
    const attempt = freshAttempt(call, open, { id, leaderboardId, definition, nowMs });
    const { text, context, recorded } = written(call, open, attempt, definition, 201);
    const made = await this.together.write({
      ...{ scope: call.scope, context, recorded, attempt },
      facts: [startedFact(attempt, newContext(call))],
      ordinal: open.lastOrdinal + 1,
      windowOrdinal: open.usedInWindow + 1,
      windowEndsAt: open.windowEndsAt,
      chargeN: charge?.n ?? null,
      keepsSeat: isNew,
    });
    if (made === null) return null;
    // The player must be found on the board when the answer arrives.
    const shown = definition.boardMode === 'none' ? {} : made;
    return { text, status: 201, replayed: false, ...shown };
  }
}

/** The reply's text, and what goes into the database together with it. */
function written(
  call: StartAttempt,
  { windowEndsAt }: OpenStart,
  attempt: AttemptState,
  definition: EventDefinition,
  status: 200 | 201,
): { text: string; context: Json | null; recorded: RecordedStart | null } {
  const started: StartedAttempt = {
    attempt: attemptOnWire(attempt, definition),
    leaderboardId: attempt.leaderboardId,
    windowEndsAt: windowEndsAt.toISOString(),
  };
  const text = JSON.stringify(started);
  const { idempotency } = call;
  return { text, context: keptContext(call), recorded: idempotency === null ? null : { ...idempotency, status, text } };
}

function nullWhenGone(error: unknown): null {
  if (error instanceof WindowGone) return null;
  throw error;
}
