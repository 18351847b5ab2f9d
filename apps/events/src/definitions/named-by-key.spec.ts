import { checkInGame } from './check.fixture.js';
import { namedByKey, namedIds } from './named-by-key.js';

const botId = '22222222-2222-4222-8222-222222222222';
const bundleId = '44444444-4444-4444-8444-444444444444';
const keys: Record<string, string> = { [botId]: 'thinker', [bundleId]: 'prize' };
const keyOf = (kind: string, id: string): string | null => (kind === 'identityPool' ? null : (keys[id] ?? null));

/** The worked example (05 §19), on a global board. */
const trail = {
  key: 'trail_of_triumph',
  name: 'Trail fixture',
  metrics: [{ key: 'streak', target: 5, capAtTarget: true, resetOn: { metricKey: 'losses' } }, { key: 'losses' }],
  scoreFormula: { type: 'linear' },
  availability: {
    mode: 'recurring_windows',
    timezone: 'America/New_York',
    windows: [{ startTime: '20:00', durationSeconds: 86400, daysOfWeek: [0, 1, 2, 3, 4, 5, 6] }],
  },
  attempt: { durationSeconds: 86400, replayableDuringWindow: true },
  leaderboard: { mode: 'global', capacity: 50, scoreAggregation: 'best' },
  entryRequirement: {
    type: 'not',
    condition: { type: 'completed_event_at_least_once', eventKey: 'trail_of_triumph', within: 'current_window' },
  },
  rewardPolicy: {
    type: 'shared_pool',
    parameters: {
      pool: 10000,
      currencyKey: 'cash',
      winnerPredicate: { type: 'metric_at_least', metricKey: 'streak', threshold: 5 },
    },
  },
  botBindings: [{ botId, count: 49 }],
};

describe('ids in an event', () => {
  it('are told by kind, each once', () => {
    const event = {
      ...trail,
      metadata: { botId: bundleId },
      milestoneRewards: [{ rewardBundleId: bundleId }, { rewardBundleKey: bundleId }],
      rewardPolicy: {
        type: 'rank_scaled',
        parameters: { tiers: [{ rewardBundleId: 'prize' }, { rewardBundleId: botId }] },
      },
      botBindings: [{ botId: botId.toUpperCase(), identityPoolId: bundleId }],
    };
    expect(namedIds(event)).toEqual({ rewardBundle: [botId, bundleId], bot: [botId], identityPool: [bundleId] });
  });

  it('become keys where they are known, and only there', () => {
    const named = namedByKey({ ...trail, metadata: { botId } }, keyOf) as typeof trail;
    expect(named).toEqual({ ...trail, metadata: { botId }, botBindings: [{ botId: 'thinker', count: 49 }] });
    expect(namedByKey({ botBindings: [{ botId: bundleId, identityPoolId: botId }] }, () => null)).toEqual({
      botBindings: [{ botId: bundleId, identityPoolId: botId }],
    });
  });

  it.each([null, 1, 'x', [], { botBindings: null }, { rewardPolicy: { parameters: [[[[[[{ botId }]]]]]] } }])(
    'leave %j as it is',
    (event) => expect(namedByKey(event, keyOf)).toEqual(event),
  );
});

describe('the worked example of 05 §19', () => {
  it.each(['draft', 'scheduled'])('is accepted as it is, on a global board, as %s', (status) => {
    const { issues, warnings, accepted } = checkInGame(namedByKey({ ...trail, status }, keyOf));
    expect([issues, warnings]).toEqual([[], []]);
    expect(accepted[0]?.configuration).toMatchObject({
      botBindings: [{ botKey: 'thinker', count: 49 }],
      metrics: trail.metrics,
      entryRequirement: trail.entryRequirement,
      rewardPolicy: trail.rewardPolicy,
    });
    expect(accepted[0]?.configuration).not.toHaveProperty('leaderboard');
  });

  it('is refused with lobbies until they come, and says so', () => {
    const { issues } = checkInGame(
      namedByKey({ ...trail, leaderboard: { mode: 'lobby_matched', capacity: 50 } }, keyOf),
    );
    expect(issues).toMatchObject([{ path: 'events[trail_of_triumph].leaderboard.mode', code: 'unsupported' }]);
    expect(issues[0]?.message).toContain('lobby_matched is not supported by this version');
  });
});
