import { Injectable } from '@nestjs/common';
import type { ReportProgress } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type OutboxColumns, type Staged } from '@kraty/platform/facts';
import type { Settled } from '@kraty/platform/group-commit';
import { Database, type Tx } from '@kraty/platform/persistence';
import { AttemptsStore, type LockedAttempt } from '../attempts/attempts.store.js';
import { Definitions } from '../definitions/definitions.service.js';
import { KnownRepliesStore } from './known-replies.store.js';
import { batchWork, settle, type BatchWork } from './progress-batch.work.js';
import type { ProgressGround } from './judge-progress.js';
import { keyConflict } from './progress-refusals.js';
import { ProgressReplies } from './progress-replies.service.js';
import { payoutKeysMissing, type ProgressReply, type RecordedKey } from './progress-reply.js';
import { ProgressStore } from './progress.store.js';

/** The answer to one call, and what it should wait for before it leaves; its text is final only then. */
export interface WrittenProgress {
  reply: ProgressReply;
  replayed: boolean;
  shown: Promise<unknown>;
}

/** A call that failed and ended its attempt: whoever is told so finds what that pays. */
export interface EndedByCall {
  error: unknown;
  shown: Promise<unknown>;
}

/** What was committed, by who is waited for. */
interface Committed {
  work: BatchWork;
  scored: Staged;
  paying: Staged;
  flagged: Staged;
}

const nothingToShow = Promise.resolve();
/** Tries of a batch one of whose keys was recorded after it had been looked for. */
const triesMax = 3;
const uniqueViolation = '23505';

