import { Injectable } from '@nestjs/common';
import type { ReportProgress } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Outbox, type NewFact, type OutboxColumns, type Staged } from '@kraty/platform/facts';
import { IdempotencyStore } from '@kraty/platform/idempotency';
import { Database, type Tx } from '@kraty/platform/persistence';
import { endedFact, scoredFact } from '../attempts/attempt.facts.js';
import type { AttemptState } from '../attempts/attempt.js';
import { AttemptsStore, type LockedAttempt } from '../attempts/attempts.store.js';
import { Definitions } from '../definitions/definitions.service.js';
import type { Settled } from './group-commit.js';
import { judgeProgress, type ProgressGround, type ProgressVerdict } from './judge-progress.js';
import { ProgressStore, type RecordedCall } from './progress.store.js';

/** The answer to one call, and what it should wait for before it leaves. */
export interface WrittenProgress {
  /** JSON of the reply's body. */
  text: string;
  replayed: boolean;
  shown: Promise<unknown>;
}

interface BatchWork {
  nowMs: number;
  grounds: Map<string, ProgressGround>;
  /** Replies recorded before this batch, or why the key refuses the call; by position. */
  known: (Settled<string> | null)[];
  changed: Map<string, AttemptState>;
  recorded: Map<string, RecordedCall>;
  scored: NewFact[];
  ended: NewFact[];
  outcomes: Outcome[];
}

type Outcome =
  | { kind: 'failed'; error: unknown }
  | { kind: 'replayed'; text: string }
  | { kind: 'written'; text: string; completed: boolean };

const nothingToShow = Promise.resolve();

/** Many progress calls in one transaction: four round trips, however many they are (architecture §4). */
@Injectable()
export class ProgressBatches {
  /** By attempt: a replay that overtakes the first answer must not be read past its effect (01 §14). */
  private readonly carried = new Map<string, Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly idempotency: IdempotencyStore,
    private readonly definitions: Definitions,
    private readonly attempts: AttemptsStore,
    private readonly progress: ProgressStore,
  ) {}

  /** All or nothing: when it throws, nothing of the batch persists. */
  async write(calls: ReportProgress[]): Promise<Settled<WrittenProgress>[]> {
    const { work, scored, ended } = await this.database.transaction((tx) => this.transact(tx, calls));
    const boards =
      scored.envelopes.length === 0 ? nothingToShow : this.outbox.carry(scored, { awaitApplied: ['leaderboards'] });
    const grants =
      ended.envelopes.length === 0 ? nothingToShow : this.outbox.carry(ended, { awaitApplied: ['grants'] });
    const all = Promise.all([boards, grants]);
    this.keepCarried([...work.changed.keys()], all);
    return work.outcomes.map((outcome, at): Settled<WrittenProgress> => {
      if (outcome.kind === 'failed') return { ok: false, error: outcome.error };
      if (outcome.kind === 'replayed') {
        const shown = this.carried.get(calls[at]!.attemptId) ?? nothingToShow;
        return { ok: true, value: { text: outcome.text, replayed: true, shown } };
      }
      return { ok: true, value: { text: outcome.text, replayed: false, shown: outcome.completed ? all : boards } };
    });
  }

  private keepCarried(attemptIds: string[], shown: Promise<unknown>): void {
    for (const id of attemptIds) this.carried.set(id, shown);
    void shown.then(() => {
      for (const id of attemptIds) if (this.carried.get(id) === shown) this.carried.delete(id);
    });
  }

  private async transact(tx: Tx, calls: ReportProgress[]): Promise<{ work: BatchWork; scored: Staged; ended: Staged }> {
    const work = await this.lockedWork(tx, calls);
    calls.forEach((call, at) => work.outcomes.push(settle(call, at, work)));
    const scored = this.outbox.envelopes(work.scored);
    const ended = this.outbox.envelopes(work.ended);
    if (work.changed.size > 0) {
      await this.progress.write(tx, {
        attempts: [...work.changed.values()],
        recorded: [...work.recorded.values()],
        outbox: joined(scored.columns, ended.columns),
        now: new Date(work.nowMs),
      });
    }
    return { work, scored, ended };
  }

  /** Locks first, keys second: under the lock of its attempt a twin sees what the first call has recorded. */
  private async lockedWork(tx: Tx, calls: ReportProgress[]): Promise<BatchWork> {
    const locked = await this.attempts.lock(tx, [...new Set(calls.map(({ attemptId }) => attemptId))]);
    const known = await this.knownReplies(tx, calls);
    const grounds = new Map<string, ProgressGround>();
    for (const { attempt, eventStatus } of locked) {
      const definition = await this.definitionOf(tx, { attempt, eventStatus });
      grounds.set(attempt.id, { attempt, eventStatus, definition });
    }
    const empty = { changed: new Map(), recorded: new Map(), scored: [], ended: [], outcomes: [] };
    return { nowMs: this.clock.nowMs(), grounds, known, ...empty };
  }

  private definitionOf(tx: Tx, { attempt }: LockedAttempt) {
    return (
      this.definitions.keptAt(attempt.eventId, attempt.revision) ??
      this.definitions.at(tx, attempt.eventId, attempt.revision)
    );
  }

  private async knownReplies(tx: Tx, calls: ReportProgress[]): Promise<(Settled<string> | null)[]> {
    const known = new Array<Settled<string> | null>(calls.length).fill(null);
    const keyed = calls.flatMap(({ scope, idempotency }, at) =>
      idempotency === null ? [] : [{ at, scope, idempotency }],
    );
    if (keyed.length === 0) return known;
    const conflicts = new Map<number, Error>();
    const found = await this.idempotency.lookup(tx, keyed, (index, failure) => conflicts.set(index, failure));
    keyed.forEach(({ at }, index) => {
      const conflict = conflicts.get(index);
      const reply = found[index];
      if (conflict !== undefined) known[at] = { ok: false, error: conflict };
      else if (reply) known[at] = { ok: true, value: reply.reply };
    });
    return known;
  }
}

