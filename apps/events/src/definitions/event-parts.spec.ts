import { issuesWith, warningsWith } from './check.fixture.js';
import {
  recurring,
  nested,
  wide,
  pool,
  tiers,
  tier,
  milestone,
  validator,
  split,
  divisions,
  bots,
  formula,
} from './event-parts.fixture.js';

describe('a part of an event is accepted:', () => {
  it.each<[string, object]>([
    [
      'a formula of everything there is',
      formula('metrics.shells + raw.falls * weight.shells + context.x + elapsedSeconds'),
    ],
    ['conditions eight levels deep', { unlockCondition: nested(8) }],
    ['64 conditions in one', { entryRequirement: wide(14) }],
    ['a threshold of any sign', pool({ winnerPredicate: { type: 'score_at_least', threshold: -1 } })],
    ['a pool of a progression', pool({ currencyKey: 'league_tier' })],
    ['tiers with gaps, in any order', tiers(tier(5, 9), tier(1, 1))],
    ['a bundle by its name on the API', tiers({ fromRank: 1, toRank: 1, rewardBundleId: 'prize' })],
    [
      'a crate and a table',
      milestone({
        rewardBundleKey: null,
        entries: [
          { type: 'crate', crateItemKey: 'chest', quantity: 1 },
          { type: 'table', tableKey: 'loot' },
        ],
      }),
    ],
    [
      'a validator with the target of its metric',
      validator('min_attempt_duration', { metricKey: 'shells', minSeconds: 0 }),
    ],
    ['a bot by its name on the API', bots({ botId: 'steady', count: 200, identityPoolId: 'sailors' })],
    ['capacity that a change of mode left behind', { leaderboard: { mode: 'global', capacity: 50 } }],
    [
      'a ladder that disables a division',
      split(divisions(0, 2), { progression: { itemKey: 'league_tier', perDivision: { d1: { promote: null } } } }),
    ],
    ['parameters left behind by another policy', { rewardPolicy: { type: 'none', parameters: {} } }],
  ])('%s', (_, parts) => {
    expect(issuesWith(parts)).toEqual([]);
  });
});

