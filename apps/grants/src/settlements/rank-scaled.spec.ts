import type { FinalStanding } from '@kraty/contracts/leaderboards';
import { lastPaidRank, rankOrder } from './rank-scaled.js';

const gold = (amount: number) => ({ entries: [{ type: 'currency' as const, currencyKey: 'gold', amount }] });
const tiers = [
  { fromRank: 1, toRank: 1, ...gold(1000) },
  { fromRank: 2, toRank: 3, ...gold(400) },
  { fromRank: 4, toRank: 10, ...gold(100) },
];
const board = {
  scope: { studioId: 's', gameId: 'g', environment: 'live' as const },
  leaderboardId: 'b',
  eventWindowId: 'w',
  pinAt: new Date(0),
};
const row = (rank: number, kind: 'player' | 'bot', participantId: string, joinedOnly = false): FinalStanding => ({
  ...{ rank, kind, participantId, joinedOnly, score: 0 },
  externalPlayerId: kind === 'player' ? participantId : null,
});

describe('rankOrder', () => {
  it('pays the example of 07 §5.3: no tier is passed on by a bot', () => {
    const standings = [
      row(1, 'bot', 'x'),
      row(2, 'player', 'alice'),
      row(3, 'player', 'bob'),
      row(4, 'bot', 'y'),
      row(11, 'player', 'carol'),
    ];
    const orders = standings.flatMap((standing) => rankOrder(board, standing, tiers) ?? []);
    expect(orders.map(({ payoutKey, contents }) => [payoutKey, contents])).toEqual([
      ['rank:b:alice', gold(400)],
      ['rank:b:bob', gold(400)],
    ]);
    expect(orders[0]).toMatchObject({ sourceKind: 'event_window', sourceRefId: 'w' });
  });

  it('skips who has only joined', () => {
    expect(rankOrder(board, row(1, 'player', 'alice', true), tiers)).toBeNull();
  });
});

it('lastPaidRank is the end of the lowest tier', () => {
  expect(lastPaidRank(tiers.toReversed())).toBe(10);
});
