import type { Json, Localized } from '@kraty/contracts/common';
import {
  inferredType,
  type Condition,
  type EventConfiguration,
  type ScoreAggregation,
  type ValidatorRef,
} from '@kraty/contracts/events';
import type { MilestoneReward, RewardPolicy } from '@kraty/contracts/grants';
import type { BotBinding } from '@kraty/contracts/leaderboards';
import { scoringRules, type ScoringRules } from '../scoring/scoring-rules.js';
import { boardRules, type BoardRules } from './board-rules.js';
import { parsedFormula, type ParsedFormula } from './score-formula.js';

export type EventStatus = 'draft' | 'scheduled' | 'live' | 'paused' | 'finalized';

export interface AttemptRules {
  /** Null = until the window ends. */
  durationMs: number | null;
  /** Null = without limit. */
  perWindowMax: number | null;
  perDayMax: number | null;
}

/** What a first start in a window takes (05 §12); at least one line. */
export interface EntryPrice {
  currencies: { key: string; amount: number }[];
  items: { key: string; quantity: number }[];
}

/** What an open window takes from the newest revision, whatever it has pinned (05 §16). */
export interface LatestSettings {
  name: Localized;
  description: Localized | null;
  metadata: Json;
  /** Configured boards a write counts on, in order and without repeats. */
  contributesTo: readonly string[];
  /** In the order they run, each with its verdict and target decided. */
  validators: readonly ValidatorRef[];
}

/** One revision of an event with every default decided. Never changes, so it may be kept in memory for ever. */
export interface EventDefinition extends LatestSettings {
  revision: number;
  type: 'single_metric' | 'multi_metric';
  /** Zone of the local day that the daily cap counts. */
  timezone: string;
  boardMode: BoardRules['mode'];
  scoreAggregation: ScoreAggregation;
  board: BoardRules;
  scoring: ScoringRules;
  formula: ParsedFormula;
  attempts: AttemptRules;
  unlockCondition: Condition | null;
  entryRequirement: Condition | null;
  /** Null = free. */
  entryCost: EntryPrice | null;
  /** In the order in which one write fires them: by threshold, then as declared (05 §10). */
  milestones: readonly MilestoneReward[];
  rewardPolicy: RewardPolicy;
  botBindings: readonly BotBinding[];
  /** Metrics as clients see them in the listing. */
  listedMetrics: Json[];
}

export function eventDefinition(configuration: EventConfiguration, revision: number): EventDefinition {
  const metrics = configuration.metrics ?? [];
  const scoring = scoringRules(metrics, configuration.completion?.rule ?? 'all_targets');
  const board = boardRules(configuration.leaderboard);
  return {
    revision,
    name: configuration.name ?? configuration.key,
    description: configuration.description ?? null,
    type: configuration.type ?? inferredType(metrics.length),
    timezone: configuration.availability?.timezone ?? 'UTC',
    metadata: configuration.metadata ?? {},
    boardMode: board.mode,
    scoreAggregation: board.scoreAggregation,
    board,
    scoring,
    formula: parsedFormula(configuration),
    attempts: attemptRules(configuration),
    unlockCondition: configuration.unlockCondition ?? null,
    entryRequirement: configuration.entryRequirement ?? null,
    entryCost: entryPrice(configuration.entryCost),
    milestones: (configuration.milestoneRewards ?? []).toSorted((a, b) => a.threshold - b.threshold),
    contributesTo: [...new Set(configuration.contributesTo)],
    validators: (configuration.antiCheat?.validators ?? []).map((validator) => decidedValidator(validator, scoring)),
    rewardPolicy: configuration.rewardPolicy ?? { type: 'none' },
    botBindings: configuration.botBindings ?? [],
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

function entryPrice(cost: EventConfiguration['entryCost']): EntryPrice | null {
  const { currencies = [], items = [] } = cost ?? {};
  return currencies.length + items.length === 0 ? null : { currencies, items };
}

/** A flag unless it says reject; a minimum duration counts up to the target of its metric unless it names one (05 §14). */
function decidedValidator(validator: ValidatorRef, { metrics }: ScoringRules): ValidatorRef {
  const verdict = validator.params.verdict ?? 'flag';
  if (validator.key !== 'min_attempt_duration') {
    return { ...validator, params: { ...validator.params, verdict } } as ValidatorRef;
  }
  const metric = metrics.find(({ key }) => key === validator.params.metricKey);
  const target = validator.params.target ?? metric?.target ?? undefined;
  return { ...validator, params: { ...validator.params, verdict, target } };
}
