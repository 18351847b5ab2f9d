import type { AttemptCompleted } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { batchOf, distinctInOrder } from './payout.js';
import { orderOfCompletion as orderOf } from './payout-orders.js';

const completed = (rewardPolicy: AttemptCompleted['rewardPolicy'], attemptId = 'a-1'): Fact<AttemptCompleted> => ({
  id: 'f-1',
  type: 'kraty.fact.events.attempt.completed',
  scope: { studioId: 's', gameId: 'g', environment: 'live' },
  aggregateId: attemptId,
  revision: 3,
  occurredAt: '2026-06-08T12:00:00.000Z',
  payload: {
    attemptId,
    eventId: 'e',
    eventKey: 'daily_race',
    eventWindowId: 'w',
    playerId: 'p',
    externalPlayerId: 'mira',
    completedAt: '2026-06-08T12:00:00.000Z',
    rewardPolicy,
  },
});

describe('orderOf', () => {
  it('pays a bundle under the attempt, pinned to its completion', () => {
    const order = orderOf(completed({ type: 'fixed_bundle', parameters: { rewardBundleKey: 'daily_prize' } }));
    expect(order).toMatchObject({
      payoutKey: 'attempt:a-1',
      contents: { bundleKey: 'daily_prize' },
      pinAt: new Date('2026-06-08T12:00:00.000Z'),
      sourceKind: 'event_completion',
      sourceRefId: 'a-1',
    });
  });

  it('pays direct entries as they stand in the policy', () => {
    const entries = [{ type: 'currency' as const, currencyKey: 'gold', amount: 5 }];
    expect(orderOf(completed({ type: 'fixed_bundle', parameters: { entries } }))?.contents).toEqual({ entries });
  });

  it('pays nothing without a policy', () => {
    expect(orderOf(completed(null))).toBeNull();
  });
});

describe('batchOf', () => {
  const gold = { type: 'currency' as const, currencyKey: 'gold', amount: 5 };
  const crate = { type: 'crate' as const, crateItemKey: 'mystery', quantity: 2 };

  it('puts all that is no crate into one reward, and each crate unit into a grant of its own behind it', () => {
    const one = { type: 'crate', crateItemKey: 'mystery', quantity: 1 };
    expect(batchOf([crate, gold])).toEqual([
      { kind: 'reward', contents: { entries: [gold] } },
      { kind: 'crate', contents: { crateItemKey: 'mystery', entries: [one] } },
      { kind: 'crate', contents: { crateItemKey: 'mystery', entries: [one] } },
    ]);
  });

  it('leaves the reward out when there are only crates, and makes nothing of nothing', () => {
    expect(batchOf([crate]).map(({ kind }) => kind)).toEqual(['crate', 'crate']);
    expect(batchOf([])).toEqual([]);
  });
});

describe('distinctInOrder', () => {
  it('keeps one order a payout key, sorted by it', () => {
    const policy = { type: 'fixed_bundle' as const, parameters: { rewardBundleKey: 'prize' } };
    const orders = ['b', 'a', 'b'].map((id) => orderOf(completed(policy, id))!);
    expect(distinctInOrder(orders).map(({ payoutKey }) => payoutKey)).toEqual(['attempt:a', 'attempt:b']);
  });
});
