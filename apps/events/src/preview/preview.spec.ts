import type { EventConfiguration } from '@kraty/contracts/events';
import type { RewardPolicy } from '@kraty/contracts/grants';
import { eventDefinition } from '../definitions/event-definition.js';
import { previewedAttempt, previewedPayout, unknownMetrics } from './preview.js';

const event: EventConfiguration = {
  key: 'e',
  metrics: [
    { key: 'coins', cap: 500 },
    { key: 'kills', target: 20, capAtTarget: true, scorePerUnit: 10 },
  ],
  milestoneRewards: [
    { key: 'many', metricKey: 'kills', threshold: 15, entries: [] },
    { key: 'some', metricKey: 'kills', threshold: 5, entries: [] },
  ],
};
const at = (
  configuration: EventConfiguration,
  metrics: Record<string, number>,
  playerContext = {},
  windowSeconds: number | null = 600,
) => previewedAttempt(eventDefinition(configuration, 1), { metrics, playerContext }, windowSeconds);

describe('a previewed attempt', () => {
  it('has the score of 05 §5, its milestones in the order they fire, and what each metric gives', () => {
    expect(at(event, { coins: 620, kills: 23 })).toEqual({
      raw: { coins: 620, kills: 23 },
      capped: { coins: 500, kills: 20 },
      score: 700,
      completed: true,
      milestonesFired: ['some', 'many'],
      breakdown: [
        { metricKey: 'coins', value: 500, contribution: 500 },
        { metricKey: 'kills', value: 20, contribution: 200 },
      ],
    });
    expect(at(event, {})).toMatchObject({
      raw: { coins: 0, kills: 0 },
      score: 0,
      completed: false,
      milestonesFired: [],
    });
  });

  it('evaluates a formula with the context, and with the whole duration as its age', () => {
    const expr = 'max(metrics.coins, metrics.kills * 10) + (context.level >= 5) * 50';
    const formula: EventConfiguration = { ...event, scoreFormula: { type: 'expression', expr } };
    expect(at(formula, { coins: 620, kills: 23 }, { level: 7 }).score).toBe(550);
    const timed: EventConfiguration = { ...event, scoreFormula: { type: 'expression', expr: 'elapsedSeconds' } };
    expect(at(timed, {}).score).toBe(600);
    expect(at({ ...timed, attempt: { durationSeconds: 60 } }, {}).score).toBe(60);
  });

  it('is no older than its window is long, and of no age without an end', () => {
    const timed: EventConfiguration = { ...event, scoreFormula: { type: 'expression', expr: 'elapsedSeconds' } };
    const long = { ...timed, attempt: { durationSeconds: 3_600 } };
    expect(at(long, {}).score).toBe(600);
    expect(at(long, {}, {}, null).score).toBe(3_600);
    expect(at(timed, {}, {}, null).score).toBe(0);
  });

  it('is refused when its score would leave what a score may be, as the write would be', () => {
    const heavy: EventConfiguration = { key: 'e', metrics: [{ key: 'coins', scorePerUnit: 1_000 }] };
    expect(at(heavy, { coins: 1e12 }).score).toBe(1e15);
    expect(() => at(heavy, { coins: 1e13 })).toThrow(/10\^15/);
    const formula: EventConfiguration = { ...heavy, scoreFormula: { type: 'expression', expr: '-1000 * raw.coins' } };
    expect(() => at(formula, { coins: 1e13 })).toThrow(/10\^15/);
  });

  it('never resets anything, and is completed without a target', () => {
    const trail: EventConfiguration = {
      key: 'e',
      metrics: [{ key: 'streak', resetOn: { metricKey: 'losses' } }, { key: 'losses' }],
    };
    expect(at(trail, { streak: 3, losses: 9 })).toMatchObject({
      raw: { streak: 3, losses: 9 },
      score: 3,
      completed: true,
    });
    expect(unknownMetrics(eventDefinition(trail, 1), { streak: 1, wins: 1 })).toEqual(['wins']);
  });
});

describe('a previewed payout', () => {
  const bundle = { rewardBundleKey: 'prize' };
  const pool = (predicate: object): RewardPolicy =>
    ({
      type: 'shared_pool',
      parameters: { pool: 10, currencyKey: 'cash', winnerPredicate: predicate },
    }) as RewardPolicy;
  const tiers: RewardPolicy = { type: 'rank_scaled', parameters: { tiers: [{ fromRank: 1, toRank: 3, ...bundle }] } };
  const share = (amount: number) => ({
    payout: 'pool',
    contents: { entries: [{ type: 'currency', currencyKey: 'cash', amount }] },
  });

  it.each([
    [{ type: 'none' }, { kills: 20 }, 1, 1, null],
    [{ type: 'fixed_bundle', parameters: bundle }, { kills: 20 }, 1, 1, { payout: 'completion', contents: bundle }],
    [{ type: 'fixed_bundle', parameters: bundle }, { kills: 19 }, 1, 1, null],
    [tiers, {}, 3, 1, { payout: 'rank', contents: bundle }],
    [tiers, { kills: 20 }, 4, 1, null],
    [pool({ type: 'metric_at_least', metricKey: 'kills', threshold: 20 }), { kills: 25 }, 1, 3, share(3)],
    [pool({ type: 'metric_at_least', metricKey: 'kills', threshold: 21 }), { kills: 25 }, 1, 3, null],
    [pool({ type: 'completed' }), { kills: 20 }, 1, 11, null],
    [pool({ type: 'rank_at_most', rank: 2 }), {}, 2, 1, share(10)],
    [pool({ type: 'not', condition: { type: 'completed' } }), { kills: 20 }, 1, 1, null],
  ] as [RewardPolicy, Record<string, number>, number, number, unknown][])(
    '%j for %j on rank %d of %d winners',
    (policy, metrics, rank, assumedWinners, expected) => {
      expect(previewedPayout(policy, at(event, metrics), { rank, assumedWinners })).toEqual(expected);
    },
  );
});
