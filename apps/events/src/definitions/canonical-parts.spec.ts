import { canonicalWith, issuesWith, warningsWith, whole } from './check.fixture.js';
import { recurring, pool, tiers, tier, milestone, validator, split, divisions, bots } from './event-parts.fixture.js';

describe('what was archived after a published event had named it', () => {
  it('is kept with a warning, and cannot be named anew', () => {
    const parts = {
      availability: recurring,
      ...bots({ botKey: 'gone', count: 1 }),
      ...milestone({ rewardBundleKey: 'gone' }),
      leaderboard: { mode: 'global', progression: { itemKey: 'gone' } },
    };
    const configuration = { ...whole, ...parts, status: undefined } as never;
    const standing = { status: 'live' as const, configuration, hasOpened: true };
    expect(issuesWith({ ...parts, description: 'new' }, { standing })).toEqual([]);
    expect(warningsWith(parts, { standing })).toEqual([
      'milestoneRewards[0].rewardBundleKey bundle_archived',
      'botBindings[0].botKey bot_archived',
      'leaderboard.progression.itemKey currency_unknown',
    ]);
    const draft = { ...standing, status: 'draft' as const, hasOpened: false };
    expect(issuesWith(parts, { standing: draft })).toHaveLength(3);
  });
});

describe('a warning', () => {
  it.each<[string[], object]>([
    [
      [
        'contributesTo[1] contributes_to_not_scorable',
        'contributesTo[2] contributes_to_archived',
        'contributesTo[3] contributes_to_unknown',
      ],
      { contributesTo: ['weekly', 'league', 'old', 'gone'] },
    ],
    [
      ['unlockCondition.condition.eventKey event_unknown'],
      { unlockCondition: { type: 'not', condition: { type: 'completed_event_at_least_once', eventKey: 'gone' } } },
    ],
    [
      [
        'entryRequirement.conditions[0].itemKey item_unknown',
        'entryRequirement.conditions[1].currencyKey currency_unknown',
        'entryRequirement.conditions[2].economyKey currency_unknown',
      ],
      {
        entryRequirement: {
          type: 'and',
          conditions: [
            { type: 'has_item', itemKey: 'gone' },
            { type: 'currency_at_least', currencyKey: 'gone', amount: 1 },
            { type: 'progression_at_least', economyKey: 'gone', amount: 1 },
          ],
        },
      },
    ],
    [
      ['entryCost.currencies[0].key currency_unknown', 'entryCost.items[0].key item_unknown'],
      { entryCost: { currencies: [{ key: 'gone', amount: 1 }], items: [{ key: 'gone', quantity: 1 }] } },
    ],
    [[], { unlockCondition: { type: 'completed_event_at_least_once', eventKey: 'crab_sprint' } }],
    [
      ['rewardPolicy.parameters.winnerPredicate.conditions[0].threshold unreachable_target'],
      {
        metrics: [{ key: 'shells', cap: 10 }],
        ...pool({
          winnerPredicate: {
            type: 'or',
            conditions: [
              { type: 'metric_at_least', metricKey: 'shells', threshold: 11 },
              { type: 'metric_at_least', metricKey: 'shells', threshold: 10 },
            ],
          },
        }),
      },
    ],
    [
      ['rewardPolicy.parameters.winnerPredicate.threshold unreachable_target'],
      {
        metrics: [{ key: 'shells', target: 5, capAtTarget: true }],
        ...pool({ winnerPredicate: { type: 'metric_at_least', metricKey: 'shells', threshold: 6 } }),
      },
    ],
    [
      [],
      {
        metrics: [{ key: 'shells', target: 5 }],
        ...pool({ winnerPredicate: { type: 'metric_at_least', metricKey: 'shells', threshold: 6 } }),
      },
    ],
    [
      [],
      {
        metrics: [{ key: 'shells', cap: 5 }],
        ...pool({
          winnerPredicate: { type: 'not', condition: { type: 'metric_at_least', metricKey: 'shells', threshold: 6 } },
        }),
      },
    ],
  ])('%j', (expected, parts) => {
    expect(warningsWith(parts, { archivedKeys: { leaderboards: ['old'] } })).toEqual(expected);
    expect(issuesWith(parts)).toEqual([]);
  });
});

