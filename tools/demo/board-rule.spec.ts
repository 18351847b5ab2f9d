import { boardScore, isExplained, ruleOf } from './board-rule.mjs';

/** The worked example of 06 §5.1. */
const told = [
  { attemptId: 'A', score: 10 },
  { attemptId: 'A', score: 25 },
  { attemptId: 'A', score: 5 },
  { attemptId: 'B', score: 8 },
  { attemptId: 'B', score: 30 },
];

describe('the score that a board must show', () => {
  it.each([
    ['best', [10, 25, 25, 25, 30]],
    ['latest', [10, 25, 5, 8, 30]],
    ['sum', [10, 25, 5, 13, 35]],
  ] as const)('by %s', (rule, expected) => {
    expect(told.map((_, index) => boardScore(rule, told.slice(0, index + 1)))).toEqual(expected);
  });

  it('is 0 for one who has only joined, and below it for one whose best is', () => {
    expect(boardScore('best', [])).toBe(0);
    expect(boardScore('best', [{ attemptId: 'A', score: -5 }])).toBe(-5);
  });

  it('gives its rule away by all rows together', () => {
    const once = { told: told.slice(0, 2), score: 25 };
    expect(ruleOf([once, { told, score: 30 }, { told: told.slice(0, 4), score: 25 }])).toEqual({
      rule: 'best',
      wrong: [],
    });
    expect(ruleOf([once, { told, score: 35 }])).toEqual({ rule: 'sum', wrong: [] });
    const wrong = { told, score: 31 };
    expect(ruleOf([once, { told: told.slice(0, 3), score: 25 }, wrong])).toEqual({ rule: 'best', wrong: [wrong] });
  });

  it('can be told from one no rule explains', () => {
    expect([isExplained(told, 35), isExplained(told, 36)]).toEqual([true, false]);
  });
});
