import type { ValidatorKey, ValidatorRef } from '@kraty/contracts/events';
import { norm, type MetricValues } from '../scoring/score.js';

/** A write before it persists. */
export interface ProposedWrite {
  /** Stored raw values. */
  before: MetricValues;
  /** Raw values after resets. */
  proposed: MetricValues;
  /** Age of the attempt by the server's clock, fractional. */
  ageSeconds: number;
}

/** A validator that a write violates. */
export interface Violation {
  validatorKey: ValidatorKey;
  verdict: 'flag' | 'reject';
  /** Made from numbers, for operators and, of a reject, for the caller. */
  reason: string;
}

/** A young attempt is judged as if it were a second old: its first write says nothing about a rate. */
const ageSecondsMin = 1;

/**
 * Runs validators in their order (05 §14) and returns what the write violates. A reject is the last: nothing after it
 * runs. None is violated at exactly its limit.
 */
export function violationsOf(validators: readonly ValidatorRef[], write: ProposedWrite): Violation[] {
  const violations: Violation[] = [];
  for (const validator of validators) {
    const reason = reasonOf(validator, write);
    if (reason === null) continue;
    const verdict = validator.params.verdict ?? 'flag';
    violations.push({ validatorKey: validator.key, verdict, reason });
    if (verdict === 'reject') break;
  }
  return violations;
}

/** Why the write violates the validator; null when it does not. */
function reasonOf(validator: ValidatorRef, { before, proposed, ageSeconds }: ProposedWrite): string | null {
  const { metricKey } = validator.params;
  const prev = before[metricKey] ?? 0;
  const next = proposed[metricKey] ?? 0;
  switch (validator.key) {
    case 'max_metric_rate':
      return tooFast(validator.params, prev, next, ageSeconds);
    case 'max_metric_jump':
      return tooFar(validator.params, prev, next);
    case 'min_attempt_duration':
      return tooSoon(validator.params, prev, next, ageSeconds);
  }
}

type ParamsOf<K extends ValidatorKey> = Extract<ValidatorRef, { key: K }>['params'];

function tooFast(
  { metricKey, maxPerSecond }: ParamsOf<'max_metric_rate'>,
  prev: number,
  next: number,
  ageSeconds: number,
): string | null {
  if (next <= prev || next <= maxPerSecond * Math.max(ageSecondsMin, ageSeconds)) return null;
  return `${metricKey} ${next} after ${norm(ageSeconds)} s exceeds maxPerSecond ${maxPerSecond}`;
}

function tooFar(
  { metricKey, maxDelta, maxRatio }: ParamsOf<'max_metric_jump'>,
  prev: number,
  next: number,
): string | null {
  const delta = next - prev;
  if (maxDelta !== undefined && delta > maxDelta) return `${metricKey} +${norm(delta)} exceeds maxDelta ${maxDelta}`;
  if (maxRatio !== undefined && prev > 0 && next / prev > maxRatio) {
    return `${metricKey} ×${norm(next / prev)} exceeds maxRatio ${maxRatio}`;
  }
  return null;
}

/** Without a target, its own or the metric's, there is nothing to reach too soon. */
function tooSoon(
  { metricKey, minSeconds, target }: ParamsOf<'min_attempt_duration'>,
  prev: number,
  next: number,
  ageSeconds: number,
): string | null {
  if (target === undefined || prev >= target || next < target || ageSeconds >= minSeconds) return null;
  return `${metricKey} reached ${target} after ${norm(ageSeconds)} s, before minSeconds ${minSeconds}`;
}
