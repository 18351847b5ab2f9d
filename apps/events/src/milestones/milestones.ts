import type { MilestoneReward } from '@kraty/contracts/grants';
import type { MetricValues } from '../scoring/score.js';

const noMilestones: readonly MilestoneReward[] = [];

/**
 * Milestones that a write reaches for the first time in its attempt (05 §10), in the order given. Raw values are
 * watched, so that caps never hide one; which has fired is remembered, so that falling back fires none again.
 */
export function newlyReached(
  milestones: readonly MilestoneReward[],
  fired: readonly string[],
  raw: MetricValues,
): readonly MilestoneReward[] {
  if (milestones.length === fired.length) return noMilestones;
  return milestones.filter(
    ({ key, metricKey, threshold }) => (raw[metricKey] ?? 0) >= threshold && !fired.includes(key),
  );
}
