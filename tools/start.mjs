/**
 * `npm start`: the whole system on this machine, from nothing but Node. Installs and builds what is missing, brings up
 * PostgreSQL, Redis and NATS unless the environment names some, migrates, starts every service, puts a demo game in, and
 * keeps all of it running until Ctrl-C.
 *
 * Until the packages are installed this stands on Node alone; the rest is loaded after that.
 */

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Crew } from './start/crew.mjs';
import { install, isInstalled } from './start/installation.mjs';
import { interruption, watchParent } from './start/interruption.mjs';
import { parseOptions, USAGE } from './start/options.mjs';
import { Progress } from './start/progress.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const EXIT_FAILED = 1;
/** What shells answer for a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;
const KEEP_ALIVE_MS = 60_000;

const progress = new Progress();
const crew = new Crew();
const asked = interruption({ onAgain: () => void leaveAtOnce() });

/** @param {import('./start/options.mjs').Options} options */
async function run(options) {
  if (!isInstalled(root)) await installAll();
  const { bringUp } = await import('./start/bring-up.mjs');
  await bringUp({ root, options, progress, crew });
}

async function installAll() {
  // A terminal shows what is under way; a log would be silent for a minute.
  if (!process.stdout.isTTY) progress.tell('Installing the packages; this takes a minute or two.');
  await progress.step('Installing the packages', () => install(root, asked.signal));
}

async function stopAll() {
  await crew.stop((text) => progress.tell(text));
}

async function leaveAtOnce() {
  progress.tell('Everything is ended at once.');
  await crew.kill();
  process.exit(EXIT_INTERRUPTED);
}

/** What we refuse is told in sentences; where it was thrown matters only for what is a bug. @param {unknown} error */
function textOf(error) {
  if (!(error instanceof Error)) return String(error);
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  return (isBug && error.stack) || error.message;
}

/** @param {unknown} error */
async function fail(error) {
  process.stderr.write(`${textOf(error)}\n`);
  await stopAll();
  process.exit(EXIT_FAILED);
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(USAGE);
  watchParent({ variables: process.env, parentPid: () => process.ppid, onOrphaned: asked.request });
  // The servers do not keep us alive by themselves.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  const interrupted = once(asked.signal, 'abort');
  const isUp = await Promise.race([run(options).then(() => true), interrupted.then(() => false)]);
  await interrupted;
  if (!isUp) progress.tell('It was interrupted before everything was up.');
  await progress.step('Stopping', stopAll);
  clearInterval(alive);
  process.exit(isUp ? 0 : EXIT_INTERRUPTED);
}

// A terminal that was closed takes no more words; what it started still has to be stopped in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('uncaughtException', (error) => void fail(error));
await main().catch(fail);
