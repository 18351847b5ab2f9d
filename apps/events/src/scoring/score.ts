import { limits } from '@kraty/contracts/common';
import { isScoreAttack, type MetricRule, type ScoringRules } from './scoring-rules.js';

export type MetricValues = Record<string, number>;

const roundedBelow = 1e9;
const decimalsFactor = 1e6;

/** Six decimals below 10^9 and never `-0`, so that 0.1 + 0.2 is 0.3 for everybody (05 §0). */
export function norm(value: number): number {
  const rounded = Math.abs(value) < roundedBelow ? Math.round(value * decimalsFactor) / decimalsFactor : value;
  return rounded === 0 ? 0 : rounded;
}

/** True for a value that may be stored or shown. */
export function isWithinBounds(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= limits.scoreAbsoluteMax;
}

/** Every declared metric at 0. */
export function emptyMetrics(rules: ScoringRules): MetricValues {
  return Object.fromEntries(rules.metrics.map((metric) => [metric.key, 0]));
}

/** What score and clients see of the raw values; the raw values themselves are never limited. */
export function cappedMetrics(rules: ScoringRules, raw: MetricValues): MetricValues {
  const capped: MetricValues = {};
  for (const metric of rules.metrics) capped[metric.key] = cappedValue(metric, raw[metric.key] ?? 0);
  return capped;
}

/** The linear formula: Σ weight × capped value (05 §5). */
export function linearScore(rules: ScoringRules, capped: MetricValues): number {
  let sum = 0;
  for (const metric of rules.metrics) sum += metric.weight * (capped[metric.key] ?? 0);
  return norm(sum);
}

/** Targets look at raw values, so a cap below the target never hides it (05 §9.3). */
export function targetsReached(rules: ScoringRules, raw: MetricValues): boolean {
  if (isScoreAttack(rules)) return false;
  const withTarget = rules.metrics.filter((metric) => metric.target !== null);
  const isMet = (metric: MetricRule) => (raw[metric.key] ?? 0) >= (metric.target ?? 0);
  return rules.completionRule === 'any_target' ? withTarget.some(isMet) : withTarget.every(isMet);
}

function cappedValue(metric: MetricRule, raw: number): number {
  let value = raw;
  if (metric.cap !== null && metric.cap < value) value = metric.cap;
  if (metric.capAtTarget && metric.target !== null && metric.target < value) value = metric.target;
  return value;
}
