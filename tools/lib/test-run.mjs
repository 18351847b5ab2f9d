/** What `npm test` says to jest, and what it makes of the answer. */

import { relative } from 'node:path';

/** Test files mostly wait for their servers, so two workers keep even two cores no more than busy. */
const WORKERS_MIN = 2;
const WORKER_OPTIONS = ['-i', '--runInBand', '-w', '--maxWorkers'];

/** More failing files than this are no accident of a busy machine. */
const SECOND_LOOKS_MAX = 3;
/** Files whose tests need servers, processes or a browser; the others have nothing to wait for. */
const NEEDS_OTHERS = /\.medium\.spec\.ts$|^e2e\/|^tools\//;
/** Tests that fire races and kill processes: a wrong answer of theirs is a find, however seldom it comes. */
const FIRES_RACES = /(^|[-./])(races?|kill|scale)[-.]/;
const RAN_OUT = /still failing after \d+ ms|Exceeded timeout of \d+ ms/;
const FOUND_COUNTEREXAMPLE = /Property failed after \d+ tests/;

/** @typedef {{ results: string | undefined, code: number | null }} JestRun jest's JSON, absent when it could not even begin, and its exit code */
/** @typedef {{ line: string, executed: number, failed: number }} Summary */
/** @typedef {{ name: string, status: string, message: string, assertionResults: { status: string, failureMessages: string[] }[] }} FileResult */

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
 * @param {JestRun} run
 * @returns {Summary}
 */
export function summaryOf({ results, code }) {
  if (results === undefined) return { line: '0 passed, 1 failed', executed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(results);
  // A file that could not be loaded has executed nothing, and must not look like nothing; nor must a run that ended ill.
  const failed = numFailedTests + numRuntimeErrorTestSuites || Number(code !== 0);
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  return {
    line: `${numPassedTests} passed, ${failed} failed${skipped}`,
    executed: numPassedTests + numFailedTests,
    failed,
  };
}

/**
 * The failed files of a whole run that are asked once more, alone: none unless all of them may be. What a machine that
 * does too much at once explains is a wait that ran out, or an order that nobody promises; counterexamples of properties,
 * wrong answers under races and pure rules are believed the first time.
 *
 * @param {{ given: string[], results: string | undefined, root: string }} run given: the words of the command line
 * @returns {string[]} below `root`
 */
export function secondLooks({ given, results, root }) {
  if (given.length > 0 || results === undefined) return [];
  /** @type {FileResult[]} */
  const files = JSON.parse(results).testResults;
  const failed = files.filter(({ status }) => status === 'failed');
  const named = failed.map((file) => ({ ...file, name: relative(root, file.name) }));
  if (named.length > SECOND_LOOKS_MAX || !named.every(mayBeAccident)) return [];
  return named.map(({ name }) => name);
}

/**
 * A run and its second look as one; whatever failed in the second look too has failed.
 *
 * @param {Summary} first
 * @param {Summary} again of `files` alone
 * @param {string[]} files
 * @returns {Summary}
 */
export function withSecondLook(first, again, files) {
  if (again.failed > 0 || again.executed === 0) return first;
  const unsteady = `${files.length} unsteady: ${files.join(' ')}`;
  return { line: `${first.executed} passed, 0 failed, ${unsteady}`, executed: first.executed, failed: 0 };
}

/** @param {FileResult} file @returns {boolean} */
function mayBeAccident({ name, message, assertionResults }) {
  if (!NEEDS_OTHERS.test(name)) return false;
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  // It could not be loaded, or its servers did not stop.
  if (failed.length === 0) return RAN_OUT.test(message);
  const messages = failed.map(({ failureMessages }) => failureMessages.join('\n'));
  if (messages.some((text) => FOUND_COUNTEREXAMPLE.test(text))) return false;
  return !FIRES_RACES.test(name) || messages.every((text) => RAN_OUT.test(text));
}
