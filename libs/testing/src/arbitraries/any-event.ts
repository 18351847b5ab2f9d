import type {
  Availability,
  EventDocumentEntry,
  LeaderboardBlock,
  MetricDefinition,
  ScoreFormula,
  ValidatorRef,
  WindowRule,
} from '@kraty/contracts/events';
import type { BotBinding, Ladder, Segmentation, SegmentationAxis } from '@kraty/contracts/leaderboards';
import fc from 'fast-check';
import { anyCondition } from './any-condition.js';
import { anyMilestones, anyPolicy } from './any-reward.js';

/** What of a game an arbitrary event may use. */
export interface EventParts {
  key?: string;
  /** Default any mode there is. */
  availability?: fc.Arbitrary<Availability>;
  /** Default true: bindings to the bots of the named game. */
  bots?: boolean;
  /** Default true: conditions and costs that may keep players out. */
  gates?: boolean;
}

/** Any event that is whole and contradicts nothing, in the named game; default `any_event_0`. */
export function anyEvent(parts: EventParts = {}): fc.Arbitrary<EventDocumentEntry> {
  const { key = 'any_event_0', availability = anyAvailability, bots = true, gates = true } = parts;
  return fc
    .tuple(anyMetrics, availability)
    .chain(([metrics, chosen]) => {
      const metricKeys = metrics.map((metric) => metric.key);
      const optional = {
        name: fc.constantFrom('Any event', { en: 'Any event', pt: 'Um evento' }),
        description: fc.constant('Any text'),
        scheduleAheadDays: fc.integer({ min: 1, max: 365 }),
        metadata: fc.constantFrom({}, { tier: 'boss', ui: { a: 1, b: [true, null] } }),
        type: fc.constant(metrics.length === 1 ? ('single_metric' as const) : ('multi_metric' as const)),
        scoreFormula: anyFormula(metricKeys),
        completion: fc.record({ rule: fc.constantFrom('all_targets' as const, 'any_target' as const) }),
        leaderboard: anyBoard,
        contributesTo: fc.array(fc.constantFrom('weekly', 'league', 'gone'), { maxLength: 4 }),
        attempt: anyAttempts,
        ...(gates && { unlockCondition: anyCondition, entryRequirement: anyCondition, entryCost: anyCost }),
        milestoneRewards: anyMilestones(metricKeys),
        rewardPolicy: anyPolicy(metricKeys),
        ...(bots && { botBindings: anyBindings(chosen.mode === 'always_on') }),
        antiCheat: fc.record({ validators: fc.array(anyValidator(metricKeys), { maxLength: 4 }) }),
      };
      return fc.record(optional, { requiredKeys: [] }).map((rest) => ({ metrics, availability: chosen, ...rest }));
    })
    .map((event): EventDocumentEntry => ({ key, status: 'scheduled', ...event }) as EventDocumentEntry);
}

