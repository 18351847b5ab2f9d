import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDirectory, startPostgres, THROWAWAY_SETTINGS } from '../../../../tools/lib/servers.mjs';
import { Database } from '../persistence/index.js';

type Server = Awaited<ReturnType<typeof startPostgres>>;

/** The shared tables as every service's migrations create them, and one table for the effects of a spec's handlers. */
const tables = `
  create table outbox (
    id uuid primary key, seq bigserial not null, subject text not null, payload text not null, headers jsonb,
    created_at timestamptz(3) not null default current_timestamp, published_at timestamptz(3));
  create index outbox_unpublished_idx on outbox (seq) where published_at is null;
  create table inbox (
    consumer text not null, fact_id uuid not null, processed_at timestamptz(3) not null default current_timestamp,
    primary key (consumer, fact_id));
  create table parked_message (
    id uuid primary key, consumer text not null, subject text not null, headers jsonb, payload text not null,
    reason text not null, deliveries integer not null, parked_at timestamptz(3) not null default current_timestamp);
  create table effect (fact_id uuid not null, reader text not null);`;

/** A PostgreSQL of the spec's own, with a fresh database for each service the spec plays; it may be killed. */
export class OwnDatabase {
  private readonly opened: Database[] = [];

  private constructor(
    private readonly directory: string,
    private server: Server,
  ) {}

  static async start(): Promise<OwnDatabase> {
    const directory = await mkdtemp(join(process.env.KRATY_TEST_DIRECTORY ?? tmpdir(), 'kraty-postgres-'));
    return new OwnDatabase(directory, await startPostgres({ dataDirectory: directory, settings: THROWAWAY_SETTINGS }));
  }

  async create(): Promise<Database> {
    const name = `spec_${randomBytes(4).toString('hex')}`;
    const admin = this.connect(this.server.url);
    await admin.query(`create database ${name}`);
    const url = new URL(this.server.url);
    url.pathname = `/${name}`;
    const database = this.connect(url.href);
    for (const text of tables.split(';').filter((one) => one.trim() !== '')) await database.query(text);
    return database;
  }

  /** A second process on the same database. */
  again(database: Database): Database {
    return this.connect(String(database.pool.options.connectionString));
  }

  async kill(): Promise<void> {
    await this.server.kill();
  }

  async restart(): Promise<void> {
    this.server = await startPostgres({
      dataDirectory: this.directory,
      port: this.server.port,
      settings: THROWAWAY_SETTINGS,
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.opened.map((database) => database.close()));
    await this.server.kill();
    await removeDirectory(this.directory);
  }

  private connect(url: string): Database {
    const database = new Database({ url, poolMax: 4, applicationName: 'spec' });
    this.opened.push(database);
    return database;
  }
}
