/** What `npm test` says to jest, and what it makes of the answer. */

import { relative } from 'node:path';
import { SIDE_BY_SIDE_MAX } from './servers/ports.mjs';

/** Test files mostly wait for their servers, so two workers keep even two cores no more than busy. */
const WORKERS_MIN = 2;
const WORKER_OPTIONS = ['-i', '--runInBand', '-w', '--maxWorkers'];

/** More failing files than this are no accident of a busy machine. */
const SECOND_LOOKS_MAX = 3;
/** Files whose tests need servers or processes; the others have nothing to wait for. */
const NEEDS_OTHERS = /\.medium\.spec\.ts$|^e2e\/|^tools\/(bench\/bench|lib\/servers)\.spec\.ts$/;
/** Words of files and titles that tell of races, crashes and what must come out exactly, however seldom it does not. */
const FIRES_RACES =
  /\b(races?|racing|parallel|at once|once|twice|side by side|same instant|amid|deadlocks?|kill(s|ed)?|dies|died|dying|crash(es|ed)?|outages?|repeat(s|ed)?|exactly|lost|double[ds]?|scale|hundred|thousand|fifty)\b/i;
const HOOK_RAN_OUT = /Exceeded timeout of \d+ ms for a hook/;
const FOUND_COUNTEREXAMPLE = /Property failed after \d+ tests/;

/** @typedef {{ results: string | undefined, code: number | null }} JestRun jest's JSON, absent when it could not even begin, and its exit code */
/** @typedef {{ line: string, executed: number, failed: number, skipped: number }} Summary */
/** @typedef {{ fullName: string, status: string, failureMessages: string[] }} TestResult */
/** @typedef {{ name: string, status: string, message: string, assertionResults: TestResult[] }} FileResult */

/**
 * @param {{ given: string[], resultsFile: string, cores: number }} run given: the words of the command line
 * @returns {string[]}
 */
export function jestArguments({ given, resultsFile, cores }) {
  const saysWorkers = given.some((word) => WORKER_OPTIONS.includes(word.split('=')[0] ?? ''));
  const workers = saysWorkers ? [] : [`--maxWorkers=${Math.min(SIDE_BY_SIDE_MAX, Math.max(WORKERS_MIN, cores - 1))}`];
  return [...workers, '--json', `--outputFile=${resultsFile}`, ...given];
}

/**
 * @param {JestRun} run
 * @returns {Summary}
 */
export function summaryOf({ results, code }) {
  if (results === undefined) return { line: lineOf(0, 1, 0), executed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(results);
  // A file that could not be loaded has executed nothing, and must not look like nothing; nor must a run that ended ill.
  const failed = numFailedTests + numRuntimeErrorTestSuites || Number(code !== 0);
  const line = lineOf(numPassedTests, failed, numPendingTests);
  return { line, executed: numPassedTests + numFailedTests, failed, skipped: numPendingTests };
}

/** @param {number} passed @param {number} failed @param {number} skipped */
function lineOf(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * The failed files of a whole run that are asked once more, alone: none unless all of them may be. What a machine that
 * does too much at once explains is a wait that ran out, or an order that nobody promises. Believed the first time are
 * pure rules, counterexamples of properties, and tests whose title or file tells of races, crashes and exactness, unless
 * their servers took too long to start or stop.
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
  const line = `${lineOf(first.executed, 0, first.skipped)}, ${files.length} unsteady: ${files.join(' ')}`;
  return { ...first, line, failed: 0 };
}

/** @param {FileResult} file @returns {boolean} */
function mayBeAccident({ name, message, assertionResults }) {
  if (!NEEDS_OTHERS.test(name)) return false;
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  // It could not be loaded, or its servers did not stop.
  if (failed.length === 0) return HOOK_RAN_OUT.test(message);
  return failed.every(({ fullName, failureMessages }) =>
    failureMessages.every((text) => isExcusable(text, `${name} ${fullName}`)),
  );
}

/** @param {string} failure @param {string} told what the test says it is about */
function isExcusable(failure, told) {
  if (FOUND_COUNTEREXAMPLE.test(failure)) return false;
  return HOOK_RAN_OUT.test(failure) || !FIRES_RACES.test(told);
}