/** Many progress calls in one transaction: two round trips, however many they are (architecture §4). */
@Injectable()
export class ProgressBatches {
  /** By attempt: a replay that overtakes the first answer must not be read past its effect (01 §14). */
  private readonly carried = new Map<string, Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly recorded: KnownRepliesStore,
    private readonly definitions: Definitions,
    private readonly attempts: AttemptsStore,
    private readonly progress: ProgressStore,
    private readonly replies: ProgressReplies,
  ) {}

  /** All or nothing: when it throws, nothing of the batch persists. */
  async write(calls: ReportProgress[]): Promise<Settled<WrittenProgress | EndedByCall>[]> {
    const committed = await this.commit(calls);
    const { work } = committed;
    const boards = this.outbox.carry(committed.scored, { awaitApplied: ['leaderboards'] });
    const all = Promise.all([boards, this.paid(committed)]);
    void this.outbox.carry(committed.flagged);
    this.keepCarried([...work.changed.keys()], all);
    return work.outcomes.map((outcome): Settled<WrittenProgress | EndedByCall> => {
      if (outcome.kind === 'failed') return { ok: false, error: outcome.error };
      if (outcome.kind === 'ended') return { ok: true, value: { error: outcome.error, shown: all } };
      const { reply } = outcome;
      if (outcome.kind === 'replayed') {
        return { ok: true, value: { reply, replayed: true, shown: this.shownAgain(reply) } };
      }
      return { ok: true, value: { reply, replayed: false, shown: outcome.pays ? all : boards } };
    });
  }

  /** Resolves when grants have made what the batch pays, or are late; replies hold by then what milestones gave. */
  private async paid({ work, paying }: Committed): Promise<void> {
    if (paying.envelopes.length === 0) return;
    const report = await this.outbox.carry(paying, { awaitApplied: ['grants'] });
    if (!report.applied.includes('grants')) return;
    await this.replies.complete(
      work.outcomes.flatMap((outcome) => (outcome.kind === 'written' ? [outcome.reply] : [])),
    );
  }

  /** A replay waits for the effect of the first call, and repeats its final text. */
  private async shownAgain(reply: ProgressReply): Promise<void> {
    await (this.carried.get(reply.attemptId) ?? nothingToShow);
    if (payoutKeysMissing(reply).length > 0) await this.replies.replayed(reply);
  }

  private keepCarried(attemptIds: string[], shown: Promise<unknown>): void {
    for (const id of attemptIds) this.carried.set(id, shown);
    void shown.then(() => {
      for (const id of attemptIds) if (this.carried.get(id) === shown) this.carried.delete(id);
    });
  }

  /** Whoever records a key without the lock of its attempt is met at the key itself; the next look finds the record. */
  private async commit(calls: ReportProgress[]): Promise<Committed> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.database.transaction((tx) => this.transact(tx, calls));
      } catch (error) {
        if (tries >= triesMax || (error as { code?: unknown }).code !== uniqueViolation) throw error;
      }
    }
  }

  private async transact(tx: Tx, calls: ReportProgress[]): Promise<Committed> {
    const work = await this.lockedWork(tx, calls);
    calls.forEach((call, at) => settle(call, at, work));
    const scored = this.outbox.envelopes(work.scored);
    const paying = this.outbox.envelopes(work.paying);
    const flagged = this.outbox.envelopes(work.flagged);
    if (work.changed.size > 0 || work.anomalies.length > 0) {
      await this.progress.write(tx, {
        attempts: [...work.changed.values()],
        recorded: [...work.recorded.values()],
        anomalies: work.anomalies,
        outbox: joined([scored.columns, paying.columns, flagged.columns]),
        now: new Date(work.nowMs),
      });
    }
    return { work, scored, paying, flagged };
  }

  /**
   * Locks first, keys second: under the lock of its attempt a twin sees what the first call has recorded. Both are sent
   * at once; the second runs when the first has its locks, and by a look at the database of its own.
   */
  private async lockedWork(tx: Tx, calls: ReportProgress[]): Promise<BatchWork> {
    const [locked, known] = await Promise.all([
      this.attempts.lock(tx, [...new Set(calls.map(({ attemptId }) => attemptId))]),
      this.knownReplies(tx, calls),
    ]);
    const grounds = new Map<string, ProgressGround>();
    for (const one of locked) grounds.set(one.attempt.id, this.keptGround(one) ?? (await this.ground(tx, one)));
    return batchWork(this.clock.nowMs(), grounds, known);
  }

  /** Without a wait when both revisions are in memory, as they nearly always are. */
  private keptGround({ attempt, eventStatus, eventRevision }: LockedAttempt): ProgressGround | null {
    const definition = this.definitions.keptAt(attempt.eventId, attempt.revision);
    const latest = this.definitions.keptAt(attempt.eventId, eventRevision);
    return definition && latest ? { attempt, eventStatus, definition, latest } : null;
  }

  private async ground(tx: Tx, { attempt, eventStatus, eventRevision }: LockedAttempt): Promise<ProgressGround> {
    const definition = await this.definitions.at(tx, attempt.eventId, attempt.revision);
    const latest = await this.definitions.at(tx, attempt.eventId, eventRevision);
    return { attempt, eventStatus, definition, latest };
  }

  private async knownReplies(tx: Tx, calls: readonly ReportProgress[]): Promise<(Settled<string> | null)[]> {
    const known = new Array<Settled<string> | null>(calls.length).fill(null);
    const keys: RecordedKey[] = [];
    const callOf: number[] = [];
    calls.forEach(({ scope, idempotency }, at) => {
      if (idempotency !== null) callOf[keys.push({ scope, idempotency }) - 1] = at;
    });
    for (const { at, bodyHash, text } of await this.recorded.known(tx, keys, this.clock.nowMs())) {
      const { key, bodyHash: asked } = keys[at]!.idempotency;
      known[callOf[at]!] = bodyHash === asked ? { ok: true, value: text } : { ok: false, error: keyConflict(key) };
    }
    return known;
  }
}

/** In the order in which they are to be told: boards, payouts, notices (05 §9.2). */
function joined(columns: readonly OutboxColumns[]): OutboxColumns {
  return {
    ids: columns.flatMap(({ ids }) => ids),
    subjects: columns.flatMap(({ subjects }) => subjects),
    payloads: columns.flatMap(({ payloads }) => payloads),
    headers: columns.flatMap(({ headers }) => headers),
  };
}
