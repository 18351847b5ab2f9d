/**
 * Which aggregation a board follows. The listing does not tell it, but all rows of one board must agree with the same
 * rule (06 §5.1), and so the scores that were told give it away.
 */

/** @typedef {{ attemptId: string, score: number }} ScoreTold */
/** @typedef {'best' | 'latest' | 'sum'} Rule */

export const RULES = /** @type {const} */ (['best', 'latest', 'sum']);

/** A row of one who has only joined stands at 0. @param {Rule} rule @param {ScoreTold[]} told in their order @returns {number} */
export function boardScore(rule, told) {
  const last = told.at(-1);
  if (last === undefined) return 0;
  if (rule === 'latest') return last.score;
  if (rule === 'best') return told.reduce((best, { score }) => Math.max(best, score), -Infinity);
  const byAttempt = new Map(told.map(({ attemptId, score }) => [attemptId, score]));
  return [...byAttempt.values()].reduce((sum, score) => sum + score, 0);
}

/** @param {ScoreTold[]} told @param {number} score of the board */
export function isExplained(told, score) {
  return RULES.some((rule) => boardScore(rule, told) === score);
}

/**
 * @template {{ told: ScoreTold[], score: number | null }} Row
 * @param {Row[]} rows of one board
 * @returns {{ rule: Rule, wrong: Row[] }} the rule that explains most of them, and those that it does not explain
 */
export function ruleOf(rows) {
  const candidates = RULES.map((rule) => ({
    rule,
    wrong: rows.filter(({ told, score }) => boardScore(rule, told) !== score),
  }));
  return candidates.reduce((best, candidate) => (candidate.wrong.length < best.wrong.length ? candidate : best));
}
