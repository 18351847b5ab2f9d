import { rm } from 'node:fs/promises';
import type { Messenger, NatsLink } from '@kraty/platform/messaging';
import { Pool } from 'pg';
import type { QueryResultRow } from 'pg';
import { firstWords } from '../../../../tools/lib/servers.mjs';
import { hearEachFactOnce } from './each-fact-once.js';
import type { GroundServers, KillableServer } from './ground-servers.js';
import { dropDatabase } from './template.js';
import type { ServiceUrls } from './template.js';

/** Assertions ask one thing at a time; a few more for specs that race queries. */
const CONNECTIONS_A_SERVICE = 4;

/** Longer than a busy machine stalls. Milliseconds. */
const FLUSH_WITHIN_MS = 30_000;

/** Encrypts nothing but what tests made up. */
const TEST_MASTER_KEY = Buffer.alloc(32, 'kraty test master key').toString('base64');

export interface GroundParts {
  /** Whose environment and database the tests may ask for. */
  services: string[];
  directory: string;
  servers: GroundServers;
  superuserUrl: string;
  database: string;
  urls: ServiceUrls;
}

/** Everything a service stands on, real, and seen by nobody else. */
export class Ground {
  private readonly pools = new Map<string, Pool>();
  private link: Promise<NatsLink> | undefined;

  constructor(private readonly parts: GroundParts) {}

  get database(): string {
    return this.parts.database;
  }

  /** Where its servers keep their data and logs. */
  get directory(): string {
    return this.parts.directory;
  }

  get natsUrl(): string {
    return this.parts.servers.url('nats');
  }

  get redisUrl(): string {
    return this.parts.servers.url('redis');
  }

  /** As the service's own role, which reaches its own schema alone. */
  databaseUrl(service: string): string {
    const url = this.parts.urls[service];
    if (url !== undefined && this.parts.services.includes(service)) return url;
    const reason = url === undefined ? `has no schema below prisma/${service}` : 'is not among its services';
    throw new Error(`this ground has no database for ${service}: it ${reason}`);
  }

  /** What the service's process would find in its environment. A service without a schema gets no DATABASE_URL. */
  environment(service: string): Record<string, string> {
    return {
      ...(this.parts.urls[service] === undefined ? {} : { DATABASE_URL: this.databaseUrl(service) }),
      NATS_URL: this.natsUrl,
      REDIS_URL: this.redisUrl,
      OPS_PORT: '0',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: '0',
      KRATY_MASTER_KEY: TEST_MASTER_KEY,
    };
  }

  /** Rows of one statement, asked as the service: for arranging and asserting, past the service's own code. */
  async sql<R extends QueryResultRow>(service: string, text: string, values: unknown[] = []): Promise<R[]> {
    const { rows } = await this.pool(service).query<R>(text, values);
    return rows;
  }

  /** A client of the ground's NATS, for asking services and hearing facts from outside of them. */
  async messenger(): Promise<Messenger> {
    const messaging = await import('@kraty/platform/messaging');
    const logging = await import('@kraty/platform/logging');
    this.link ??= messaging.NatsLink.open({ url: this.natsUrl, name: 'test' });
    return hearEachFactOnce(new messaging.Messenger(await this.link, logging.Logger.silent()));
  }

  /** Redis with nothing in it, as after a crash without persistence. */
  async flushRedis(): Promise<void> {
    const answer = await firstWords(Number(new URL(this.redisUrl).port), 'FLUSHALL\r\n', FLUSH_WITHIN_MS);
    if (!answer.startsWith('+OK')) throw new Error(`Redis would not be flushed: ${answer}`);
  }

  async kill(server: KillableServer): Promise<void> {
    await this.parts.servers.kill(server);
  }

  async restart(server: KillableServer): Promise<void> {
    await this.parts.servers.restart(server);
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.link?.then((link) => link.close())]);
    await Promise.allSettled([...this.pools.values()].map((pool) => pool.end()));
    if (!this.parts.servers.has('postgres')) await dropDatabase(this.parts.superuserUrl, this.database);
    await this.parts.servers.stop();
    await rm(this.parts.directory, { recursive: true, force: true });
  }

  private pool(service: string): Pool {
    const known = this.pools.get(service);
    if (known !== undefined) return known;
    const pool = new Pool({
      connectionString: this.databaseUrl(service),
      max: CONNECTIONS_A_SERVICE,
      allowExitOnIdle: true,
    });
    // An idle connection that a killed server drops is no failure of the test; the next query tells.
    pool.on('error', () => undefined);
    this.pools.set(service, pool);
    return pool;
  }
}
