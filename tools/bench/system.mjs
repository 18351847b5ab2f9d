/** The system under load: every service a process of its own, on private servers that keep what they acknowledge. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy, provision, servicesWithSchema } from '../lib/migrations.mjs';
import { removeDirectory, startNats, startPostgres, startRedis, stopServers } from '../lib/servers.mjs';
import { startServiceProcess } from '../lib/services.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM']);
/** What a shell expects of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;
const DATABASE = 'kraty_bench';
export const SERVICES = ['identity', 'events', 'leaderboards', 'grants', 'economy', 'gateway'];
/** The client is one game with one key and asks far more than a game may; limits are counted, but not reached. */
const LIMITS = { RATE_LIMIT_SDK_READ: '60000000', RATE_LIMIT_SDK_WRITE: '60000000', RATE_LIMIT_PLAYER: '600000' };

/** @typedef {import('../lib/servers.mjs').RunningServer} RunningServer */

/** @typedef {{ host: string, port: number }} Door */

/**
 * @typedef {object} BenchSystem
 * @property {Door} door
 * @property {{ email: string, password: string }} admin
 * @property {string} natsUrl
 * @property {string} redisUrl
 * @property {string} databaseUrl the superuser's, of the services' database
 * @property {import('./meters.mjs').Processes} processes
 * @property {() => Promise<OwnGateway>} startGateway another one, which a trial may stop; it ends with the system at the latest
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} OwnGateway
 * @property {Door} door
 * @property {number} pid
 * @property {() => Promise<void>} stop
 */

/** @param {{ profile: string | undefined, progress: import('../start/progress.mjs').Progress }} options @returns {Promise<BenchSystem>} */
export async function startSystem({ profile, progress }) {
  const directory = await mkdtemp(join(tmpdir(), 'kraty-bench-'));
  /** @type {RunningServer[]} */
  const servers = [];
  /** @type {RunningServer[]} */
  const services = [];
  const stopAll = async () => {
    const running = services.splice(0);
    await stopServers(running.filter(({ name }) => name === 'gateway'));
    await stopServers(running.filter(({ name }) => name !== 'gateway'));
    await stopServers(servers.splice(0));
    await removeDirectory(join(directory, 'postgres'));
    await rm(directory, { recursive: true, force: true });
    for (const signal of SIGNALS) process.off(signal, leave);
  };
  /** @type {Promise<void> | undefined} */
  let stopping;
  const stop = () => (stopping ??= stopAll());
  const leave = () => void stop().finally(() => process.exit(INTERRUPTED));
  for (const signal of SIGNALS) process.once(signal, leave);
  try {
    const [postgres, redis, nats] = await progress.step('PostgreSQL, Redis, NATS', () =>
      startServers(directory, servers),
    );
    const databaseUrls = await progress.step('schemas', () => migrate(postgres.url));
    const admin = { email: 'bench@example.com', password: randomBytes(18).toString('base64url') };
    const environment = environmentFor({ redisUrl: redis.url, natsUrl: nats.url, admin });
    await progress.step('services', () =>
      settled(
        SERVICES.map((service) =>
          startServiceProcess({
            service,
            directory: join(directory, 'services'),
            environment: { ...environment, ...database(databaseUrls[service]) },
            nodeArguments: profile === undefined ? [] : profiling(profile, service),
          }).then(kept(services)),
        ),
      ),
    );
    const startGateway = async () => {
      const gateway = await startServiceProcess({
        service: 'gateway',
        directory: join(directory, 'own'),
        environment,
        nodeArguments: profile === undefined ? [] : profiling(profile, 'own-gateway'),
      }).then(kept(services));
      return { door: doorOf(gateway), pid: gateway.pid, stop: () => gateway.stop() };
    };
    const pids = services.map(({ name, pid }) => [name, pid]);
    return {
      door: doorOf(/** @type {RunningServer} */ (services.find(({ name }) => name === 'gateway'))),
      admin,
      natsUrl: nats.url,
      redisUrl: redis.url,
      databaseUrl: postgres.urlOf(DATABASE),
      processes: { ...Object.fromEntries(pids), postgres: postgres.pid, redis: redis.pid, nats: nats.pid },
      startGateway,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {string} directory @param {RunningServer[]} servers those that have come up */
function startServers(directory, servers) {
  return settled([
    startPostgres({ dataDirectory: join(directory, 'postgres') }).then(kept(servers)),
    startRedis({ dataDirectory: join(directory, 'redis'), persistent: true }).then(kept(servers)),
    startNats({ dataDirectory: join(directory, 'nats') }).then(kept(servers)),
  ]);
}

/** @param {RunningServer} gateway @returns {Door} */
function doorOf({ url }) {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

/** @param {string} profile @param {string} service */
function profiling(profile, service) {
  return ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${service}.cpuprofile`];
}

/** What has come up is stopped with the rest, whatever becomes of the others. @param {RunningServer[]} list */
function kept(list) {
  return (/** @type {any} */ server) => {
    list.push(server);
    return server;
  };
}

/** Nothing may still be starting when the failure is told. @template T @param {Promise<T>[]} starts @returns {Promise<T[]>} */
async function settled(starts) {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

/** @param {string} superuserUrl */
async function migrate(superuserUrl) {
  const services = servicesWithSchema();
  const urls = await provision({ superuserUrl, database: DATABASE, services });
  for (const service of services) await deploy({ url: urls[service], service });
  return urls;
}

/** @param {{ redisUrl: string, natsUrl: string, admin: { email: string, password: string } }} where @returns {Record<string, string>} */
function environmentFor({ redisUrl, natsUrl, admin }) {
  return {
    NODE_ENV: 'production',
    DRAIN_SECONDS: '0',
    REDIS_URL: redisUrl,
    NATS_URL: natsUrl,
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    KRATY_MASTER_KEY: randomBytes(32).toString('base64'),
    BOOTSTRAP_ADMIN_EMAIL: admin.email,
    BOOTSTRAP_ADMIN_PASSWORD: admin.password,
    ...LIMITS,
  };
}

/** The gateway has none. @param {string | undefined} url @returns {Record<string, string>} */
function database(url) {
  return url === undefined ? {} : { DATABASE_URL: url };
}
