import type { MetricDefinition } from './event-configuration.js';

/** The type of an event that does not state one (05 §1.1). */
export function inferredType(metrics: number): 'single_metric' | 'multi_metric' {
  return metrics === 1 ? 'single_metric' : 'multi_metric';
}

/** Score for one capped unit of each metric: a metric that only triggers resets adds none unless asked to (05 §4). */
export function weightsOf(metrics: readonly MetricDefinition[]): number[] {
  const triggers = new Set(metrics.map((metric) => metric.resetOn?.metricKey));
  return metrics.map((metric) => metric.scorePerUnit ?? metric.scoreWeight ?? (triggers.has(metric.key) ? 0 : 1));
}
