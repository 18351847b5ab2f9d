import fc from 'fast-check';
import type { MetricDefinition } from '@kraty/contracts/events';
import { applyWrite, type MetricWrite } from './apply-write.js';
import { cappedMetrics, emptyMetrics, linearScore, norm } from './score.js';
import { scoringRules } from './scoring-rules.js';

const rulesOf = (...metrics: MetricDefinition[]) => scoringRules(metrics, 'all_targets');
const write = (mode: MetricWrite['mode'], metrics: Record<string, number>): MetricWrite => ({
  mode,
  metrics,
  metricValue: null,
});

describe('a write', () => {
  const streak = rulesOf({ key: 'streak', resetOn: { metricKey: 'losses' } }, { key: 'losses' });

  it.each([
    ['trigger unchanged', write('increment', { streak: 1 }), { streak: 4, losses: 1 }],
    ['trigger rose', write('increment', { losses: 1 }), { streak: 0, losses: 2 }],
    ['bump discarded', write('increment', { streak: 1, losses: 1 }), { streak: 0, losses: 2 }],
    ['trigger equal', write('set', { streak: 9, losses: 1 }), { streak: 9, losses: 1 }],
    ['trigger fell', write('set', { losses: 0 }), { streak: 3, losses: 0 }],
  ])('resets by its trigger: %s', (_, asked, raw) => {
    expect(applyWrite(streak, { streak: 3, losses: 1 }, asked)).toMatchObject({ kind: 'applied', raw });
  });

  it('caps what the score sees and never the raw values', () => {
    const rules = rulesOf(
      { key: 'coins', cap: 500 },
      { key: 'kills', target: 20, capAtTarget: true, scorePerUnit: 10 },
    );
    expect(applyWrite(rules, { coins: 0, kills: 0 }, write('set', { coins: 620, kills: 23 }))).toEqual({
      kind: 'applied',
      raw: { coins: 620, kills: 23 },
      capped: { coins: 500, kills: 20 },
      score: 700,
      targetsReached: true,
    });
  });

  it('never resets because of another reset', () => {
    const chain = rulesOf(
      { key: 'a', resetOn: { metricKey: 'b' } },
      { key: 'b', resetOn: { metricKey: 'c' } },
      { key: 'c' },
    );
    const done = applyWrite(chain, { a: 5, b: -1, c: 0 }, write('increment', { c: 1 }));
    expect(done).toMatchObject({ raw: { a: 5, b: 0, c: 1 } });
  });

  it('takes metricValue for the first metric and refuses it beside that metric', () => {
    const rules = rulesOf({ key: 'shells' }, { key: 'crabs' });
    const both = { mode: 'increment', metricValue: 2, metrics: { crabs: 1 } } as const;
    expect(applyWrite(rules, { shells: 1, crabs: 0 }, both)).toMatchObject({ raw: { shells: 3, crabs: 1 } });
    expect(applyWrite(rules, {}, { ...both, metrics: { shells: 1 } })).toEqual({
      kind: 'primary_named_twice',
      metricKey: 'shells',
    });
  });

  it('refuses undeclared metrics, also those that every object inherits', () => {
    const refused = applyWrite(rulesOf({ key: 'shells' }), {}, write('set', { shells: 1, toString: 2, crabs: 3 }));
    expect(refused).toEqual({ kind: 'unknown_metrics', metricKeys: ['toString', 'crabs'] });
  });

  it('refuses a raw value or a score beyond 10^15', () => {
    const heavy = rulesOf({ key: 'shells', scorePerUnit: 1_000 });
    expect(applyWrite(heavy, { shells: 9e14 }, write('increment', { shells: 2e14 }))).toEqual({
      kind: 'out_of_bounds',
      metricKey: 'shells',
    });
    expect(applyWrite(heavy, { shells: 0 }, write('set', { shells: 2e12 }))).toEqual({
      kind: 'out_of_bounds',
      metricKey: null,
    });
  });

  it('refuses a write without a number', () => {
    expect(applyWrite(rulesOf({ key: 'shells' }), {}, write('set', {}))).toEqual({ kind: 'nothing_given' });
  });
});

