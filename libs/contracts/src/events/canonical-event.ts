import { compact, isPlainObject, nonEmpty, type Json, type Localized } from '../common/index.js';
import { canonicalMilestone, canonicalPolicy } from '../grants/canonical-policy.js';
import type { BotBindingBody } from '../leaderboards/bot-binding-body.js';
import type { BotBinding } from '../leaderboards/bots.js';
import { canonicalLadder, canonicalSegmentation } from '../leaderboards/canonical-board.js';
import type { Ladder, Segmentation } from '../leaderboards/segmentation.js';
import { canonicalCondition, canonicalCost, canonicalValidator } from './canonical-condition.js';
import type {
  AttemptBlock,
  Availability,
  EventConfiguration,
  LeaderboardBlock,
  MetricDefinition,
  ScoreFormula,
  WindowOverride,
  WindowRule,
} from './event-configuration.js';
import type { EventDocumentEntryBody } from './event-configuration-body.js';
import { inferredType, weightsOf } from './event-defaults.js';
import { eventLimits } from './event-limits.js';

type Shaped = EventDocumentEntryBody;

/** The one way to say what a statement says: defaults left out, aliases resolved, free maps sorted (04 §12). */
export function canonicalEvent(entry: Shaped): EventConfiguration {
  const metrics = entry.metrics?.length ? entry.metrics : undefined;
  return compact<EventConfiguration>({
    key: entry.key,
    name: entry.name === entry.key ? undefined : localized(entry.name),
    description: localized(entry.description),
    type: metrics !== undefined && entry.type === inferredType(metrics.length) ? undefined : (entry.type ?? undefined),
    availability: entry.availability ? canonicalAvailability(entry.availability) : undefined,
    scheduleAheadDays: entry.scheduleAheadDays ?? undefined,
    metadata: nonEmpty(sorted(entry.metadata ?? {}) as Json),
    metrics: metrics === undefined ? undefined : canonicalMetrics(metrics),
    scoreFormula: canonicalFormula(entry.scoreFormula),
    completion: entry.completion?.rule === 'any_target' ? { rule: 'any_target' } : undefined,
    leaderboard: canonicalBlock(entry.leaderboard),
    contributesTo: nonEmpty([...new Set(entry.contributesTo ?? [])]),
    attempt: nonEmpty(canonicalAttempt(entry.attempt)),
    unlockCondition: entry.unlockCondition ? canonicalCondition(entry.unlockCondition) : undefined,
    entryRequirement: entry.entryRequirement ? canonicalCondition(entry.entryRequirement) : undefined,
    entryCost: canonicalCost(entry.entryCost),
    milestoneRewards: nonEmpty((entry.milestoneRewards ?? []).map(canonicalMilestone)),
    rewardPolicy: canonicalPolicy(entry.rewardPolicy),
    botBindings: nonEmpty((entry.botBindings ?? []).map(canonicalBinding)),
    antiCheat: canonicalAntiCheat(entry.antiCheat),
  });
}

/** In the order of their windows; an empty override says nothing. */
export function canonicalOverrides(stated: Shaped['windowOverrides']): WindowOverride[] {
  return (stated ?? [])
    .filter(({ metadata }) => Object.keys(metadata).length > 0)
    .map(({ startsAt, metadata }) => ({ startsAt: iso(startsAt), metadata: sorted(metadata) as Json }))
    .sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
}

/** Text that is equal exactly for configurations that say the same. */
export function configurationText(configuration: unknown): string {
  return JSON.stringify(sorted(configuration));
}

/** Keys of every object in code-unit order, at every depth. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

/** The shape has been checked, so the mode is one that is built. */
function canonicalAvailability(availability: NonNullable<Shaped['availability']>): Availability {
  const timezone = availability.timezone ?? 'UTC';
  const ownTimezone = timezone === 'UTC' ? {} : { timezone };
  if (availability.mode === 'recurring_windows') {
    return compact<Extract<Availability, { mode: 'recurring_windows' }>>({
      mode: 'recurring_windows',
      timezone,
      windows: (availability.windows ?? []).map(canonicalRule),
      startsOn: availability.startsOn ?? undefined,
      endsOn: availability.endsOn ?? undefined,
    });
  }
  if (availability.mode === 'always_on') return { mode: 'always_on', ...ownTimezone };
  const [startsAt, endsAt] = [iso(availability.startsAt), iso(availability.endsAt)];
  return { mode: 'fixed_window', startsAt, endsAt, ...ownTimezone };
}

