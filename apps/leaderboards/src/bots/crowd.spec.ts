import { overallRank } from './crowd.js';

describe('the rank among all of a human', () => {
  it('counts the bots above', () => {
    expect(overallRank(1, [])).toBe(1);
    expect(overallRank(1, [1, 2])).toBe(3);
    expect(overallRank(2, [1, 4, 5])).toBe(3);
    expect(overallRank(3, [1, 4, 5])).toBe(6);
    expect(overallRank(3, [9])).toBe(3);
  });
});
