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
import { interruption } from './start/interruption.mjs';
import { parseOptions, USAGE } from './start/options.mjs';
import { Progress } from './start/progress.mjs';

const sinceMs = performance.now() - process.uptime() * 1_000;
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
  if (!isInstalled(root)) await progress.step('Installing the packages', () => install(root));
  const { bringUp } = await import('./start/bring-up.mjs');
  await bringUp({ root, options, progress, crew, sinceMs });
}

async function stopAll() {
  await crew.stop((text) => progress.tell(text));
}

async function leaveAtOnce() {
  progress.tell('Everything is ended at once.');
  await crew.kill();
  process.exit(EXIT_INTERRUPTED);
}

/** @param {unknown} error */
async function fail(error) {
  progress.tell(error instanceof Error ? error.message : String(error));
  await stopAll();
  process.exit(EXIT_FAILED);
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(USAGE);
  // The servers do not keep us alive by themselves.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  const interrupted = once(asked.signal, 'abort');
  await Promise.race([run(options), interrupted]);
  await interrupted;
  await progress.step('Stopping', stopAll);
  clearInterval(alive);
  process.exit();
}

process.on('uncaughtException', (error) => void fail(error));
await main().catch(fail);
