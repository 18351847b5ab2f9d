import { weightsOf, type MetricDefinition } from '@kraty/contracts/events';

/** One metric with every default decided (05 §4). */
export interface MetricRule {
  key: string;
  target: number | null;
  cap: number | null;
  capAtTarget: boolean;
  /** Score for one capped unit. */
  weight: number;
  /** Key of the metric whose rise empties this one. */
  resetOn: string | null;
}

/** What decides score and completion of an attempt. */
export interface ScoringRules {
  /** In declared order; the first is the primary metric. */
  metrics: readonly MetricRule[];
  completionRule: 'all_targets' | 'any_target';
}

export function scoringRules(
  metrics: readonly MetricDefinition[],
  completionRule: ScoringRules['completionRule'],
): ScoringRules {
  const weights = weightsOf(metrics);
  return {
    completionRule,
    metrics: metrics.map((metric, at) => ({
      key: metric.key,
      target: metric.target ?? null,
      cap: metric.cap ?? null,
      capAtTarget: metric.capAtTarget ?? false,
      weight: weights[at]!,
      resetOn: metric.resetOn?.metricKey ?? null,
    })),
  };
}

/** A score-attack event has no target at all: progress never completes it. */
export function isScoreAttack(rules: ScoringRules): boolean {
  return rules.metrics.every((metric) => metric.target === null);
}
