/** The raw limits of what the system stands on, in the same run and on the same servers. */

import { measure, noted } from './measurement.mjs';
import { LIMITS } from './scenarios.mjs';
import { Worker } from './worker.mjs';

const SECONDS_MAX = 5;
const HTTP_CONNECTIONS = 64;

/** @typedef {import('./measurement.mjs').Measurement} Measurement */
/** @typedef {{ system: import('./system.mjs').BenchSystem, options: import('./options.mjs').Options, progress: import('../start/progress.mjs').Progress }} Bench */

/** @param {Bench} bench @returns {Promise<Record<string, Measurement | undefined>>} */
export async function measureLimits({ system, options, progress }) {
  const shape = { seconds: Math.min(options.seconds, SECONDS_MAX), warmUpSeconds: Math.min(options.warmUpSeconds, 1) };
  /** @type {Record<string, Measurement | undefined>} */
  const measured = {};
  for (const { name, what } of LIMITS) {
    measured[name] = await progress.step(`raw limit: ${what}`, (note) =>
      measureTwice(() => measureLimit(name, system, shape)).then(noted(note)),
    );
  }
  return measured;
}

/**
 * On a machine that is busy with something else a short run may end before anything was counted; then it is run again.
 * @param {() => Promise<Measurement | undefined>} measureOnce
 */
async function measureTwice(measureOnce) {
  return (await measureOnce()) ?? measureOnce();
}

/** @param {string} name @param {import('./system.mjs').BenchSystem} system @param {{ seconds: number, warmUpSeconds: number }} shape */
async function measureLimit(name, system, shape) {
  if (name === 'http') return measureHttp(shape);
  const url = { sql: system.databaseUrl, debit: system.databaseUrl, redis: system.redisUrl, nats: system.natsUrl }[
    name
  ];
  const { postgres, redis, nats } = system.processes;
  return withWorkers('./raw/main.mjs', './raw/main.mjs', async (client, responder) => {
    if (name === 'nats') await responder.run({ limit: 'nats-responder', url });
    const processes = { client: client.pid, responder: responder.pid, postgres, redis, nats };
    return measure(client, { limit: name, url, ...shape }, processes);
  });
}

/** @param {{ seconds: number, warmUpSeconds: number }} shape */
function measureHttp(shape) {
  return withWorkers('./client/main.mjs', './raw/main.mjs', async (client, server) => {
    const answer = /** @type {any} */ (await server.run({ limit: 'http' }));
    const address = { host: answer.address, port: answer.port };
    const job = { path: '/page', address, connections: HTTP_CONNECTIONS, ...shape };
    return measure(client, job, { client: client.pid, responder: server.pid });
  });
}

/**
 * @template T
 * @param {string} first @param {string} second
 * @param {(first: Worker, second: Worker) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withWorkers(first, second, work) {
  const one = await Worker.start(first);
  try {
    const other = await Worker.start(second);
    return await work(one, other).finally(() => other.stop());
  } finally {
    await one.stop();
  }
}
