/** The whole bench: the system, its players, every scenario, and the raw limits. */

import { crowd } from './crowd.mjs';
import { BOARD_EVENT, makeGame } from './game.mjs';
import { measureLimits } from './limits.mjs';
import { measure, noted } from './measurement.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { settle } from './settle.mjs';
import { startSystem } from './system.mjs';
import { runTrial, TRIALS } from './trials.mjs';
import { Worker } from './worker.mjs';

/** Preparation runs until its plan is used up, and never longer than this. */
const PREPARATION_SECONDS_MAX = 300;
const PREPARATION_CONNECTIONS = 64;
/** Plans that stand for "as many as a measurement can take", not for every player once. */
const OPEN_ENDED = new Set(['starts', 'completions']);

/** @typedef {import('./measurement.mjs').Measurement} Measurement */
/** @typedef {{ scenarios: Record<string, Measurement | undefined>, limits: Record<string, Measurement | undefined>, trials: Record<string, import('./trials.mjs').TrialResult> }} Figures */
/** @typedef {import('./limits.mjs').Bench & { client: Worker, key: string, ran: Set<string>, prepare(plan: string): Promise<void> }} Run */

/**
 * @param {import('./options.mjs').Options} options @param {import('../start/progress.mjs').Progress} progress
 * @returns {Promise<Figures>}
 */
export async function runBench(options, progress) {
  const system = await startSystem({ profile: options.profile, progress });
  try {
    const key = await progress.step('game', () => makeGame(system));
    const client = await Worker.start('./client/main.mjs');
    try {
      const { players, reporters } = options;
      await client.run({ game: { address: system.door, key, players, reporters } });
      /** @type {Run} */
      const run = { system, options, progress, client, key, ran: new Set(), prepare: (plan) => prepare(plan, run) };
      return await measureAll(run);
    } finally {
      await client.stop();
    }
  } finally {
    await progress.step('stop', () => system.stop());
  }
}

/** @param {Run} run @returns {Promise<Figures>} */
async function measureAll(run) {
  const { only, quick } = run.options;
  const isWanted = (/** @type {string} */ name) => only.length === 0 || only.includes(name);
  /** @type {Figures['scenarios']} */
  const scenarios = {};
  for (const scenario of SCENARIOS) {
    if (isWanted(scenario.name)) scenarios[scenario.name] = await measureScenario(scenario, run);
  }
  /** @type {Figures['trials']} */
  const trials = {};
  for (const { name } of TRIALS)
    if (only.includes(name) || (quick && only.length === 0)) trials[name] = await runTrial(name, run);
  return { scenarios, trials, limits: isWanted('limits') ? await measureLimits(run) : {} };
}

/** @param {import('./scenarios.mjs').Scenario} scenario @param {Run} run */
async function measureScenario({ plan, after = [], what, fixedRate }, run) {
  for (const step of after) await prepare(step, run);
  const { system, options, progress, client, ran } = run;
  ran.add(plan);
  const { seconds, warmUpSeconds, connections, rate } = options;
  const job = { plan, address: system.door, seconds, warmUpSeconds, connections, ...(fixedRate ? { rate } : {}) };
  const processes = { client: client.pid, ...system.processes };
  return progress.step(what, (note) => measure(client, job, processes).then(noted(note)));
}

/** @param {string} plan @param {Run} run */
async function prepare(plan, { system, options, progress, client, ran }) {
  if (ran.has(plan)) return;
  ran.add(plan);
  if (plan === 'crowd') {
    await progress.step('prepare: crowd', () => crowd(system.databaseUrl, BOARD_EVENT, options.players));
    return settle(system.databaseUrl);
  }
  const bounded = options.seconds + options.warmUpSeconds;
  const job = {
    plan,
    address: system.door,
    seconds: OPEN_ENDED.has(plan) ? bounded : PREPARATION_SECONDS_MAX,
    warmUpSeconds: 0,
    connections: Math.min(PREPARATION_CONNECTIONS, options.connections),
  };
  const result = await progress.step(`prepare: ${plan}`, (note) => client.run(job).then(counted(note)));
  if (result.failures > 0)
    throw new Error(`Preparing (${plan}) failed ${result.failures} times: ${result.examples[0]}`);
  await settle(system.databaseUrl);
}

/** @param {(text: string) => void} note */
function counted(note) {
  return (/** @type {import('./worker.mjs').Result} */ result) => {
    note(`${Math.round(result.calls / result.seconds)}/s`);
    return result;
  };
}
