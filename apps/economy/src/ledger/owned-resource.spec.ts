import { inLockOrder } from './owned-resource.js';

describe('inLockOrder', () => {
  const scope = { studioId: 's', gameId: 'g', environment: 'live' as const };
  const owned = (playerId: string, type: 'item' | 'economy', key: string) => ({ scope, playerId, type, key });

  it('orders by player, type and key, byte by byte, and names each resource once', () => {
    const sut = inLockOrder([
      owned('p2', 'economy', 'a'),
      owned('p1', 'item', 'a'),
      owned('p1', 'economy', 'b'),
      owned('p1', 'economy', 'B'),
      owned('p1', 'item', 'a'),
    ]);
    expect(sut.map(({ playerId, type, key }) => `${playerId} ${type}:${key}`)).toEqual([
      'p1 economy:B',
      'p1 economy:b',
      'p1 item:a',
      'p2 economy:a',
    ]);
  });
});
