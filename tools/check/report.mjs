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

export const EXIT_WELL = 0;
export const EXIT_VIOLATED = 1;

/**
 * Runs checks one after the other, and names what they find as they find it.
 * @param {readonly import('./checks.mjs').Check[]} checks @param {(line: string) => void} say
 * @returns {Promise<number>} the exit code
 */
export async function report(checks, say) {
  const results = [];
  for (const check of checks) {
    const result = await check.run((violation) => say(violationLine(violation)));
    results.push({ name: check.name, ...result });
  }
  summaryLines(results).forEach(say);
  return results.some(({ violated }) => violated > 0) ? EXIT_VIOLATED : EXIT_WELL;
}
