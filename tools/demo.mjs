/**
 * `npm run demo`: simulated players play on a running system over HTTP, as clients that know only the documents would,
 * on bad networks and with bad manners. At the end: the board, the payouts, and whether what they were told is stored.
 */

import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readConnection } from './demo/connection.mjs';
import { parseOptions, USAGE } from './demo/options.mjs';
import { payoutsOf } from './demo/payouts.mjs';
import { boardLines, callLines, payoutLines, verdictLines } from './demo/report.mjs';
import { play, topOfBoards } from './demo/run.mjs';
import { styleFor } from './demo/style.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const EXIT_FAILED = 1;
/** What shells answer for a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);

/** Once: everybody goes home, and it is compared. Again: at once. @returns {AbortSignal} */
function goHome() {
  const closing = new AbortController();
  // Every player listens to it while it thinks.
  setMaxListeners(0, closing.signal);
  process.on('SIGINT', () => {
    if (closing.signal.aborted) process.exit(EXIT_INTERRUPTED);
    closing.abort();
  });
  return closing.signal;
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(USAGE);
  const connection = readConnection(options, { root, variables: process.env });
  const style = styleFor(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);
  const played = await play(options, connection, { signal: goHome(), say });
  const { town, reads, noLedger, playedSeconds } = played;
  const boards = await topOfBoards(played);
  const lines = [
    ...boardLines(boards, style),
    ...payoutLines(payoutsOf(reads), (key) => town.nameOf(key), style),
    ...callLines(town.statistics, playedSeconds, style),
    ...verdictLines(town.findings, noLedger, style),
  ];
  lines.forEach(say);
  played.close();
  if (town.findings.failed > 0) process.exitCode = EXIT_FAILED;
}

await main().catch((error) => {
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  process.stderr.write(`${isBug ? error.stack : error.message}\n`);
  process.exitCode = EXIT_FAILED;
});
