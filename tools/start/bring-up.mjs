/** The whole of `npm start`, in the order in which it happens. */

import { join, resolve } from 'node:path';
import { build } from '../build.mjs';
import { servicesWithSchema } from '../lib/migrations.mjs';
import { doorOf, settleAddresses } from './addresses.mjs';
import { announcement, kratyFile } from './announcement.mjs';
import { migrate } from './databases.mjs';
import { takeDirectory } from './directory.mjs';
import { readDocument } from './documents.mjs';
import { forgetData } from './fresh.mjs';
import { keepGame } from './games.mjs';
import { standOn } from './ground.mjs';
import { writePrivateJson } from './private-files.mjs';
import { ProcessRegister } from './process-register.mjs';
import { plannedProcesses, roleOf, supervisedProcess } from './processes.mjs';
import { keepSecrets } from './secrets.mjs';
import { builtServices } from './services.mjs';
import { readSettings } from './settings.mjs';

const DEMO_FILE = 'tools/demo-game.yaml';

/** @typedef {import('./settings.mjs').Settings} Settings */
/** @typedef {import('./environments.mjs').Facts} Facts */

/**
 * @typedef {object} Start
 * @property {string} root
 * @property {import('./options.mjs').Options} options
 * @property {import('./progress.mjs').Progress} progress
 * @property {import('./crew.mjs').Crew} crew stops what is started here
 */

/** Returns when everybody is healthy and it has been said. @param {Start} start */
export async function bringUp(start) {
  const settings = readSettings(process.env, start.root);
  const document = readDocument(documentFile(start));
  start.crew.add('directory', await takeDirectory(settings.dataDirectory));
  const addresses = await settleAddresses(settings);
  const services = servicesWithSchema();
  if (start.options.fresh) await forget(start, settings, services);
  const secrets = await keepSecrets(settings.dataDirectory, process.env, services);
  const ground = await groundAndBuild(start, settings);
  const databaseUrls = await migrateAll(start, ground, services, secrets);
  // For tools on this machine that compare what the API says with what is stored.
  await writePrivateJson(join(settings.dataDirectory, 'databases.json'), databaseUrls);
  await writePrivateJson(join(settings.dataDirectory, 'broker.json'), { natsUrl: ground.urls.natsUrl });
  const facts = { variables: process.env, databaseUrls, secrets, ...ground.urls, ...addresses };
  const processes = await startServices(start, settings, facts);
  const game = await start.progress.step('Game', (note) =>
    keepGame({ dataDirectory: settings.dataDirectory, door: doorOf(addresses), admin: secrets.admin, document, note }),
  );
  await tellAll(start, settings, {
    ready: { baseUrl: addresses.baseUrl, admin: secrets.admin, game },
    gameName: document.displayName,
    servers: ground.servers,
    processes,
  });
}

/** npm runs scripts in the project's directory and tells where the user stood. @param {Start} start */
function documentFile({ root, options }) {
  if (options.config === undefined) return join(root, DEMO_FILE);
  return resolve(process.env.INIT_CWD ?? process.cwd(), options.config);
}

/** @param {Start} start @param {Settings} settings @param {string[]} services */
async function forget({ progress }, { dataDirectory, given }, services) {
  for (const sentence of await forgetData(dataDirectory, given, services)) progress.tell(sentence);
}

/** @param {Start} start @param {Settings} settings */
async function groundAndBuild({ progress, crew }, settings) {
  const ground = standOn(settings, crew, progress);
  const built = progress.step('Building what changed', () => build());
  // Nothing may still be starting when a failure is told.
  await Promise.allSettled([ground, built]);
  await built;
  const { postgres, redis, nats } = await ground;
  return { postgres, servers: [postgres, redis, nats], urls: { redisUrl: redis.url, natsUrl: nats.url } };
}

/**
 * @param {Start} start @param {{ postgres: import('./ground.mjs').Server }} ground @param {string[]} services
 * @param {import('./secrets.mjs').Secrets} secrets
 */
function migrateAll({ progress }, { postgres }, services, { databasePasswords }) {
  return progress.step('Migrations', async (note) => {
    const what = { superuserUrl: postgres.url, services, passwords: databasePasswords, variables: process.env };
    const { urls, applied } = await migrate(what).catch((error) => {
      if (postgres.variable === undefined) throw error;
      throw new Error(`PostgreSQL of ${postgres.variable}: ${error.message}`, { cause: error });
    });
    note(applied === 0 ? 'nothing to apply' : `${applied} applied`);
    return urls;
  });
}

/** @param {Start} start @param {Settings} settings @param {Facts} facts */
async function startServices({ root, options, progress, crew }, { dataDirectory, opsPort }, facts) {
  const plans = await plannedProcesses(builtServices(root), facts, { split: options.split, opsPort });
  const register = new ProcessRegister(join(dataDirectory, 'processes.json'));
  const tell = (/** @type {string} */ text) => progress.tell(text);
  const starts = plans.map(async (plan) => {
    const { name, url } = plan;
    const onRestart = ({ pid }) => void register.put({ name, pid, url }).catch((error) => tell(error.message));
    const supervised = supervisedProcess(plan, { dataDirectory, tell, onRestart });
    crew.add(roleOf(plan), supervised);
    const label = options.split ? name : 'Services, in one process';
    const { pid } = await progress.step(label, () => supervised.begin());
    await register.put({ name, pid, url });
  });
  await Promise.allSettled(starts);
  await Promise.all(starts);
  // Not in the order in which they came up, which is another one each time.
  return plans.map(({ name, url }) => ({ name, url }));
}

/**
 * @param {Start} start @param {Settings} settings
 * @param {{ ready: import('./announcement.mjs').Ready, gameName: string, servers: { name: string, url: string }[],
 *   processes: { name: string, url: string }[] }} what
 */
async function tellAll({ progress }, { dataDirectory }, { ready, ...rest }) {
  const kratyPath = join(dataDirectory, 'kraty.json');
  await writePrivateJson(kratyPath, kratyFile(ready));
  progress.tell(announcement({ ...ready, ...rest, kratyPath, dataDirectory, tookMs: performance.now() }));
}