describe('a part of an event is refused:', () => {
  it.each<[string, object]>([
    ['scoreFormula.expr format', formula('metrics.gone')],
    ['scoreFormula.expr format', formula('shells')],
    ['scoreFormula.expr format', formula('1 < 2 < 3')],
    ['scoreFormula.expr format', formula('metrics.constructor')],
    ['scoreFormula.expr length', formula('')],
    ['scoreFormula.expr length', formula('1'.repeat(513))],
    ['scoreFormula.expr required', { scoreFormula: { type: 'expression' } }],
    ['scoreFormula.expr unknown_field', { scoreFormula: { type: 'linear', expr: '1' } }],
    ['scoreFormula.type enum', { scoreFormula: { type: 'magic' } }],

    ['unlockCondition range', { unlockCondition: nested(9) }],
    ['entryRequirement range', { entryRequirement: wide(15) }],
    ['entryRequirement range', { entryRequirement: wide(20_000) }],
    ['rewardPolicy.parameters.winnerPredicate range', pool({ winnerPredicate: wide(15) })],
    ['unlockCondition.type enum', { unlockCondition: { type: 'has_level' } }],
    ['unlockCondition.itemKey required', { unlockCondition: { type: 'has_item' } }],
    ['unlockCondition.quantity range', { unlockCondition: { type: 'has_item', itemKey: 'torch', quantity: 0 } }],
    ['unlockCondition.eventKey unknown_field', { unlockCondition: { type: 'always', eventKey: 'x' } }],
    ['unlockCondition.conditions length', { unlockCondition: { type: 'or', conditions: [] } }],
    [
      'unlockCondition.conditions length',
      { unlockCondition: { type: 'or', conditions: Array.from({ length: 17 }, () => ({ type: 'never' })) } },
    ],
    [
      'unlockCondition.conditions[1].countries format',
      { unlockCondition: { type: 'or', conditions: [{ type: 'never' }, { type: 'country_in', countries: ['pt'] }] } },
    ],
    [
      'unlockCondition.condition.within enum',
      {
        unlockCondition: {
          type: 'not',
          condition: { type: 'completed_event_at_least_once', eventKey: 'x', within: 'today' },
        },
      },
    ],
    ['unlockCondition.value type', { unlockCondition: { type: 'context_equals', key: 'team', value: {} } }],
    ['unlockCondition.values type', { unlockCondition: { type: 'context_in', key: 'team', values: ['red', null] } }],
    ['unlockCondition.from format', { unlockCondition: { type: 'time_between', from: '2026-01-01' } }],

    ['entryCost.currencies[0].amount range', { entryCost: { currencies: [{ key: 'cash', amount: 0 }] } }],
    ['entryCost.items[0].quantity range', { entryCost: { items: [{ key: 'torch', quantity: 2_147_483_648 }] } }],
    [
      'entryCost.currencies[1].key duplicate',
      {
        entryCost: {
          currencies: [
            { key: 'cash', amount: 1 },
            { key: 'cash', amount: 2 },
          ],
        },
      },
    ],
    ['entryCost.currencies[0].key conflict', { entryCost: { currencies: [{ key: 'level', amount: 1 }] } }],

    ['milestoneRewards[0].metricKey unknown_reference', milestone({ metricKey: 'gone' })],
    ['milestoneRewards[0].threshold range', milestone({ threshold: 0 })],
    ['milestoneRewards[0].rewardBundleKey unknown_reference', milestone({ rewardBundleKey: 'gone' })],
    ['milestoneRewards[0] conflict', milestone({ rewardBundleKey: null })],
    ['milestoneRewards[0] conflict', milestone({ entries: [{ type: 'table', tableKey: 'loot' }] })],
    ['milestoneRewards[0].rewardBundleId conflict', milestone({ rewardBundleId: 'other' })],
    [
      'milestoneRewards[0].entries[0].tableKey unknown_reference',
      milestone({ rewardBundleKey: null, entries: [{ type: 'table', tableKey: 'gone' }] }),
    ],
    [
      'milestoneRewards[0].entries[0].crateItemKey unknown_reference',
      milestone({ rewardBundleKey: null, entries: [{ type: 'crate', crateItemKey: 'torch', quantity: 1 }] }),
    ],
    [
      'milestoneRewards[0].entries[0].currencyKey conflict',
      milestone({ rewardBundleKey: null, entries: [{ type: 'currency', currencyKey: 'level', amount: 1 }] }),
    ],
    [
      'milestoneRewards[1].key duplicate',
      {
        milestoneRewards: [
          ...(milestone({}) as { milestoneRewards: object[] }).milestoneRewards,
          ...(milestone({}) as { milestoneRewards: object[] }).milestoneRewards,
        ],
      },
    ],
    [
      'milestoneRewards length',
      {
        milestoneRewards: Array.from({ length: 33 }, (_, at) => ({
          key: `m${at}`,
          metricKey: 'shells',
          threshold: 1,
          rewardBundleKey: 'prize',
        })),
      },
    ],

    ['rewardPolicy.type enum', { rewardPolicy: { type: 'lottery', parameters: { odds: 1 } } }],
    ['rewardPolicy.parameters.tiers length', tiers()],
    ['rewardPolicy.parameters.tiers[0].fromRank range', tiers(tier(0, 1))],
    ['rewardPolicy.parameters.tiers[0].toRank range', tiers(tier(3, 2))],
    ['rewardPolicy.parameters.tiers[1].fromRank conflict', tiers(tier(5, 9), tier(1, 5))],
    [
      'rewardPolicy.parameters.tiers[0].rewardBundleKey unknown_reference',
      tiers({ ...tier(1, 1), rewardBundleKey: 'gone' }),
    ],
    ['rewardPolicy.parameters.pool range', pool({ pool: 0 })],
    ['rewardPolicy.parameters.currencyKey unknown_reference', pool({ currencyKey: 'gone' })],
    ['rewardPolicy.parameters.currencyKey conflict', pool({ currencyKey: 'level' })],
    ['rewardPolicy.parameters.poolScope enum', pool({ poolScope: 'game' })],
    ['rewardPolicy.parameters.winnerPredicate required', pool({ winnerPredicate: undefined })],
    ['rewardPolicy.parameters.winnerPredicate.type enum', pool({ winnerPredicate: { type: 'lucky' } })],
    [
      'rewardPolicy.parameters.winnerPredicate.condition.metricKey unknown_reference',
      pool({
        winnerPredicate: { type: 'not', condition: { type: 'metric_at_least', metricKey: 'gone', threshold: 1 } },
      }),
    ],
    [
      'rewardPolicy.parameters.winnerPredicate.conditions length',
      pool({ winnerPredicate: { type: 'and', conditions: Array.from({ length: 11 }, () => ({ type: 'completed' })) } }),
    ],

    ['antiCheat.validators[0].key enum', validator('aimbot', { metricKey: 'shells' })],
    [
      'antiCheat.validators[0].params.metricKey unknown_reference',
      validator('max_metric_rate', { metricKey: 'gone', maxPerSecond: 1 }),
    ],
    [
      'antiCheat.validators[0].params.maxPerSecond range',
      validator('max_metric_rate', { metricKey: 'shells', maxPerSecond: 0 }),
    ],
    ['antiCheat.validators[0].params required', validator('max_metric_jump', { metricKey: 'shells' })],
    [
      'antiCheat.validators[0].params.target required',
      validator('min_attempt_duration', { metricKey: 'falls', minSeconds: 1 }),
    ],
    [
      'antiCheat.validators[0].params.verdict enum',
      validator('max_metric_rate', { metricKey: 'shells', maxPerSecond: 1, verdict: 'ban' }),
    ],

    ['leaderboard.mode enum', { leaderboard: { mode: 'ladder' } }],
    ['leaderboard.segmentation required', { leaderboard: { mode: 'segmented' } }],
    ['leaderboard.segmentation.type conflict', split({ type: 'none' })],
    ['leaderboard.segmentation conflict', { leaderboard: { mode: 'grouped', segmentation: { type: 'country' } } }],
    ['leaderboard.grouping conflict', { leaderboard: { mode: 'global', grouping: { by: 'arrival' } } }],
    ['leaderboard.grouping.key required', { leaderboard: { mode: 'grouped', grouping: { by: 'context' } } }],
    ['leaderboard.capacity range', { leaderboard: { mode: 'grouped', capacity: 1 } }],
    ['leaderboard.capacity range', { leaderboard: { mode: 'grouped', capacity: 501 } }],
    ['leaderboard.progression conflict', { leaderboard: { mode: 'none', progression: { itemKey: 'league_tier' } } }],
    [
      'leaderboard.progression.itemKey unknown_reference',
      { leaderboard: { mode: 'global', progression: { itemKey: 'cash' } } },
    ],
    ['leaderboard.segmentation.divisions[0].min range', split(divisions(1, 2))],
    ['leaderboard.segmentation.divisions[1].min range', split(divisions(0, 0))],
    ['leaderboard.segmentation.axes length', split({ type: 'combined', axes: [{ type: 'country' }] })],
    [
      'leaderboard.segmentation.axes[1].type enum',
      split({ type: 'combined', axes: [{ type: 'country' }, { type: 'none' }] }),
    ],
    [
      'leaderboard.progression.perDivision unknown_reference',
      split(divisions(0), { progression: { itemKey: 'league_tier', perDivision: { gold: {} } } }),
    ],

    ['botBindings[0].botKey unknown_reference', bots({ botKey: 'gone', count: 1 })],
    ['botBindings[0].botKey unknown_reference', bots({ botId: '22222222-2222-4222-8222-222222222222', count: 1 })],
    ['botBindings[0].botKey conflict', bots({ botKey: 'broken', count: 1 })],
    ['botBindings[0].botKey conflict', bots({ botKey: 'thinker', count: 1 })],
    ['botBindings[0].botKey required', bots({ count: 1 })],
    ['botBindings[0].botId conflict', bots({ botKey: 'steady', botId: 'other', count: 1 })],
    ['botBindings[0].identityPoolKey unknown_reference', bots({ botKey: 'steady', count: 1, identityPoolKey: 'gone' })],
    ['botBindings[0].count range', bots({ botKey: 'steady', count: 201 })],
    ['botBindings range', bots(...[200, 200, 101].map((count) => ({ botKey: 'steady', count })))],
    ['contributesTo length', { contributesTo: Array.from({ length: 17 }, (_, at) => `b${at}`) }],
    ['contributesTo format', { contributesTo: ['no key'] }],
  ])('%s', (expected, parts) => {
    expect(issuesWith(parts)).toEqual([expected]);
  });

  it('a null in a list, whatever the list', () => {
    for (const parts of [
      { unlockCondition: { type: 'and', conditions: [null] } },
      { antiCheat: { validators: [null] } },
      { milestoneRewards: [null] },
      bots(null as unknown as object),
    ]) {
      expect(issuesWith(parts)[0]).toMatch(/ type$/);
    }
  });

  it('a formula, with the place of each mistake', () => {
    expect(issuesWith(formula('metrics.gone + raw.lost'))).toHaveLength(2);
  });

  it('a cost where the studio keeps the inventory', () => {
    const parts = { entryCost: { items: [{ key: 'torch', quantity: 1 }] } };
    expect(issuesWith(parts, { settings: { inventoryManagement: 'studio' } })).toEqual(['entryCost conflict']);
    expect(issuesWith({ entryCost: { items: [] } }, { settings: { inventoryManagement: 'studio' } })).toEqual([]);
    expect(issuesWith(parts, { settings: { inventoryManagement: 'permissive' } })).toEqual([]);
  });

  it('a state machine only where no window ends', () => {
    expect(issuesWith({ availability: recurring, ...bots({ botKey: 'thinker', count: 1 }) })).toEqual([]);
  });

  it('a missing segmentation not in a draft, which may be incomplete', () => {
    const parts = { leaderboard: { mode: 'global_segmented' } };
    expect(issuesWith({ ...parts, status: 'draft' })).toEqual([]);
    expect(issuesWith(parts)).toEqual(['leaderboard.segmentation required']);
  });

  it('a missing bundle not in a draft, which gets a warning', () => {
    const parts = { status: 'draft', ...milestone({ rewardBundleKey: 'gone' }) };
    expect(issuesWith(parts)).toEqual([]);
    expect(warningsWith(parts)).toEqual(['milestoneRewards[0].rewardBundleKey bundle_archived']);
  });
});
