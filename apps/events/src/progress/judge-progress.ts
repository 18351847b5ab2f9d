import type { ReportedProgress, ReportProgress } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { fail, validationFailed, type Failure } from '@kraty/platform/errors';
import { attemptOnWire, resolved, type AttemptState } from '../attempts/attempt.js';
import { attemptFinished, standing } from '../attempts/attempt-refusals.js';
import type { EventDefinition, EventStatus } from '../definitions/event-definition.js';
import { applyWrite, type WriteResult } from '../scoring/apply-write.js';

/** What a write found when its attempt was locked. */
export interface ProgressGround {
  attempt: AttemptState;
  eventStatus: EventStatus;
  definition: EventDefinition;
}

export type ProgressVerdict =
  /** Nothing of the call persists. */
  | { kind: 'refused'; failure: Failure }
  /** The attempt's time had passed: its end persists although the call fails. */
  | { kind: 'too_late'; failure: Failure; ended: AttemptState }
  | { kind: 'accepted'; after: AttemptState; reply: ReportedProgress };

/** Steps 4–12 of a progress call (05 §9.2) without any I/O; `ground` undefined = there is no such attempt. */
export function judgeProgress(
  call: ReportProgress,
  ground: ProgressGround | undefined,
  nowMs: number,
): ProgressVerdict {
  const state = standing(call, ground?.attempt, ground?.eventStatus, nowMs);
  if (state !== 'open' && state !== 'overdue') return { kind: 'refused', failure: state };
  const { attempt, definition } = ground as ProgressGround;
  if (state === 'overdue') {
    const ended = resolved(attempt, definition, 'timeout', nowMs);
    return { kind: 'too_late', failure: attemptFinished(ended), ended };
  }
  const written = applyWrite(definition.scoring, attempt.raw, call);
  if (written.kind !== 'applied') return { kind: 'refused', failure: refusalOf(written) };
  const after = afterWrite(attempt, written, call.occurredAt, nowMs);
  return { kind: 'accepted', after, reply: { attempt: attemptOnWire(after, definition), milestonesFired: [] } };
}

type Applied = Extract<WriteResult, { kind: 'applied' }>;

function afterWrite(attempt: AttemptState, written: Applied, occurredAt: string | null, nowMs: number): AttemptState {
  const isBest = attempt.bestScore === null || written.score > attempt.bestScore;
  return {
    ...attempt,
    raw: written.raw,
    score: written.score,
    bestScore: isBest ? written.score : attempt.bestScore,
    bestAtMs: isBest ? nowMs : attempt.bestAtMs,
    progressCount: attempt.progressCount + 1,
    lastProgressAtMs: nowMs,
    lastOccurredAtMs: occurredAt === null ? attempt.lastOccurredAtMs : Date.parse(occurredAt),
    status: written.targetsReached ? 'completed' : 'in_progress',
    completedAtMs: written.targetsReached ? nowMs : null,
  };
}

function refusalOf(written: Exclude<WriteResult, Applied>): Failure {
  switch (written.kind) {
    case 'unknown_metrics': {
      const { metricKeys } = written;
      return fail('invalid_metric', `the event does not declare ${metricKeys.join(', ')}`, { metricKeys });
    }
    case 'nothing_given':
      return invalid({ path: 'body.metrics', code: 'required', message: 'metricValue or metrics is required' });
    case 'primary_named_twice': {
      const message = `metricValue is the value of '${written.metricKey}'; do not give both`;
      return invalid({ path: 'body.metricValue', code: 'conflict', message });
    }
    case 'out_of_bounds': {
      const path = written.metricKey === null ? 'body.metrics' : `body.metrics.${written.metricKey}`;
      const what = written.metricKey === null ? 'the score' : 'the value';
      return invalid({ path, code: 'range', message: `${what} would leave ±10^15` });
    }
  }
}

const invalid = (issue: Issue): Failure => validationFailed([issue]);
