import { cappedMetrics, isWithinBounds, linearScore, norm, targetsReached, type MetricValues } from './score.js';
import type { ScoringRules } from './scoring-rules.js';

/** What a progress call asks for, as it came. */
export interface MetricWrite {
  mode: 'increment' | 'set';
  /** Value for the primary metric. */
  metricValue: number | null;
  metrics: MetricValues | null;
}

export type WriteResult =
  | { kind: 'applied'; raw: MetricValues; capped: MetricValues; score: number; targetsReached: boolean }
  | { kind: 'nothing_given' }
  | { kind: 'primary_named_twice'; metricKey: string }
  | { kind: 'unknown_metrics'; metricKeys: string[] }
  /** `metricKey` null = the score. */
  | { kind: 'out_of_bounds'; metricKey: string | null };

/** The score of raw and capped values. */
export type Scored = (raw: MetricValues, capped: MetricValues) => number;

/** Steps 7–10 of a progress call (05 §9.2): pure, so that nothing of a refused write can persist. */
export function applyWrite(
  rules: ScoringRules,
  before: MetricValues,
  write: MetricWrite,
  scored: Scored = (_, capped) => linearScore(rules, capped),
): WriteResult {
  const values = valuesOf(rules, write);
  if (!('given' in values)) return values;

  const unknown = Object.keys(values.given).filter((key) => !rules.metrics.some((metric) => metric.key === key));
  if (unknown.length > 0) return { kind: 'unknown_metrics', metricKeys: unknown };

  const applied = withValues(rules, before, write.mode, values.given);
  const tooLarge = Object.keys(applied).find((key) => !isWithinBounds(applied[key] ?? 0));
  if (tooLarge !== undefined) return { kind: 'out_of_bounds', metricKey: tooLarge };

  const raw = withResets(rules, before, applied);
  const capped = cappedMetrics(rules, raw);
  const score = scored(raw, capped);
  if (!isWithinBounds(score)) return { kind: 'out_of_bounds', metricKey: null };
  return { kind: 'applied', raw, capped, score, targetsReached: targetsReached(rules, raw) };
}

function valuesOf(rules: ScoringRules, write: MetricWrite): { given: MetricValues } | WriteResult {
  const given: MetricValues = { ...write.metrics };
  const primary = rules.metrics[0]?.key;
  if (write.metricValue !== null && primary !== undefined) {
    if (Object.hasOwn(given, primary)) return { kind: 'primary_named_twice', metricKey: primary };
    given[primary] = write.metricValue;
  }
  return Object.keys(given).length === 0 ? { kind: 'nothing_given' } : { given };
}

function withValues(
  rules: ScoringRules,
  before: MetricValues,
  mode: MetricWrite['mode'],
  given: MetricValues,
): MetricValues {
  const after: MetricValues = {};
  for (const { key } of rules.metrics) {
    const old = before[key] ?? 0;
    if (!Object.hasOwn(given, key)) after[key] = old;
    else after[key] = norm(mode === 'set' ? (given[key] ?? 0) : old + (given[key] ?? 0));
  }
  return after;
}

/** All resets are decided from the values after the write, in one pass: a reset never triggers another. */
function withResets(rules: ScoringRules, before: MetricValues, applied: MetricValues): MetricValues {
  const after = { ...applied };
  for (const { key, resetOn } of rules.metrics) {
    if (resetOn !== null && (applied[resetOn] ?? 0) > (before[resetOn] ?? 0)) after[key] = 0;
  }
  return after;
}
