import { rm } from 'node:fs/promises';
import { Ground } from './ground.js';
import { makeGroundDirectory } from './ground-directory.js';
import { GroundServers } from './ground-servers.js';
import { testName } from './names.js';
import { runPostgresUrl } from './run-postgres.js';
import { cloneTemplate } from './template.js';
import type { ServiceUrls } from './template.js';

const DEFAULT_PREFIX = 'kraty_ground';

export interface GroundOptions {
  /** Whose environment and database the tests will ask for. */
  services: string[];
  /** Begins the database's name, to recognize it in a server's log; lower-case letters and underscores. */
  prefix?: string;
  /** A PostgreSQL for this ground alone, which may be killed; it takes about a second more to start. */
  ownPostgres?: boolean;
}

interface Clone {
  superuserUrl: string;
  urls: ServiceUrls;
}

/** Servers and a freshly migrated database of the test file's own; stop it in `afterAll`. */
export async function startGround(options: GroundOptions): Promise<Ground> {
  const { services, prefix = DEFAULT_PREFIX, ownPostgres = false } = options;
  const directory = await makeGroundDirectory();
  const database = testName(prefix);
  const starting = GroundServers.start(directory, ownPostgres ? ['nats', 'redis', 'postgres'] : ['nats', 'redis']);
  const superuser = ownPostgres ? starting.then((servers) => servers.url('postgres')) : runPostgresUrl();
  const [servers, clone] = await Promise.allSettled([starting, superuser.then((url) => cloneIn(url, database))]);
  if (servers.status === 'fulfilled' && clone.status === 'fulfilled') {
    return new Ground({ services, directory, servers: servers.value, database, ...clone.value });
  }
  if (servers.status === 'fulfilled') await servers.value.stop();
  await rm(directory, { recursive: true, force: true });
  throw servers.status === 'rejected' ? servers.reason : (clone as PromiseRejectedResult).reason;
}

async function cloneIn(superuserUrl: string, database: string): Promise<Clone> {
  return { superuserUrl, urls: await cloneTemplate(superuserUrl, database) };
}
