import type { EventConfiguration, MetricDefinition, ValidatorRef } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { issue, unknown } from './issue.js';

/** Validators that watch a metric there is not, or that could never find anything (05 §14). */
export function validatorIssues({ antiCheat, metrics = [] }: EventConfiguration, path: string): Issue[] {
  return (antiCheat?.validators ?? []).flatMap((validator, at) => {
    const here = `${path}.antiCheat.validators[${at}].params`;
    const { metricKey } = validator.params;
    const metric = metrics.find(({ key }) => key === metricKey);
    if (metric === undefined) return [unknown(`${here}.metricKey`, 'metric', metricKey)];
    return missingBound(validator, metric, here);
  });
}

function missingBound({ key, params }: ValidatorRef, metric: MetricDefinition, path: string): Issue[] {
  if (key === 'max_metric_jump' && params.maxDelta === undefined && params.maxRatio === undefined) {
    return [issue(path, 'required', 'needs maxDelta or maxRatio')];
  }
  if (key === 'min_attempt_duration' && params.target === undefined && metric.target === undefined) {
    return [issue(`${path}.target`, 'required', `is required, as the metric '${metric.key}' has no target`)];
  }
  return [];
}