function canonicalRule(rule: { [K in keyof WindowRule]: WindowRule[K] | null }): WindowRule {
  const byDefault = (rule.durationSeconds ?? 0) % 86_400 === 0 ? 'calendar' : 'elapsed';
  const everyDay = rule.daysOfWeek?.length === 7;
  return compact<WindowRule>({
    startTime: rule.startTime ?? '00:00',
    durationSeconds: rule.durationSeconds ?? 0,
    daysOfWeek: everyDay ? undefined : rule.daysOfWeek?.toSorted(ascending),
    daysOfMonth: rule.daysOfMonth?.toSorted(ascending),
    durationMode: rule.durationMode === byDefault ? undefined : (rule.durationMode ?? undefined),
  });
}

function canonicalMetrics(metrics: NonNullable<Shaped['metrics']>): MetricDefinition[] {
  const plain = metrics.map((metric) =>
    compact<MetricDefinition>({
      key: metric.key,
      name: localized(metric.name),
      target: metric.target ?? undefined,
      cap: metric.cap ?? undefined,
      capAtTarget: metric.capAtTarget === true ? true : undefined,
      resetOn: metric.resetOn ? { metricKey: metric.resetOn.metricKey } : undefined,
    }),
  );
  const byDefault = weightsOf(plain);
  return plain.map((metric, at) => {
    const weight = metrics[at]?.scorePerUnit ?? metrics[at]?.scoreWeight ?? undefined;
    return weight === undefined || weight === byDefault[at] ? metric : { ...metric, scorePerUnit: weight };
  });
}

function canonicalFormula(formula: Shaped['scoreFormula']): ScoreFormula | undefined {
  const stated = formula as ScoreFormula | null | undefined;
  return stated?.type === 'expression' ? { type: 'expression', expr: stated.expr } : undefined;
}

/** Settings of another mode say nothing and are left out; `global_segmented` is `segmented` (05 §6). */
function canonicalBlock(block: Shaped['leaderboard']): LeaderboardBlock | undefined {
  if (!block) return undefined;
  const mode = block.mode === 'global_segmented' ? 'segmented' : block.mode;
  const { segmentation, progression } = block as { segmentation?: Segmentation | null; progression?: Ladder | null };
  const canonical = compact<LeaderboardBlock>({
    mode,
    scoreAggregation: block.scoreAggregation === 'best' ? undefined : block.scoreAggregation,
    ...(mode === 'grouped' && groupedParts(block)),
    segmentation: mode === 'segmented' && segmentation ? canonicalSegmentation(segmentation) : undefined,
    progression: progression ? canonicalLadder(progression) : undefined,
  });
  const saysNothing = mode === 'global' && Object.keys(canonical).length === 1;
  return saysNothing ? undefined : canonical;
}

function groupedParts({
  capacity,
  grouping,
}: NonNullable<Shaped['leaderboard']>): Pick<LeaderboardBlock, 'capacity' | 'grouping'> {
  const byContext = grouping?.by === 'context' ? (grouping as LeaderboardBlock['grouping']) : undefined;
  return {
    capacity: capacity === eventLimits.capacityDefault ? undefined : (capacity ?? undefined),
    grouping: byContext && compact<NonNullable<LeaderboardBlock['grouping']>>({ ...byContext }),
  };
}

function canonicalBinding({ botKey, botId, count, identityPoolKey, identityPoolId }: BotBindingBody): BotBinding {
  return compact<BotBinding>({
    botKey: botKey ?? botId ?? '',
    count,
    identityPoolKey: identityPoolKey ?? identityPoolId,
  });
}

function canonicalAntiCheat(antiCheat: Shaped['antiCheat']): EventConfiguration['antiCheat'] {
  const validators = antiCheat?.validators ?? [];
  return validators.length === 0 ? undefined : { validators: validators.map(canonicalValidator) };
}

function canonicalAttempt(attempt: Shaped['attempt']): AttemptBlock {
  return compact<AttemptBlock>({
    durationSeconds: attempt?.durationSeconds ?? undefined,
    replayableDuringWindow: attempt?.replayableDuringWindow === true ? true : undefined,
    maxAttemptsPerWindow: attempt?.maxAttemptsPerWindow ?? undefined,
    maxAttemptsPerDay: attempt?.maxAttemptsPerDay ?? undefined,
  });
}

function localized(text: Localized | null | undefined): Localized | undefined {
  return text === null || text === undefined ? undefined : (sorted(text) as Localized);
}

const iso = (instant: string | null | undefined): string => new Date(Date.parse(instant ?? '')).toISOString();
const ascending = (a: number, b: number): number => a - b;
