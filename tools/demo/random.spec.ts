import { Random } from './random.mjs';

const draws = (random: Random, count = 50): number[] => Array.from({ length: count }, () => random.next());

describe('repeatable chance', () => {
  it('draws the same from the same seed, and something else from another', () => {
    expect(draws(new Random('7'))).toEqual(draws(new Random('7')));
    expect(draws(new Random('7'))).not.toEqual(draws(new Random('8')));
  });

  it('gives a fork draws of its own, whatever its origin draws meanwhile', () => {
    const used = new Random('7');
    draws(used);
    expect(draws(used.fork('player 1'))).toEqual(draws(new Random('7').fork('player 1')));
    expect(draws(used.fork('player 1'))).not.toEqual(draws(used.fork('player 2')));
  });

  it('stays within its bounds and reaches both ends', () => {
    const random = new Random('bounds');
    const integers = Array.from({ length: 500 }, () => random.integer(1, 4));
    expect(new Set(integers)).toEqual(new Set([1, 2, 3, 4]));
    expect(draws(random, 500).every((value) => value >= 0 && value < 1)).toBe(true);
    expect(random.pick(['only'])).toBe('only');
  });
});
