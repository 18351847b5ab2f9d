/** What `npm run check` says. */

/** @param {import('@kraty/contracts/economy').Violation} violation @returns {string} */
export function violationLine({ check, gameId, environment, subject, expected, found }) {
  return `VIOLATED ${check}: ${subject} of game ${gameId} (${environment}): expected ${expected}, found ${found}`;
}

/** @param {{ name: string, checked: number, violated: number }[]} results @returns {string[]} */
export function summaryLines(results) {
  const violated = results.reduce((sum, result) => sum + result.violated, 0);
  return [
    ...results.map(({ name, checked, violated: found }) => `${name}: ${checked} checked, ${found} violated`),
    violated === 0 ? 'All is well.' : `${violated} rows contradict what must be true.`,
  ];
}
