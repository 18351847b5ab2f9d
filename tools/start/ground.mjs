/** PostgreSQL, Redis and NATS: those that the environment names, else private ones on data of ours. */

import { join } from 'node:path';
import { requirePrograms, startNats, startPostgres, startRedis } from '../lib/servers.mjs';
import { assertAnswers } from './reachable.mjs';
import { Supervised } from './supervised.mjs';

const PRIVATE = {
  postgres: { name: 'PostgreSQL', start: startPostgres, options: {} },
  redis: { name: 'Redis', start: startRedis, options: { persistent: true } },
  nats: { name: 'NATS', start: startNats, options: {} },
};

/** @typedef {keyof typeof PRIVATE} Kind */
/** @typedef {{ name: string, url: string, variable?: string }} Server `variable` named it, if it is not ours */
/** @typedef {Record<Kind, Server>} Ground */

/** Which of the three have to be brought up. @param {import('./settings.mjs').Settings} settings @returns {Kind[]} */
export function privateKinds({ given }) {
  return /** @type {Kind[]} */ (Object.keys(PRIVATE)).filter((kind) => given[kind] === undefined);
}

/**
 * @param {import('./settings.mjs').Settings} settings
 * @param {import('./crew.mjs').Crew} crew stops what is started here
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<Ground>}
 */
export async function standOn(settings, crew, progress) {
  const kinds = privateKinds(settings);
  const programs = kinds.filter((kind) => kind !== 'postgres').map((kind) => `${kind}-server`);
  // Together, so that the system's package manager runs once.
  await requirePrograms(programs, (text) => progress.tell(`  ${text}`));
  const servers = await allOrFirstFailure(
    /** @type {Kind[]} */ (Object.keys(PRIVATE)).map((kind) =>
      settings.given[kind] === undefined
        ? startPrivate(kind, settings, crew, progress)
        : useGiven(kind, settings, progress),
    ),
  );
  const [postgres, redis, nats] = servers;
  return /** @type {Ground} */ ({ postgres, redis, nats });
}

/** Nothing may still be starting when the failure is told. @template T @param {Promise<T>[]} starts @returns {Promise<T[]>} */
async function allOrFirstFailure(starts) {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

/** @param {Kind} kind @param {import('./settings.mjs').Settings} settings @param {import('./progress.mjs').Progress} progress @returns {Promise<Server>} */
async function useGiven(kind, { given }, progress) {
  const { name } = PRIVATE[kind];
  const { variable, url } = /** @type {import('./settings.mjs').GivenServer} */ (given[kind]);
  await progress.step(`${name} of ${variable}`, () => assertAnswers(name, variable, url));
  return { name, url, variable };
}

/**
 * @param {Kind} kind @param {import('./settings.mjs').Settings} settings @param {import('./crew.mjs').Crew} crew
 * @param {import('./progress.mjs').Progress} progress @returns {Promise<Server>}
 */
async function startPrivate(kind, { dataDirectory, ports }, crew, progress) {
  const { name, start, options } = PRIVATE[kind];
  // Whoever starts it again after a crash must find the port that the services know.
  let port = ports[kind] || undefined;
  const server = new Supervised({
    name,
    tell: (text) => progress.tell(text),
    start: async () => {
      const portSetting = `${kind.toUpperCase()}_PORT`;
      const running = await start({ ...options, dataDirectory: join(dataDirectory, kind), port, portSetting });
      port = running.port;
      return running;
    },
  });
  crew.add('server', server);
  const { url } = await progress.step(name, async (note) => {
    const running = await server.begin();
    note(`127.0.0.1:${running.port}`);
    return running;
  });
  return { name, url };
}
