import type { Json, Localized } from '@kraty/contracts/common';
import {
  inferredType,
  type EventConfiguration,
  type EventRewardPolicy,
  type ScoreAggregation,
} from '@kraty/contracts/events';
import { scoringRules, type ScoringRules } from '../scoring/scoring-rules.js';

export type EventStatus = 'draft' | 'scheduled' | 'live' | 'paused' | 'finalized';

export interface AttemptRules {
  /** Null = until the window ends. */
  durationMs: number | null;
  /** Null = without limit. */
  perWindowMax: number | null;
  perDayMax: number | null;
}

/** One revision of an event with every default decided. Never changes, so it may be kept in memory for ever. */
export interface EventDefinition {
  revision: number;
  name: Localized;
  type: 'single_metric' | 'multi_metric';
  /** Zone of the local day that the daily cap counts. */
  timezone: string;
  metadata: Json;
  boardMode: 'global' | 'none';
  scoreAggregation: ScoreAggregation;
  scoring: ScoringRules;
  attempts: AttemptRules;
  rewardPolicy: EventRewardPolicy;
  /** Metrics as clients see them in the listing. */
  listedMetrics: Json[];
}

export function eventDefinition(configuration: EventConfiguration, revision: number): EventDefinition {
  const metrics = configuration.metrics ?? [];
  const scoring = scoringRules(metrics, configuration.completion?.rule ?? 'all_targets');
  return {
    revision,
    name: configuration.name ?? configuration.key,
    type: configuration.type ?? inferredType(metrics.length),
    timezone: configuration.availability?.timezone ?? 'UTC',
    metadata: configuration.metadata ?? {},
    boardMode: configuration.leaderboard?.mode === 'none' ? 'none' : 'global',
    scoreAggregation: configuration.leaderboard?.scoreAggregation ?? 'best',
    scoring,
    attempts: attemptRules(configuration),
    rewardPolicy: configuration.rewardPolicy ?? { type: 'none' },
    // Both names of the weight go out with the same number (05 §4).
    listedMetrics: metrics.map((metric, at) => {
      const weight = scoring.metrics[at]?.weight ?? 1;
      return { ...metric, scorePerUnit: weight, scoreWeight: weight } as unknown as Json;
    }),
  };
}

function attemptRules({ attempt = {} }: EventConfiguration): AttemptRules {
  const replayable = attempt.replayableDuringWindow ?? false;
  return {
    durationMs: attempt.durationSeconds === undefined ? null : attempt.durationSeconds * 1_000,
    perWindowMax: replayable ? (attempt.maxAttemptsPerWindow ?? null) : 1,
    perDayMax: attempt.maxAttemptsPerDay ?? null,
  };
}
