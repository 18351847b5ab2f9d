import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { isAway } from '../is-away.js';
import { Definitions } from '../definitions/definitions.service.js';
import { endedFact } from './attempt.facts.js';
import { isOverdue, resolved, type AttemptState } from './attempt.js';
import { AttemptsStore } from './attempts.store.js';

/** Attempts resolved in one transaction: enough to be quick, few enough to hold their locks only briefly. */
const attemptsAChunk = 500;
/** Attempts that cannot be ended, which one run goes around. */
const leftOutMax = 1_000;

/** Locks attempts that shall end, but for those `without`. */
export type Claim = (tx: Tx, of: { without: readonly string[]; limit: number }) => Promise<AttemptState[]>;

/** Ends attempts whose time ran out. */
@Injectable()
export class Endings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly definitions: Definitions,
    private readonly attempts: AttemptsStore,
    private readonly logger: Logger,
  ) {}

  /**
   * Ends what the claim hands out, chunk by chunk. An attempt that cannot be ended is told to the log and left out: it
   * keeps no other one waiting. False = there may be more than so many chunks hold.
   */
  async timeOutAll(claim: Claim, chunksMax: number): Promise<boolean> {
    const without: string[] = [];
    for (let chunk = 1; chunk <= chunksMax; chunk += 1) {
      const claimed = await this.timeOutChunk(claim, without);
      if (claimed < attemptsAChunk || without.length >= leftOutMax) return true;
    }
    return false;
  }

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

  private async timeOutChunk(claim: Claim, without: string[]): Promise<number> {
    let claimed: AttemptState[] = [];
    try {
      const staged = await this.database.transaction(async (tx): Promise<Staged> => {
        claimed = [];
        claimed = await claim(tx, { without, limit: attemptsAChunk });
        const nowMs = this.clock.nowMs();
        const due = claimed.filter((attempt) => isOverdue(attempt, nowMs));
        return this.outbox.stage(tx, await this.timeOut(tx, due, nowMs));
      });
      await this.outbox.carry(staged);
    } catch (error) {
      if (claimed.length === 0 || isAway(error)) throw error;
      await this.timeOutOneByOne(claimed, without);
    }
    return claimed.length;
  }

  private async timeOutOneByOne(claimed: readonly AttemptState[], without: string[]): Promise<void> {
    for (const { id } of claimed) {
      await this.timeOutAlone([id]).catch((error: unknown) => {
        if (isAway(error)) throw error;
        this.logger.error({ err: error, attemptId: id }, 'an attempt cannot be ended');
        without.push(id);
      });
    }
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