const anyMetrics: fc.Arbitrary<MetricDefinition[]> = fc
  .array(
    fc.record({
      target: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
      cap: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
      capAtTarget: fc.boolean(),
      weight: fc.option(fc.integer({ min: -5, max: 10 }), { nil: undefined }),
      weightName: fc.constantFrom('scorePerUnit', 'scoreWeight', 'both'),
      trigger: fc.option(fc.nat(4), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((list) =>
    list.map(({ target, cap, capAtTarget, weight, weightName, trigger }, at): MetricDefinition => {
      const resetBy = trigger === undefined || trigger >= list.length || trigger === at ? undefined : trigger;
      return {
        key: `m${at}`,
        ...(target !== undefined && { target, capAtTarget }),
        ...(cap !== undefined && { cap }),
        ...(weight !== undefined && weightName !== 'scoreWeight' && { scorePerUnit: weight }),
        ...(weight !== undefined && weightName !== 'scorePerUnit' && { scoreWeight: weight }),
        ...(resetBy !== undefined && { resetOn: { metricKey: `m${resetBy}` } }),
      };
    }),
  );

function anyFormula(metricKeys: readonly string[]): fc.Arbitrary<ScoreFormula> {
  const metric = fc.constantFrom(...metricKeys);
  const expression = fc.oneof(
    metric.map((key) => `metrics.${key} * 2 - raw.${key} / weight.${key}`),
    metric.map((key) => `if(context.level >= 5, max(metrics.${key}, 10), -metrics.${key})`),
    fc.constant('clamp(elapsedSeconds, 0, 60) % 7 + (context.vip && true) * 50'),
    fc.constant('1 / 0'),
  );
  return fc.oneof(
    fc.constant<ScoreFormula>({ type: 'linear' }),
    expression.map((expr): ScoreFormula => ({ type: 'expression', expr })),
  );
}

const anyRule: fc.Arbitrary<WindowRule> = fc
  .tuple(
    fc.tuple(fc.nat(23), fc.nat(59)),
    fc.oneof(fc.integer({ min: 60, max: 200_000 }), fc.constantFrom(86_400, 604_800)),
    fc.oneof(
      fc.constant({}),
      fc.record({ daysOfWeek: fc.uniqueArray(fc.nat(6), { minLength: 1 }) }),
      fc.record({ daysOfMonth: fc.uniqueArray(fc.constantFrom(-1, 1, 15, 29, 31), { minLength: 1 }) }),
    ),
    fc.option(fc.constantFrom('elapsed' as const, 'calendar' as const), { nil: undefined }),
  )
  .map(([[hours, minutes], durationSeconds, days, durationMode]) => ({
    startTime: `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`,
    durationSeconds,
    ...days,
    ...(durationMode && { durationMode }),
  }));

const timezone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia');

const anyAvailability: fc.Arbitrary<Availability> = fc.oneof(
  fc
    .tuple(timezone, fc.array(anyRule, { minLength: 1, maxLength: 3 }))
    .map(([zone, windows]): Availability => ({ mode: 'recurring_windows', timezone: zone, windows })),
  fc
    .tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }), timezone)
    .map(([startHour, hours, zone]): Availability => ({
      mode: 'fixed_window',
      startsAt: new Date(Date.UTC(2026, 5, 1, startHour)).toISOString(),
      endsAt: new Date(Date.UTC(2026, 5, 1, startHour + hours)).toISOString(),
      timezone: zone,
    })),
  fc.constant<Availability>({ mode: 'always_on' }),
);

const divisions = [
  { key: 'bronze', min: 0 },
  { key: 'silver', min: 2 },
];
const anyAxis: fc.Arbitrary<SegmentationAxis> = fc.constantFrom<SegmentationAxis>(
  { type: 'context', key: 'team', fallback: 'red' },
  { type: 'context', key: 'team', values: ['red', 'blue'], fallback: 'red' },
  { type: 'progression', economyKey: 'league_tier', divisions },
  { type: 'country' },
  { type: 'country', fallback: 'PT' },
);
const anySegmentation: fc.Arbitrary<Segmentation> = fc.oneof(
  anyAxis,
  fc.array(anyAxis, { minLength: 2, maxLength: 3 }).map((axes): Segmentation => ({ type: 'combined', axes })),
);
const anySide = fc.record({ places: fc.integer({ min: 1, max: 5 }), amount: fc.integer({ min: 1, max: 3 }) });
const anyLadder: fc.Arbitrary<Ladder> = fc.record(
  {
    itemKey: fc.constant('league_tier'),
    promote: fc.oneof(fc.constant(null), anySide),
    relegate: fc.oneof(fc.constant(null), anySide),
    perDivision: fc.constantFrom<Ladder['perDivision']>(
      {},
      { silver: { promote: null } },
      { bronze: { relegate: null, promote: { places: 1 } } },
    ),
  },
  { requiredKeys: ['itemKey'] },
);
const aggregation = fc.constantFrom('best' as const, 'latest' as const, 'sum' as const);

/** Every mode there is; `capacity` may stay behind where it says nothing. */
const anyBoard: fc.Arbitrary<LeaderboardBlock> = fc.oneof(
  fc.record(
    { mode: fc.constant('global'), scoreAggregation: aggregation, progression: anyLadder, capacity: fc.constant(50) },
    { requiredKeys: ['mode'] },
  ),
  fc.record({ mode: fc.constant('none'), scoreAggregation: aggregation }, { requiredKeys: ['mode'] }),
  fc.record(
    {
      mode: fc.constant('grouped'),
      scoreAggregation: aggregation,
      capacity: fc.integer({ min: 2, max: 60 }),
      grouping: fc.constantFrom(
        { by: 'arrival' },
        { by: 'context', key: 'team' },
        { by: 'context', key: 'team', fallback: 'none' },
      ),
      progression: anyLadder,
    },
    { requiredKeys: ['mode'] },
  ),
  fc.record(
    {
      mode: fc.constantFrom('segmented', 'global_segmented'),
      scoreAggregation: aggregation,
      segmentation: anySegmentation,
      progression: anyLadder,
    },
    { requiredKeys: ['mode', 'segmentation'] },
  ),
) as fc.Arbitrary<LeaderboardBlock>;

const anyAttempts = fc.record(
  {
    durationSeconds: fc.integer({ min: 1, max: 100_000 }),
    replayableDuringWindow: fc.boolean(),
    maxAttemptsPerWindow: fc.integer({ min: 1, max: 5 }),
    maxAttemptsPerDay: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
);

const anyCost = fc.record(
  {
    currencies: fc.constantFrom(
      [],
      [{ key: 'cash', amount: 5 }],
      [
        { key: 'cash', amount: 1 },
        { key: 'gone', amount: 1 },
      ],
    ),
    items: fc.constantFrom([], [{ key: 'torch', quantity: 1 }]),
  },
  { requiredKeys: [] },
);

function anyBindings(isEndless: boolean): fc.Arbitrary<BotBinding[]> {
  return fc.array(
    fc.record(
      {
        botKey: fc.constantFrom('steady', ...(isEndless ? [] : ['thinker'])),
        count: fc.integer({ min: 1, max: 60 }),
        identityPoolKey: fc.constantFrom('sailors', null),
      },
      { requiredKeys: ['botKey', 'count'] },
    ),
    { maxLength: 3 },
  );
}

function anyValidator(metricKeys: readonly string[]): fc.Arbitrary<ValidatorRef> {
  const metricKey = fc.constantFrom(...metricKeys);
  const verdict = fc.constantFrom('flag' as const, 'reject' as const);
  const bound = fc.integer({ min: 1, max: 100 });
  return fc.oneof(
    fc
      .record({ metricKey, verdict, maxPerSecond: bound }, { requiredKeys: ['metricKey', 'maxPerSecond'] })
      .map((params): ValidatorRef => ({ key: 'max_metric_rate', params })),
    fc
      .record({ metricKey, verdict, maxDelta: bound, maxRatio: bound }, { requiredKeys: ['metricKey', 'maxDelta'] })
      .map((params): ValidatorRef => ({ key: 'max_metric_jump', params })),
    fc
      .record(
        { metricKey, verdict, minSeconds: bound, target: bound },
        { requiredKeys: ['metricKey', 'minSeconds', 'target'] },
      )
      .map((params): ValidatorRef => ({ key: 'min_attempt_duration', params })),
  );
}
