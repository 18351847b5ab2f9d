import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { Database, type Tx } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { endedFact } from './attempt.facts.js';
import { isOverdue, resolved, type AttemptState } from './attempt.js';
import { AttemptsStore } from './attempts.store.js';

/** Ends attempts whose time ran out. */
@Injectable()
export class Endings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly definitions: Definitions,
    private readonly attempts: AttemptsStore,
  ) {}

  /** In a transaction of its own: the end stays, whatever becomes of the call that noticed it (05 §9.5). */
  async timeOutAlone(attemptIds: readonly string[]): Promise<void> {
    const staged = await this.database.transaction(async (tx) => {
      const locked = await this.attempts.lock(tx, attemptIds);
      const nowMs = this.clock.nowMs();
      // Nothing expires while its event is paused (05 §15).
      const due = locked.filter(({ attempt, eventStatus }) => eventStatus !== 'paused' && isOverdue(attempt, nowMs));
      const attempts = due.map(({ attempt }) => attempt);
      return this.outbox.stage(tx, await this.timeOut(tx, attempts, nowMs));
    });
    await this.outbox.carry(staged);
  }

  /** In the caller's transaction and under its locks; returns what is to be told. */
  async timeOut(tx: Tx, attempts: readonly AttemptState[], nowMs: number): Promise<NewFact[]> {
    const ended: AttemptState[] = [];
    const facts: NewFact[] = [];
    for (const attempt of attempts) {
      const definition = await this.definitions.at(tx, attempt.eventId, attempt.revision);
      const state = resolved(attempt, definition, 'timeout', nowMs);
      ended.push(state);
      facts.push(endedFact(state, definition, attempt.endsAtMs));
    }
    await this.attempts.saveEnded(tx, ended);
    return facts;
  }
}
