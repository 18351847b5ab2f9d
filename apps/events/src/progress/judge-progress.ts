import type { ReportedProgress, ReportProgress } from '@kraty/contracts/events';
import type { MilestoneReward } from '@kraty/contracts/grants';
import type { Failure } from '@kraty/platform/errors';
import { anomaliesOf, type Anomaly } from '../anti-cheat/anomaly.js';
import { violationsOf, type Violation } from '../anti-cheat/validators.js';
import { attemptOnWire, resolved, type AttemptState } from '../attempts/attempt.js';
import { attemptFinished, standing } from '../attempts/attempt-refusals.js';
import type { EventDefinition, EventStatus, LatestSettings } from '../definitions/event-definition.js';
import { newlyReached } from '../milestones/milestones.js';
import { applyWrite, type WriteResult } from '../scoring/apply-write.js';
import { scoreOf } from '../scoring/formula-score.js';
import type { MetricValues } from '../scoring/score.js';
import { antiCheatRejected, refusalOf } from './progress-refusals.js';

/** What a write found when its attempt was locked. */
export interface ProgressGround {
  attempt: AttemptState;
  eventStatus: EventStatus;
  /** What the attempt is played by. */
  definition: EventDefinition;
  /** The newest revision's: validators and contributed boards are always the latest (05 §16). */
  latest: Pick<LatestSettings, 'validators' | 'contributesTo'>;
}

export type ProgressVerdict =
  /** Nothing of the call persists. */
  | { kind: 'refused'; failure: Failure }
  /** Nothing of the call persists but what its validators found. */
  | { kind: 'rejected'; failure: Failure; anomalies: Anomaly[] }
  /** The attempt's time had passed: its end persists although the call fails. */
  | { kind: 'too_late'; failure: Failure; ended: AttemptState }
  | AcceptedProgress;

export interface AcceptedProgress {
  kind: 'accepted';
  after: AttemptState;
  /** One a flag. */
  anomalies: Anomaly[];
  /** Reached by this write, in their order. */
  milestones: readonly MilestoneReward[];
  /** Grants of milestones are not known before the commit. */
  reply: ReportedProgress;
}

type Applied = Extract<WriteResult, { kind: 'applied' }>;

const msASecond = 1_000;

/** Steps 4–12 of a progress call (05 §9.2) without any I/O; `ground` undefined = there is no such attempt. */
export function judgeProgress(
  call: ReportProgress,
  ground: ProgressGround | undefined,
  nowMs: number,
): ProgressVerdict {
  const state = standing(call, ground?.attempt, ground?.eventStatus, nowMs);
  if (state !== 'open' && state !== 'overdue') return { kind: 'refused', failure: state };

  const { attempt, definition, latest } = ground as ProgressGround;
  if (state === 'overdue') {
    const ended = resolved(attempt, definition, 'timeout', nowMs);
    return { kind: 'too_late', failure: attemptFinished(ended), ended };
  }
  const ageSeconds = (nowMs - attempt.startedAtMs) / msASecond;
  const written = scoredWrite(call, attempt, definition, ageSeconds);
  if (written.kind !== 'applied') return { kind: 'refused', failure: refusalOf(written) };

  const violations = violationsOf(latest.validators, { before: attempt.raw, proposed: written.raw, ageSeconds });
  const anomalies = anomaliesOf(attempt, violations, written.raw, nowMs);
  const rejected = rejectOf(violations);
  if (rejected !== undefined) return { kind: 'rejected', failure: antiCheatRejected(rejected), anomalies };
  return accepted(attempt, definition, written, anomalies, call.occurredAt, nowMs);
}

function scoredWrite(
  call: ReportProgress,
  { raw, playerContext }: AttemptState,
  { scoring, formula }: EventDefinition,
  elapsedSeconds: number,
): WriteResult {
  return applyWrite(scoring, raw, call, (after: MetricValues, capped: MetricValues) =>
    scoreOf(scoring, formula, { raw: after, capped, playerContext, elapsedSeconds }),
  );
}

function accepted(
  attempt: AttemptState,
  definition: EventDefinition,
  written: Applied,
  anomalies: Anomaly[],
  occurredAt: string | null,
  nowMs: number,
): AcceptedProgress {
  const milestones = newlyReached(definition.milestones, attempt.firedMilestones, written.raw);
  const after = afterWrite(attempt, written, milestones, occurredAt, nowMs);
  const reply = { attempt: attemptOnWire(after, definition), milestonesFired: milestones.map(({ key }) => ({ key })) };
  return { kind: 'accepted', after, anomalies, milestones, reply };
}

function afterWrite(
  attempt: AttemptState,
  written: Applied,
  milestones: readonly MilestoneReward[],
  occurredAt: string | null,
  nowMs: number,
): AttemptState {
  const isBest = attempt.bestScore === null || written.score > attempt.bestScore;
  const isAnother = attempt.progressCount > 0 && written.score !== attempt.score;
  return {
    ...attempt,
    raw: written.raw,
    score: written.score,
    bestScore: isBest ? written.score : attempt.bestScore,
    bestAtMs: isBest ? nowMs : attempt.bestAtMs,
    scoreAtMs: isAnother ? nowMs : attempt.scoreAtMs,
    firedMilestones:
      milestones.length === 0
        ? attempt.firedMilestones
        : [...attempt.firedMilestones, ...milestones.map(({ key }) => key)],
    progressCount: attempt.progressCount + 1,
    lastProgressAtMs: nowMs,
    lastOccurredAtMs: occurredAt === null ? attempt.lastOccurredAtMs : Date.parse(occurredAt),
    status: written.targetsReached ? 'completed' : 'in_progress',
    completedAtMs: written.targetsReached ? nowMs : null,
  };
}

/** Only the last can be one: nothing runs after a reject. */
function rejectOf(violations: readonly Violation[]): Violation | undefined {
  const last = violations.at(-1);
  return last?.verdict === 'reject' ? last : undefined;
}