/** One call of the batch. Calls of one attempt run one after the other; a refused call leaves no trace in the work. */
function settle(call: ReportProgress, at: number, work: BatchWork): Outcome {
  const known = work.known[at] ?? repeated(call, work);
  if (known !== null)
    return known.ok ? { kind: 'replayed', text: known.value } : { kind: 'failed', error: known.error };

  const ground = work.grounds.get(call.attemptId);
  const verdict = judgeProgress(call, ground, work.nowMs);
  if (verdict.kind === 'refused') return { kind: 'failed', error: verdict.failure };
  return keep(call, ground as ProgressGround, verdict, work);
}

/** The twin of a call in the same batch. */
function repeated({ scope, idempotency }: ReportProgress, { recorded }: BatchWork): Settled<string> | null {
  const first =
    idempotency === null ? undefined : recorded.get(recordKey(scope.gameId, scope.environment, idempotency));
  if (first === undefined || idempotency === null) return null;
  if (first.idempotency.bodyHash === idempotency.bodyHash) return { ok: true, value: first.text };
  const details = { idempotencyKey: idempotency.key };
  return { ok: false, error: fail('idempotency_conflict', 'the idempotency key was used with another body', details) };
}

function keep(
  call: ReportProgress,
  ground: ProgressGround,
  verdict: Exclude<ProgressVerdict, { kind: 'refused' }>,
  work: BatchWork,
): Outcome {
  const after = verdict.kind === 'accepted' ? verdict.after : verdict.ended;
  ground.attempt = after;
  work.changed.set(after.id, after);
  if (after.status !== 'in_progress')
    work.ended.push(endedFact(after, ground.definition, after.completedAtMs ?? after.endsAtMs));
  if (verdict.kind === 'too_late') return { kind: 'failed', error: verdict.failure };

  // One fact a write, even of one attempt in one batch: the board's stream shows every accepted write (06 §7.3).
  if (ground.definition.boardMode !== 'none') work.scored.push(scoredFact(after));
  const text = JSON.stringify(verdict.reply);
  const { scope, idempotency } = call;
  if (idempotency !== null) {
    work.recorded.set(recordKey(scope.gameId, scope.environment, idempotency), { scope, idempotency, text });
  }
  return { kind: 'written', text, completed: after.status === 'completed' };
}

function recordKey(
  gameId: string,
  environment: string,
  { operation, key }: { operation: string; key: string },
): string {
  return `${gameId}\n${environment}\n${operation}\n${key}`;
}

function joined(a: OutboxColumns, b: OutboxColumns): OutboxColumns {
  return {
    ids: [...a.ids, ...b.ids],
    subjects: [...a.subjects, ...b.subjects],
    payloads: [...a.payloads, ...b.payloads],
    headers: [...a.headers, ...b.headers],
  };
}
