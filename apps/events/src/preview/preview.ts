import type { Json } from '@kraty/contracts/common';
import type { EventPreviewRequest, PreviewPayout } from '@kraty/contracts/events';
import { poolShare, tierOfRank, wins, type RewardContents, type RewardPolicy } from '@kraty/contracts/grants';
import type { EventDefinition } from '../definitions/event-definition.js';
import { newlyReached } from '../milestones/milestones.js';
import { refusalOf } from '../progress/progress-refusals.js';
import { scoreOf } from '../scoring/formula-score.js';
import {
  cappedMetrics,
  emptyMetrics,
  isWithinBounds,
  norm,
  targetsReached,
  type MetricValues,
} from '../scoring/score.js';
import { isScoreAttack } from '../scoring/scoring-rules.js';

/** An attempt that nobody made, as it would stand at its end (05 §18). */
export interface PreviewedAttempt {
  raw: MetricValues;
  capped: MetricValues;
  score: number;
  completed: boolean;
  milestonesFired: string[];
  breakdown: { metricKey: string; value: number; contribution: number }[];
}

/** Something the policy would give: what it contains, and which payout it stands for. */
export interface PreviewedPayout {
  payout: PreviewPayout;
  contents: RewardContents;
}

/** Keys that the event does not declare. */
export function unknownMetrics({ scoring }: EventDefinition, metrics: MetricValues): string[] {
  return Object.keys(metrics).filter((key) => !scoring.metrics.some((metric) => metric.key === key));
}

/**
 * The given values are final: nothing resets them and no validator looks; `elapsedSeconds` is the full duration.
 *
 * @param windowSeconds length of the window; null = it has no end of its own
 * @throws validation_failed when the score would be out of bounds, as for a write (05 §0)
 */
export function previewedAttempt(
  definition: EventDefinition,
  { metrics, playerContext }: { metrics: MetricValues; playerContext: Json | null },
  windowSeconds: number | null,
): PreviewedAttempt {
  const { scoring, formula, milestones, attempts } = definition;
  const raw: MetricValues = emptyMetrics(scoring);
  for (const [key, value] of Object.entries(metrics)) raw[key] = norm(value);
  const capped = cappedMetrics(scoring, raw);
  // An attempt ends with its window, however long it might last (05 §7).
  const longestSeconds = attempts.durationMs === null ? windowSeconds : attempts.durationMs / 1_000;
  const elapsedSeconds = Math.min(longestSeconds ?? 0, windowSeconds ?? Infinity);
  const score = scoreOf(scoring, formula, { raw, capped, playerContext, elapsedSeconds });
  if (!isWithinBounds(score)) throw refusalOf({ kind: 'out_of_bounds', metricKey: null });
  return {
    raw,
    capped,
    score,
    // Without a target an attempt that was played to its end is completed (05 §9.5).
    completed: isScoreAttack(scoring) || targetsReached(scoring, raw),
    milestonesFired: newlyReached(milestones, [], raw).map(({ key }) => key),
    breakdown: scoring.metrics.map(({ key, weight }) => {
      const value = capped[key] ?? 0;
      return { metricKey: key, value, contribution: norm(weight * value) };
    }),
  };
}

/** What the policy would pay this attempt, before anything is rolled. */
export function previewedPayout(
  policy: RewardPolicy,
  attempt: PreviewedAttempt,
  { rank, assumedWinners }: Pick<EventPreviewRequest, 'rank' | 'assumedWinners'>,
): PreviewedPayout | null {
  switch (policy.type) {
    case 'none':
      return null;
    case 'fixed_bundle':
      return attempt.completed ? { payout: 'completion', contents: policy.parameters } : null;
    case 'rank_scaled': {
      const tier = tierOfRank(policy.parameters.tiers, rank);
      return tier === null ? null : { payout: 'rank', contents: contentsOf(tier) };
    }
    case 'shared_pool': {
      const { pool, currencyKey, winnerPredicate } = policy.parameters;
      const { capped: metrics, score } = attempt;
      const status = attempt.completed ? 'completed' : 'expired';
      const amount = poolShare(pool, assumedWinners);
      if (amount === 0 || !wins(winnerPredicate, { metrics, score, status, rank })) return null;
      return { payout: 'pool', contents: { entries: [{ type: 'currency', currencyKey, amount }] } };
    }
  }
}

function contentsOf(contents: RewardContents): RewardContents {
  if ('rewardBundleKey' in contents) return { rewardBundleKey: contents.rewardBundleKey };
  return { entries: contents.entries };
}
