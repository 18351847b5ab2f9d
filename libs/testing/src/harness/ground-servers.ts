import { join } from 'node:path';
import {
  startNats,
  startPostgres,
  startRedis,
  stopServers,
  THROWAWAY_SETTINGS,
} from '../../../../tools/lib/servers.mjs';
import type { RunningServer } from '../../../../tools/lib/servers.mjs';

export type KillableServer = 'nats' | 'redis' | 'postgres';

type Start = (at: { dataDirectory: string; port?: number }) => Promise<RunningServer>;

const starts: Record<KillableServer, Start> = {
  nats: startNats,
  redis: startRedis,
  postgres: (at) => startPostgres({ ...at, settings: THROWAWAY_SETTINGS }),
};

/** The servers that belong to one ground alone, and can therefore be killed without disturbing another test file. */
export class GroundServers {
  private constructor(
    private readonly directory: string,
    private readonly running: Map<KillableServer, RunningServer>,
  ) {}

  static async start(directory: string, names: KillableServer[]): Promise<GroundServers> {
    const servers = new GroundServers(directory, new Map());
    try {
      await Promise.all(names.map((name) => servers.begin(name)));
      return servers;
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  has(name: KillableServer): boolean {
    return this.running.has(name);
  }

  url(name: KillableServer): string {
    return this.of(name).url;
  }

  /** As a crash would: nothing is flushed, no client is told. */
  async kill(name: KillableServer): Promise<void> {
    await this.of(name).kill();
  }

  /** Comes up on the same port with the same data, as after a crash or a stop. */
  async restart(name: KillableServer): Promise<void> {
    const server = this.of(name);
    await server.stop();
    await this.begin(name, server.port);
  }

  async stop(): Promise<void> {
    await stopServers([...this.running].map(([name, server]) => ({ ...server, stop: endOf(name, server) })));
  }

  private async begin(name: KillableServer, port?: number): Promise<void> {
    this.running.set(name, await starts[name]({ dataDirectory: join(this.directory, name), port }));
  }

  private of(name: KillableServer): RunningServer {
    const server = this.running.get(name);
    if (server !== undefined) return server;
    throw new Error(`this ground shares its ${name} with other test files: start it with { ownPostgres: true }`);
  }
}

/** The data is thrown away, so a polite stop would only take time; but PostgreSQL's is what ends its sessions too. */
function endOf(name: KillableServer, server: RunningServer): () => Promise<void> {
  return name === 'postgres' ? server.stop : server.kill;
}
