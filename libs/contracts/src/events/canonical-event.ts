import { isPlainObject, type Json, type JsonValue, type Localized } from '../common/index.js';
import type {
  AttemptBlock,
  Availability,
  EventConfiguration,
  EventRewardPolicy,
  LeaderboardBlock,
  MetricDefinition,
  WindowRule,
} from './event-configuration.js';
import type { EventDocumentEntryBody } from './event-configuration-body.js';
import { inferredType, weightsOf } from './event-defaults.js';

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
    completion: entry.completion?.rule === 'any_target' ? { rule: 'any_target' } : undefined,
    leaderboard: canonicalBoard(entry.leaderboard),
    attempt: nonEmpty(canonicalAttempt(entry.attempt)),
    rewardPolicy: canonicalPolicy(entry.rewardPolicy),
  });
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

function canonicalBoard(board: Shaped['leaderboard']): LeaderboardBlock | undefined {
  const mode = board?.mode === 'none' ? 'none' : 'global';
  const scoreAggregation = board?.scoreAggregation ?? 'best';
  if (scoreAggregation !== 'best') return { mode, scoreAggregation };
  return mode === 'global' ? undefined : { mode };
}

function canonicalAttempt(attempt: Shaped['attempt']): AttemptBlock {
  return compact<AttemptBlock>({
    durationSeconds: attempt?.durationSeconds ?? undefined,
    replayableDuringWindow: attempt?.replayableDuringWindow === true ? true : undefined,
    maxAttemptsPerWindow: attempt?.maxAttemptsPerWindow ?? undefined,
    maxAttemptsPerDay: attempt?.maxAttemptsPerDay ?? undefined,
  });
}

function canonicalPolicy(policy: Shaped['rewardPolicy']): EventRewardPolicy | undefined {
  if (policy?.type !== 'fixed_bundle') return undefined;
  const { rewardBundleKey, entries } = policy.parameters ?? {};
  if (rewardBundleKey) return { type: 'fixed_bundle', parameters: { rewardBundleKey } };
  // The shape has been checked, so what is left has the fields of its type and no others.
  const plain = (entries ?? []).map((entry) => sorted(compact({ ...entry })));
  return { type: 'fixed_bundle', parameters: { entries: plain } } as EventRewardPolicy;
}

function localized(text: Localized | null | undefined): Localized | undefined {
  return text === null || text === undefined ? undefined : (sorted(text) as Localized);
}

const iso = (instant: string | null | undefined): string => new Date(Date.parse(instant ?? '')).toISOString();
const ascending = (a: number, b: number): number => a - b;

function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Without the fields that say nothing; order of the given fields. */
function compact<T extends object>(fields: { [K in keyof T]: T[K] | undefined | null }): T {
  const kept = Object.entries(fields as Record<string, JsonValue | undefined>).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(kept) as T;
}
