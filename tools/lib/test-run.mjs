/** What `npm test` says to jest, and what it makes of the answer. */

/** Test files mostly wait for their servers, so two workers keep even two cores no more than busy. */
const WORKERS_MIN = 2;
const WORKER_OPTIONS = ['-i', '--runInBand', '-w', '--maxWorkers'];

/**
 * @param {{ given: string[], resultsFile: string, cores: number }} run given: the words of the command line
 * @returns {string[]}
 */
export function jestArguments({ given, resultsFile, cores }) {
  const saysWorkers = given.some((word) => WORKER_OPTIONS.includes(word.split('=')[0] ?? ''));
  const workers = saysWorkers ? [] : [`--maxWorkers=${Math.max(WORKERS_MIN, cores - 1)}`];
  return [...workers, '--json', `--outputFile=${resultsFile}`, ...given];
}

/**
 * @param {string | undefined} results jest's JSON, absent when it could not even begin
 * @returns {{ line: string, executed: number, failed: number }}
 */
export function summaryOf(results) {
  if (results === undefined) return { line: '0 passed, 1 failed', executed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(results);
  // A file that could not be loaded has executed nothing, and must not look like nothing.
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  return {
    line: `${numPassedTests} passed, ${failed} failed${skipped}`,
    executed: numPassedTests + numFailedTests,
    failed,
  };
}
