import { Injectable } from '@nestjs/common';
import { isConfigurationKey } from '@kraty/contracts/common';
import type { FinishAttempt, FinishedAttempt } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { Failure } from '@kraty/platform/errors';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore } from '@kraty/platform/idempotency';
import { isUuid } from '@kraty/platform/ids';
import { rawJson, reply, type Reply } from '@kraty/platform/messaging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { attemptOnWire, isOverdue, resolved } from './attempt.js';
import { endedFact } from './attempt.facts.js';
import { attemptFinished, attemptNotFound, standing } from './attempt-refusals.js';
import { AttemptsStore } from './attempts.store.js';
import { Endings } from './endings.service.js';

interface Outcome {
  text: string;
  replayed: boolean;
  staged: Staged;
}

/** Thrown to undo a finish that came after the attempt's time; never leaves this file. */
class TooLate extends Error {}

const nothingStaged: Staged = { envelopes: [] };

/** `finish` (05 §9.4): ends an attempt now with its present score. */
@Injectable()
export class Finishes {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly idempotency: IdempotencyStore,
    private readonly definitions: Definitions,
    private readonly attempts: AttemptsStore,
    private readonly endings: Endings,
  ) {}

  async finish(asked: FinishAttempt): Promise<Reply<FinishedAttempt>> {
    if (!isUuid(asked.attemptId) || !isConfigurationKey(asked.eventKey)) throw attemptNotFound();
    const call = { ...asked, attemptId: asked.attemptId.toLowerCase() };
    try {
      const { text, replayed, staged } = await this.database.transaction((tx) => this.transact(tx, call));
      await this.outbox.carry(staged, { awaitApplied: ['grants'] });
      return reply(rawJson(text), { status: 200, replayed });
    } catch (error) {
      if (!(error instanceof TooLate)) throw error;
      throw await this.timedOut(call.attemptId);
    }
  }

  private async transact(tx: Tx, call: FinishAttempt): Promise<Outcome> {
    const recorded = await this.idempotency.begin(tx, call.scope, call.idempotency);
    if (recorded !== null) return { text: recorded.reply, replayed: true, staged: nothingStaged };

    const [locked] = await this.attempts.lock(tx, [call.attemptId]);
    const nowMs = this.clock.nowMs();
    const state = standing(call, locked?.attempt, locked?.eventStatus, nowMs);
    if (state instanceof Failure) throw state;
    if (state === 'overdue' || locked === undefined) throw new TooLate();

    const definition = await this.definitions.at(tx, locked.attempt.eventId, locked.attempt.revision);
    const after = resolved(locked.attempt, definition, 'finish', nowMs);
    const outcome = after.status === 'completed' ? 'completed' : 'expired';
    const text = JSON.stringify({ attempt: attemptOnWire(after, definition), outcome } satisfies FinishedAttempt);
    await this.attempts.saveEnded(tx, [after]);
    await this.idempotency.record(tx, call.scope, call.idempotency, { status: 200, reply: text });
    const staged = await this.outbox.stage(tx, [endedFact(after, definition, nowMs)]);
    return { text, replayed: false, staged };
  }

  /** The end of an overdue attempt stays although the call fails, so it has a transaction of its own. */
  private async timedOut(attemptId: string): Promise<Failure> {
    const { failure, staged } = await this.database.transaction(async (tx) => {
      const [locked] = await this.attempts.lock(tx, [attemptId]);
      if (locked === undefined) return { failure: attemptNotFound(), staged: nothingStaged };
      const nowMs = this.clock.nowMs();
      if (!isOverdue(locked.attempt, nowMs)) return { failure: attemptFinished(locked.attempt), staged: nothingStaged };
      const definition = await this.definitions.at(tx, locked.attempt.eventId, locked.attempt.revision);
      const facts = await this.endings.timeOut(tx, [locked.attempt], nowMs);
      const ended = resolved(locked.attempt, definition, 'timeout', nowMs);
      return { failure: attemptFinished(ended), staged: await this.outbox.stage(tx, facts) };
    });
    await this.outbox.carry(staged, { awaitApplied: ['grants'] });
    return failure;
  }
}
