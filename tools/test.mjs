/**
 * Every test of the project, or those that the arguments name (they go to jest as they are), on private servers and free
 * ports: a running `npm start` is neither used nor disturbed. The last line tells how many passed and failed, and the exit
 * code says the same. In a run of everything, up to three files that may have failed because the machine did too much at
 * once are asked once more, alone; the last line names those that passed then (CONTRIBUTING.md, "Tests").
 */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import {
  removeDirectory,
  requirePrograms,
  startPostgres,
  stopServers,
  throwawayFolder,
  THROWAWAY_SETTINGS,
} from './lib/servers.mjs';
import { jestArguments, secondLooks, summaryOf, withSecondLook } from './lib/test-run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const ESM_OPTIONS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** How long jest may take to leave after Ctrl-C. */
const JEST_LEAVES_WITHIN_MS = 10_000;
const POLL_EVERY_MS = 50;

/** What shells answer for a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

const interrupted = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => interrupted.abort(signal));
}

/** @param {string} text */
function tell(text) {
  process.stderr.write(`${text}\n`);
}

async function main() {
  const directory = await mkdtemp(join(throwawayFolder(), 'kraty-test-'));
  // Under root, PostgreSQL runs as another user, who must pass through.
  await chmod(directory, 0o711);
  const servers = [];
  try {
    await requirePrograms(['redis-server', 'nats-server'], tell);
    servers.push(
      await startPostgres({
        dataDirectory: join(directory, 'postgres'),
        settings: THROWAWAY_SETTINGS,
        onProgress: tell,
      }),
    );
    tell('building');
    await build();
    if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
    return await runTests(directory, servers[0].url);
  } finally {
    await stopServers(servers);
    await removeDirectory(join(directory, 'postgres'));
    await removeDirectory(directory);
  }
}

/** @param {string} directory @param {string} postgresUrl @returns {Promise<number>} the exit code */
async function runTests(directory, postgresUrl) {
  const given = process.argv.slice(2);
  const run = await runJest(given, directory, postgresUrl);
  if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
  const first = summaryOf(run);
  const files = secondLooks({ given, results: run.results, root });
  const summary = files.length === 0 ? first : await lookAgain(first, files, directory, postgresUrl);
  if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
  if (summary.executed === 0) tell('no test was executed, which counts as a failure');
  process.stdout.write(`${summary.line}\n`);
  return summary.failed === 0 && summary.executed > 0 ? 0 : 1;
}

/** @param {import('./lib/test-run.mjs').Summary} first @param {string[]} files @param {string} directory @param {string} postgresUrl */
async function lookAgain(first, files, directory, postgresUrl) {
  tell(`\n${first.line}; once more, alone: ${files.join(' ')}`);
  const words = ['--runInBand', '--runTestsByPath', ...files];
  const again = summaryOf(await runJest(words, directory, postgresUrl));
  const summary = withSecondLook(first, again, files);
  if (summary !== first)
    tell('what fails only beside others is a defect all the same: of the test, or of what it tests');
  return summary;
}

/**
 * @param {string[]} given
 * @param {string} directory
 * @param {string} postgresUrl
 * @returns {Promise<import('./lib/test-run.mjs').JestRun>}
 */
async function runJest(given, directory, postgresUrl) {
  const resultsFile = join(directory, `results-${randomUUID()}.json`);
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const words = jestArguments({ given, resultsFile, cores: availableParallelism() });
  const child = spawn(process.execPath, [...ESM_OPTIONS, jest, ...words], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own, so that its workers and whatever they started can be ended with it.
    detached: true,
    env: { ...process.env, KRATY_TEST_POSTGRES_URL: postgresUrl, KRATY_TEST_DIRECTORY: directory },
  });
  const ended = once(child, 'exit');
  await Promise.race([ended, once(interrupted.signal, 'abort')]);
  if (interrupted.signal.aborted) {
    await endJest(child);
    await ended;
    return { results: undefined, code: null };
  }
  const [code, signal] = await ended;
  if (signal !== null) tell(`jest was ended by ${signal}`);
  return { results: await readFile(resultsFile, 'utf8').catch(() => undefined), code };
}

/** Returns once the whole group is gone. @param {import('node:child_process').ChildProcess} child */
async function endJest(child) {
  const until = performance.now() + JEST_LEAVES_WITHIN_MS;
  while (signalGroup(child, performance.now() < until ? 'SIGTERM' : 'SIGKILL')) await delay(POLL_EVERY_MS);
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal @returns {boolean} false when nobody is left */
function signalGroup(child, signal) {
  try {
    return process.kill(-(/** @type {number} */ (child.pid)), signal);
  } catch {
    return false;
  }
}

process.exitCode = await main().catch((error) => {
  tell(error instanceof Error ? error.message : String(error));
  return 1;
});
