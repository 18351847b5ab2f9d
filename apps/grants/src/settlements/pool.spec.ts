import fc from 'fast-check';
import { divide, shareOrder } from './pool.js';

describe('divide', () => {
  it.each([
    [10_000, 1, 10_000, 0],
    [10_000, 2, 5_000, 0],
    [10_000, 3, 3_333, 1],
    [10_000, 7, 1_428, 4],
    [5, 8, 0, 5],
    [10_000, 0, 0, 10_000],
  ])('gives of %i to %i winners %i each and leaves %i', (pool, winners, share, unpaid) => {
    expect(divide(pool, winners)).toEqual({ share, unpaid });
  });

  it('pays the floor to everyone, and loses and makes nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 500 }), (pool, winners) => {
        const { share, unpaid } = divide(pool, winners);
        expect(share).toBe(winners === 0 ? 0 : Math.floor(pool / winners));
        expect(share * winners + unpaid).toBe(pool);
        expect(unpaid).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('shareOrder', () => {
  const pool = {
    scope: { studioId: 's', gameId: 'g', environment: 'live' as const },
    eventWindowId: 'w',
    leaderboardId: null,
    currencyKey: 'gold',
    share: 3,
    pinAt: new Date(0),
  };

  it('names the payout by window and player, or by board and player', () => {
    const mira = { playerId: 'p', externalPlayerId: 'mira', wonAs: 'p' };
    expect(shareOrder(pool, mira).payoutKey).toBe('pool:w:p');
    expect(shareOrder({ ...pool, leaderboardId: 'b' }, mira)).toMatchObject({
      payoutKey: 'pool:b:p',
      sourceKind: 'event_window',
      sourceRefId: 'w',
    });
    expect(shareOrder(pool, { ...mira, wonAs: 'guest' })).toMatchObject({ payoutKey: 'pool:w:guest', playerId: 'p' });
  });
});
