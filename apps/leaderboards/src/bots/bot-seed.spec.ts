import fc from 'fast-check';
import { boardKeyOf, identityOf, identityOrder, participantIdOf, randomOf, seedOf } from './bot-seed.js';
import { boardKey, botId } from './bots.fixture.js';

describe('the chance of bots', () => {
  const seed = seedOf(boardKey, botId, 0);

  it('comes from the board, the bot and the slot (10 §3)', () => {
    expect(seed).toBe('34cec7e3475c657d98e56d3924039d38854c9e8e92e4a8d41dd65a3fc7dafb14');
    expect(participantIdOf(seed)).toBe('34cec7e3-475c-657d-98e5-6d3924039d38');
    expect(seedOf(boardKey, botId, 1)).not.toBe(seed);
  });

  it.each([
    ['tick:1', 0.106149925],
    ['tick:2', 0.865351492],
    ['variance:0', 0.376627869],
  ])('draws for %s what the specification says', (label, value) => {
    expect(randomOf(seed, label)).toBeCloseTo(value, 9);
  });

  it('draws from 0 to below 1', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (anySeed, label) => {
        const drawn = randomOf(anySeed, label);
        expect(drawn).toBeGreaterThanOrEqual(0);
        expect(drawn).toBeLessThan(1);
        expect(randomOf(anySeed, label)).toBe(drawn);
      }),
    );
  });

  it('names a part of a defined board by period and segment', () => {
    expect(boardKeyOf({ leaderboardId: 'b' })).toBe('b');
    expect(boardKeyOf({ leaderboardId: 'b', period: '2026-06-15T00:00:00.000Z', segment: null })).toBe(
      'b:2026-06-15T00:00:00.000Z:',
    );
    expect(boardKeyOf({ leaderboardId: 'b', period: 'p', segment: 'gold' })).toBe('b:p:gold');
  });
});

describe('names of bots', () => {
  const poolId = '33333333-3333-4333-8333-333333333333';
  const entries = ['Ada', 'Bram', 'Cleo', 'Dov'].map((name) => ({ name, avatar: null }));

  it('are given out in an order of the board, and again with a number (10 §3.1)', () => {
    const order = identityOrder(boardKey, poolId, entries.length);
    const names = [0, 1, 2, 3, 4].map((slot) => identityOf(entries, order, slot).name);
    expect(names).toEqual(['Dov', 'Ada', 'Bram', 'Cleo', 'Dov 2']);
  });

  it('are all used before one comes again', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 300 }), (board, count) => {
        const order = identityOrder(board, poolId, count);
        expect(order.toSorted((left, right) => left - right)).toEqual(Array.from({ length: count }, (_, at) => at));
      }),
      { numRuns: 30 },
    );
  });
});
