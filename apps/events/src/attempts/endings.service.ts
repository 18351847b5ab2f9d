import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { isAway } from '@kraty/platform/errors';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { endedFact } from './attempt.facts.js';
import { isOverdue, resolved, type AttemptState } from './attempt.js';
import { AttemptsStore } from './attempts.store.js';
import { ParkedAttemptsStore } from './parked-attempts.store.js';

/**
 * Attempts resolved in one transaction: enough to be quick, few enough to hold their locks briefly. Each claim passes what
 * the ones before have left in the index, so smaller chunks make a large crowd dearer.
 */
const attemptsAChunk = 2_000;
/** Chunks at a time, each in a transaction of its own: while PostgreSQL writes one, another is worked out here. */
const lanesMax = 2;

/** Locks attempts that shall end, at most so many, and none that is parked. */
export type Claim = (tx: Tx, now: Date, limit: number) => Promise<AttemptState[]>;

/** Ends attempts whose time ran out. */
@Injectable()
export class Endings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly definitions: Definitions,
    private readonly attempts: AttemptsStore,
    private readonly parked: ParkedAttemptsStore,
    private readonly logger: Logger,
  ) {}

  /**
   * Ends what the claim hands out, chunk by chunk. An attempt that cannot be ended is told to the log and parked: it
   * keeps no other one waiting. False = there may be more than so many chunks hold.
   */
  async timeOutAll(claim: Claim, chunksMax: number): Promise<boolean> {
    // Mostly there are few, and the first chunk holds them all.
    if ((await this.timeOutChunk(claim)) < attemptsAChunk) return true;
    for (let chunks = 1; chunks < chunksMax; chunks += lanesMax) {
      const running = Array.from({ length: lanesMax }, () => this.timeOutChunk(claim));
      await Promise.allSettled(running);
      if (Math.min(...(await Promise.all(running))) < attemptsAChunk) return true;
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
    await this.outbox.carry(staged, { awaitApplied: ['grants'] });
  }

  /** Ends what is over, though one of them cannot be ended: that one is told to the log and parked. */
  async timeOutEach(attempts: readonly AttemptState[]): Promise<void> {
    try {
      await this.timeOutAlone(attempts.map(({ id }) => id));
    } catch (error) {
      if (isAway(error)) throw error;
      await this.timeOutOneByOne(attempts);
    }
  }

  private async timeOutChunk(claim: Claim): Promise<number> {
    let claimed: AttemptState[] = [];
    try {
      const staged = await this.database.transaction(async (tx): Promise<Staged> => {
        claimed = [];
        const now = this.clock.now();
        claimed = await claim(tx, now, attemptsAChunk);
        const due = claimed.filter((attempt) => isOverdue(attempt, now.getTime()));
        return this.outbox.stage(tx, await this.timeOut(tx, due, now.getTime()));
      });
      await this.outbox.carry(staged);
    } catch (error) {
      if (claimed.length === 0 || isAway(error)) throw error;
      await this.timeOutOneByOne(claimed);
    }
    return claimed.length;
  }

  private async timeOutOneByOne(claimed: readonly AttemptState[]): Promise<void> {
    for (const attempt of claimed) {
      await this.timeOutAlone([attempt.id]).catch(async (error: unknown) => {
        if (isAway(error)) throw error;
        const { id: attemptId, eventWindowId, eventKey } = attempt;
        this.logger.error({ err: error, attemptId, eventWindowId, eventKey }, 'an attempt cannot be ended');
        const reason = error instanceof Error ? error.message : String(error);
        await this.database.transaction((tx) => this.parked.park(tx, attempt, reason, this.clock.now()));
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