describe('completion', () => {
  it('looks at raw values, so that a cap below the target hides nothing', () => {
    const rules = rulesOf({ key: 'shells', cap: 10, target: 40 });
    expect(applyWrite(rules, { shells: 39 }, write('increment', { shells: 1 }))).toMatchObject({
      targetsReached: true,
      score: 10,
    });
  });

  it('needs every target or any, as the event says, and never happens without one', () => {
    const metrics = [{ key: 'a', target: 1 }, { key: 'b', target: 1 }, { key: 'c' }];
    const oneMet = write('set', { a: 1, c: 100 });
    const reached = (rule: 'all_targets' | 'any_target') =>
      applyWrite(scoringRules(metrics, rule), { a: 0, b: 0, c: 0 }, oneMet);
    expect(reached('all_targets')).toMatchObject({ targetsReached: false });
    expect(reached('any_target')).toMatchObject({ targetsReached: true });
    expect(applyWrite(rulesOf({ key: 'c' }), { c: 0 }, write('set', { c: 1e9 }))).toMatchObject({
      targetsReached: false,
    });
  });
});

describe('weights', () => {
  it('are 0 for a trigger of resets and 1 otherwise, unless said', () => {
    const rules = rulesOf(
      { key: 'streak', resetOn: { metricKey: 'losses' } },
      { key: 'losses' },
      { key: 'wins', scoreWeight: 3 },
    );
    expect(rules.metrics.map((metric) => metric.weight)).toEqual([1, 0, 3]);
  });
});

describe('norm', () => {
  it('rounds to six decimals below 10^9 and knows no negative zero', () => {
    expect([norm(0.1 + 0.2), norm(1e9 + 0.1234567), Object.is(norm(-1e-9), 0)]).toEqual([0.3, 1e9 + 0.1234567, true]);
  });

  it('changes nothing the second time', () => {
    const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
    fc.assert(fc.property(anyNumber, (value) => Object.is(norm(norm(value)), norm(value))));
  });
});

describe('for any metrics and writes', () => {
  const anyMetrics = fc
    .array(
      fc.record(
        {
          target: fc.integer({ min: 1, max: 100 }),
          cap: fc.integer({ min: 1, max: 100 }),
          capAtTarget: fc.boolean(),
          scorePerUnit: fc.integer({ min: -5, max: 5 }),
        },
        { requiredKeys: [] },
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((list) => list.map((metric, at) => ({ key: `m${at}`, ...metric })));
  const anyWrites = fc.array(
    fc.record({
      mode: fc.constantFrom('increment' as const, 'set' as const),
      at: fc.nat(4),
      value: fc.integer({ min: -500, max: 500 }),
    }),
    { maxLength: 20 },
  );

  it('caps never touch raw values, and the score is that of the capped ones', () => {
    fc.assert(
      fc.property(anyMetrics, anyWrites, (metrics, writes) => {
        const rules = rulesOf(...metrics);
        const uncapped = rulesOf(...metrics.map(({ key }) => ({ key })));
        let raw = emptyMetrics(rules);
        let plain = emptyMetrics(uncapped);
        for (const { mode, at, value } of writes) {
          const asked = write(mode, { [`m${at % metrics.length}`]: value });
          const done = applyWrite(rules, raw, asked);
          const reference = applyWrite(uncapped, plain, asked);
          if (done.kind !== 'applied' || reference.kind !== 'applied') throw new Error('a legal write was refused');
          expect(done.raw).toEqual(reference.raw);
          expect(done.score).toBe(linearScore(rules, cappedMetrics(rules, done.raw)));
          raw = done.raw;
          plain = reference.raw;
        }
      }),
    );
  });
});
