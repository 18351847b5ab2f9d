import { normalForm } from './index.js';

describe('normalForm', () => {
  it('takes an event that spells out every default for the one that leaves them out', () => {
    const windows = [{ startTime: '20:00', durationSeconds: 86_400 }];
    const concise = {
      key: 'daily',
      availability: { mode: 'recurring_windows', timezone: 'UTC', windows },
      metrics: [{ key: 'streak', resetOn: { metricKey: 'losses' } }, { key: 'losses' }],
    };
    const verbose = {
      key: 'daily',
      name: 'daily',
      description: null,
      status: 'draft',
      type: 'multi_metric',
      availability: {
        mode: 'recurring_windows',
        timezone: 'UTC',
        windows: [{ ...windows[0], daysOfWeek: [6, 5, 4, 3, 2, 1, 0], durationMode: 'calendar' }],
      },
      scheduleAheadDays: null,
      metadata: {},
      metrics: [
        { key: 'streak', scorePerUnit: 1, capAtTarget: false, resetOn: { metricKey: 'losses' } },
        { key: 'losses', scoreWeight: 0 },
      ],
      scoreFormula: { type: 'linear' },
      completion: { rule: 'all_targets' },
      leaderboard: { mode: 'global', scoreAggregation: 'best' },
      contributesTo: [],
      attempt: { replayableDuringWindow: false },
      unlockCondition: null,
      entryCost: { currencies: [], items: [] },
      milestoneRewards: [],
      rewardPolicy: { type: 'none' },
      botBindings: [],
      antiCheat: { validators: [] },
    };
    expect(normalForm('events', verbose)).toEqual(normalForm('events', concise));
    expect(normalForm('events', concise)).toEqual(concise);
  });

  it('keeps what differs from the defaults', () => {
    const event = { key: 'daily', status: 'scheduled', metrics: [{ key: 'shells', scorePerUnit: 2 }] };
    expect(normalForm('events', event)).toEqual(event);
  });

  it('counts a step of 1 as unsaid in a bundle', () => {
    const bundle = (step?: number) => ({
      key: 'prize',
      name: 'Prize',
      entries: [{ type: 'currency', currencyKey: 'gold', amount: { min: 1, max: 6, ...(step && { step }) } }],
    });
    expect(normalForm('rewardBundles', bundle(1))).toEqual(normalForm('rewardBundles', bundle()));
    expect(normalForm('rewardBundles', bundle(2))).toEqual(bundle(2));
  });
});
