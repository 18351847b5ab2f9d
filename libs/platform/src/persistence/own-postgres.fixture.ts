import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDirectory, startPostgres } from '../../../../tools/lib/servers.mjs';
import { Database } from './database.js';

type Server = Awaited<ReturnType<typeof startPostgres>>;

/** Deadlocks are found at once, so that no spec waits for them. */
const settings = { fsync: 'off', deadlock_timeout: '20ms' };

/** A PostgreSQL of the spec's own, which may be killed and started again. */
export class OwnPostgres {
  private readonly opened: Database[] = [];

  private constructor(
    private readonly directory: string,
    private server: Server,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const directory = await mkdtemp(join(process.env.KRATY_TEST_DIRECTORY ?? tmpdir(), 'kraty-persistence-'));
    return new OwnPostgres(directory, await startPostgres({ dataDirectory: directory, settings }));
  }

  open(poolMax: number, onIdleError?: (error: Error) => void): Database {
    const database = new Database({ url: this.server.url, poolMax, applicationName: 'spec', onIdleError });
    this.opened.push(database);
    return database;
  }

  async kill(): Promise<void> {
    await this.server.kill();
  }

  async restart(): Promise<void> {
    this.server = await startPostgres({ dataDirectory: this.directory, port: this.server.port, settings });
  }

  async stop(): Promise<void> {
    await Promise.all(this.opened.map((database) => database.close()));
    await this.server.kill();
    await removeDirectory(this.directory);
  }
}