describe('the canonical form', () => {
  const plain = canonicalWith({});

  it.each<[string, object]>([
    ['a formula by default', { scoreFormula: { type: 'linear' } }],
    ['no rewards', { rewardPolicy: { type: 'none', parameters: {} } }],
    ['no cost', { entryCost: { currencies: [], items: null } }],
    ['no validators', { antiCheat: { validators: [] } }],
    ['empty lists', { contributesTo: [], milestoneRewards: [], botBindings: [] }],
    ['no conditions', { unlockCondition: null, entryRequirement: null }],
    [
      'the board by default',
      { leaderboard: { mode: 'global', scoreAggregation: 'best', capacity: 20, progression: null } },
    ],
  ])('leaves out %s', (_, parts) => {
    expect(canonicalWith(parts)).toEqual(plain);
  });

  it.each<[string, object, object]>([
    [
      'names of boards',
      { leaderboard: { mode: 'global_segmented', segmentation: { type: 'country', fallback: 'ZZ' } } },
      { leaderboard: { mode: 'segmented', segmentation: { type: 'country' } } },
    ],
    [
      'groups',
      { leaderboard: { mode: 'grouped', capacity: 50, grouping: { by: 'arrival' } } },
      { leaderboard: { mode: 'grouped' } },
    ],
    ['repeats of boards', { contributesTo: ['weekly', 'gone', 'weekly'] }, { contributesTo: ['weekly', 'gone'] }],
    [
      'conditions',
      {
        unlockCondition: {
          type: 'and',
          conditions: [
            { type: 'has_item', itemKey: 'torch', quantity: 1 },
            { type: 'completed_event_at_least_once', eventKey: 'x', within: 'lifetime' },
            { type: 'time_between', from: '2026-01-01T02:00:00+02:00', to: null },
          ],
        },
      },
      {
        unlockCondition: {
          type: 'and',
          conditions: [
            { type: 'has_item', itemKey: 'torch' },
            { type: 'completed_event_at_least_once', eventKey: 'x' },
            { type: 'time_between', from: '2026-01-01T00:00:00.000Z' },
          ],
        },
      },
    ],
    ['bundles', milestone({ rewardBundleKey: null, rewardBundleId: 'prize', entries: null }), milestone({})],
    [
      'steps',
      milestone({
        rewardBundleKey: undefined,
        entries: [{ type: 'currency', currencyKey: 'cash', amount: { min: 1, max: 3, step: 1 } }],
      }),
      milestone({
        rewardBundleKey: undefined,
        entries: [{ type: 'currency', currencyKey: 'cash', amount: { min: 1, max: 3 } }],
      }),
    ],
    ['order of tiers', tiers(tier(5, 9), tier(1, 1)), tiers(tier(1, 1), tier(5, 9))],
    ['pools', pool({ poolScope: 'window' }), pool({})],
    ['bots', bots({ botId: 'steady', count: 1, identityPoolKey: null }), bots({ botKey: 'steady', count: 1 })],
    [
      'verdicts',
      validator('max_metric_rate', { metricKey: 'shells', maxPerSecond: 1, verdict: 'flag' }),
      validator('max_metric_rate', { metricKey: 'shells', maxPerSecond: 1 }),
    ],
    [
      'ladders',
      {
        leaderboard: {
          mode: 'global',
          progression: { itemKey: 'league_tier', promote: { places: 1, amount: 1 }, relegate: null },
        },
      },
      { leaderboard: { mode: 'global', progression: { itemKey: 'league_tier', promote: { places: 1 } } } },
    ],
  ])('has one way to state %s', (_, stated, meant) => {
    const [part] = Object.keys(meant) as ['leaderboard'];
    expect(canonicalWith(stated)[part]).toEqual((JSON.parse(JSON.stringify(meant)) as Record<string, unknown>)[part]);
  });

  it('keeps a null of a division, which says that nothing moves there', () => {
    const progression = { itemKey: 'league_tier', promote: { places: 1 }, perDivision: { d1: { promote: null } } };
    expect(canonicalWith(split(divisions(0, 2), { progression })).leaderboard?.progression).toEqual(progression);
  });
});
