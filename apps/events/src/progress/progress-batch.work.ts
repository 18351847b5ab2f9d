import type { ReportProgress } from '@kraty/contracts/events';
import type { NewFact } from '@kraty/platform/facts';
import type { Settled } from '@kraty/platform/group-commit';
import type { Anomaly } from '../anti-cheat/anomaly.js';
import { flaggedFact } from '../anti-cheat/anomaly.facts.js';
import { endedFact, scoredFact } from '../attempts/attempt.facts.js';
import type { AttemptState } from '../attempts/attempt.js';
import { milestoneFact } from '../milestones/milestone.facts.js';
import { judgeProgress, type AcceptedProgress, type ProgressGround } from './judge-progress.js';
import { keyConflict } from './progress-refusals.js';
import type { ProgressReply, RecordedCall } from './progress-reply.js';

/** What a batch found and what it will write: filled call by call, without I/O. */
export interface BatchWork {
  nowMs: number;
  grounds: ReadonlyMap<string, ProgressGround>;
  /** Replies recorded before this batch, or why the key refuses the call; by position. */
  known: readonly (Settled<string> | null)[];
  changed: Map<string, AttemptState>;
  /** By idempotency key. */
  recorded: Map<string, RecordedCall>;
  anomalies: Anomaly[];
  /** For boards. */
  scored: NewFact[];
  /** For whoever pays: milestones and ends. */
  paying: NewFact[];
  /** Nobody's answer waits for these. */
  flagged: NewFact[];
  outcomes: Outcome[];
}

export type Outcome =
  | { kind: 'failed'; error: unknown }
  /** It came too late, and has ended its attempt all the same. */
  | { kind: 'ended'; error: unknown }
  | { kind: 'replayed'; reply: ProgressReply }
  /** `pays`: grants may follow from the write. */
  | { kind: 'written'; reply: ProgressReply; pays: boolean };

export function batchWork(
  nowMs: number,
  grounds: ReadonlyMap<string, ProgressGround>,
  known: readonly (Settled<string> | null)[],
): BatchWork {
  const nothing = { anomalies: [], scored: [], paying: [], flagged: [], outcomes: [] };
  return { nowMs, grounds, known, changed: new Map(), recorded: new Map(), ...nothing };
}

/** One call of the batch. Calls of one attempt run one after the other; a refused call leaves no trace in the work. */
export function settle(call: ReportProgress, at: number, work: BatchWork): void {
  work.outcomes.push(outcomeOf(call, at, work));
}

function outcomeOf(call: ReportProgress, at: number, work: BatchWork): Outcome {
  const known = work.known[at];
  if (known) {
    return known.ok ? { kind: 'replayed', reply: replyOf(call, known.value) } : { kind: 'failed', error: known.error };
  }
  const twin = twinOf(call, work);
  if (twin !== null) return twin;

  const ground = work.grounds.get(call.attemptId);
  const verdict = judgeProgress(call, ground, work.nowMs);
  switch (verdict.kind) {
    case 'refused':
      return { kind: 'failed', error: verdict.failure };
    case 'rejected':
      keepAnomalies(verdict.anomalies, work);
      return { kind: 'failed', error: verdict.failure };
    case 'too_late':
      keepState(verdict.ended, ground as ProgressGround, work);
      return { kind: 'ended', error: verdict.failure };
    case 'accepted':
      return keepAccepted(call, ground as ProgressGround, verdict, work);
  }
}

/** The first call of the same key in this batch. */
function twinOf({ scope, idempotency }: ReportProgress, { recorded }: BatchWork): Outcome | null {
  if (idempotency === null) return null;
  const first = recorded.get(recordKey(scope.gameId, scope.environment, idempotency));
  if (first === undefined) return null;
  if (first.idempotency.bodyHash === idempotency.bodyHash) return { kind: 'replayed', reply: first.reply };
  return { kind: 'failed', error: keyConflict(idempotency.key) };
}

function keepAccepted(
  call: ReportProgress,
  ground: ProgressGround,
  { after, anomalies, milestones, reply: body }: AcceptedProgress,
  work: BatchWork,
): Outcome {
  const { contributesTo } = ground.latest;
  // One fact a write, even of one attempt in one batch: the board's stream shows every accepted write (06 §7.3).
  if (ground.definition.boardMode !== 'none' || contributesTo.length > 0) {
    work.scored.push(scoredFact(after, contributesTo));
  }
  for (const milestone of milestones) work.paying.push(milestoneFact(after, milestone, work.nowMs));
  keepAnomalies(anomalies, work);
  keepState(after, ground, work);

  const reply = replyOf(call, JSON.stringify(body));
  const { scope, idempotency } = call;
  if (idempotency !== null) {
    work.recorded.set(recordKey(scope.gameId, scope.environment, idempotency), { scope, idempotency, reply });
  }
  return { kind: 'written', reply, pays: milestones.length > 0 || after.status === 'completed' };
}

function keepState(after: AttemptState, ground: ProgressGround, work: BatchWork): void {
  ground.attempt = after;
  work.changed.set(after.id, after);
  if (after.status === 'in_progress') return;
  work.paying.push(endedFact(after, ground.definition, after.completedAtMs ?? after.endsAtMs));
}

function keepAnomalies(anomalies: readonly Anomaly[], work: BatchWork): void {
  for (const anomaly of anomalies) {
    work.anomalies.push(anomaly);
    if (anomaly.verdict === 'flag') work.flagged.push(flaggedFact(anomaly));
  }
}

function replyOf({ scope, attemptId, idempotency }: ReportProgress, text: string): ProgressReply {
  return { scope, attemptId, idempotency, text };
}

function recordKey(
  gameId: string,
  environment: string,
  { operation, key }: { operation: string; key: string },
): string {
  return `${gameId}\n${environment}\n${operation}\n${key}`;
}
