import type { EventConfiguration } from '@kraty/contracts/events';
import { evaluateExpression } from '@kraty/contracts/expressions';
import { eventDefinition } from './event-definition.js';

const plain: EventConfiguration = { key: 'crab_sprint', metrics: [{ key: 'shells', target: 40 }, { key: 'falls' }] };
const of = (parts: Partial<EventConfiguration>) => eventDefinition({ ...plain, ...parts }, 3);

describe('the meaning of an event', () => {
  it('has every default decided', () => {
    expect(eventDefinition(plain, 3)).toMatchObject({
      revision: 3,
      name: 'crab_sprint',
      description: null,
      type: 'multi_metric',
      timezone: 'UTC',
      metadata: {},
      boardMode: 'global',
      scoreAggregation: 'best',
      board: { mode: 'global', capacity: null, grouping: null, segmentation: null, ladder: null, ladderCeiling: null },
      formula: { type: 'linear' },
      attempts: { durationMs: null, perWindowMax: 1, perDayMax: null },
      unlockCondition: null,
      entryRequirement: null,
      entryCost: null,
      milestones: [],
      contributesTo: [],
      validators: [],
      rewardPolicy: { type: 'none' },
      botBindings: [],
    });
  });

  it('fires milestones by threshold, then as declared', () => {
    const milestoneRewards = [
      { key: 'c', metricKey: 'shells', threshold: 9, rewardBundleKey: 'b' },
      { key: 'b', metricKey: 'falls', threshold: 5, rewardBundleKey: 'b' },
      { key: 'a', metricKey: 'shells', threshold: 5, rewardBundleKey: 'b' },
    ];
    expect(of({ milestoneRewards }).milestones.map(({ key }) => key)).toEqual(['b', 'a', 'c']);
  });

  it('gives validators their verdict, and a duration the target of its metric', () => {
    const { validators } = of({
      antiCheat: {
        validators: [
          { key: 'min_attempt_duration', params: { metricKey: 'shells', minSeconds: 10 } },
          { key: 'min_attempt_duration', params: { metricKey: 'falls', minSeconds: 1, target: 2, verdict: 'reject' } },
          { key: 'max_metric_rate', params: { metricKey: 'shells', maxPerSecond: 5 } },
        ],
      },
    });
    expect(validators.map(({ params }) => params)).toEqual([
      { metricKey: 'shells', minSeconds: 10, target: 40, verdict: 'flag' },
      { metricKey: 'falls', minSeconds: 1, target: 2, verdict: 'reject' },
      { metricKey: 'shells', maxPerSecond: 5, verdict: 'flag' },
    ]);
  });

  it('has the formula parsed', () => {
    const { formula } = of({ scoreFormula: { type: 'expression', expr: 'metrics.shells * 2 + context.level' } });
    if (formula.type !== 'expression') throw new Error('expected an expression');
    const values: Record<string, number> = { 'metrics.shells': 4, 'context.level': 7 };
    expect(evaluateExpression(formula.expression, (name) => values[name] ?? 0)).toBe(15);
    expect(() => of({ scoreFormula: { type: 'expression', expr: 'metrics.gone' } })).toThrow('cannot be parsed');
  });

  it('decides boards', () => {
    expect(of({ leaderboard: { mode: 'grouped' } }).board).toMatchObject({ capacity: 50, grouping: { by: 'arrival' } });
    expect(
      of({ leaderboard: { mode: 'grouped', capacity: 9, grouping: { by: 'context', key: 'team' } } }).board,
    ).toMatchObject({
      capacity: 9,
      grouping: { by: 'context', key: 'team', fallback: 'default' },
    });
  });

  it.each([
    ['league_tier', 4],
    ['honour', null],
  ])('ends promotion in %s at %s', (itemKey, ceiling) => {
    const divisions = [
      { key: 'bronze', min: 0 },
      { key: 'diamond', min: 4 },
    ];
    const axis = { type: 'progression' as const, economyKey: 'league_tier', divisions };
    const ladder = { itemKey, promote: { places: 1 } };
    const board = (segmentation: NonNullable<EventConfiguration['leaderboard']>['segmentation']) =>
      of({ leaderboard: { mode: 'segmented', segmentation, progression: ladder } }).board;
    expect(board(axis).ladderCeiling).toBe(ceiling);
    expect(board({ type: 'combined', axes: [{ type: 'country' }, axis] }).ladderCeiling).toBe(ceiling);
    expect(board({ type: 'country' }).ladderCeiling).toBeNull();
  });

  it('costs nothing when every list is empty', () => {
    expect(of({ entryCost: { currencies: [] } }).entryCost).toBeNull();
    const items = [{ key: 'torch', quantity: 1 }];
    expect(of({ entryCost: { items } }).entryCost).toEqual({ currencies: [], items });
  });

  it('counts on each configured board once, in order', () => {
    expect(of({ contributesTo: ['b', 'a', 'b'] }).contributesTo).toEqual(['b', 'a']);
  });
});
