import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDirectory, startNats } from '../../../../tools/lib/servers.mjs';
import { NatsLink } from './nats-link.js';

type Server = Awaited<ReturnType<typeof startNats>>;

/** A nats-server of the spec's own, which may be killed and brought back with its data. */
export class OwnBroker {
  private readonly links: NatsLink[] = [];

  private constructor(
    private readonly directory: string,
    private server: Server,
  ) {}

  static async start(): Promise<OwnBroker> {
    const directory = await mkdtemp(join(process.env.KRATY_TEST_DIRECTORY ?? tmpdir(), 'kraty-nats-'));
    return new OwnBroker(directory, await startNats({ dataDirectory: directory }));
  }

  get url(): string {
    return this.server.url;
  }

  async link(name = 'spec'): Promise<NatsLink> {
    const link = await NatsLink.open({ url: this.url, name });
    this.links.push(link);
    return link;
  }

  async kill(): Promise<void> {
    await this.server.kill();
  }

  async restart(): Promise<void> {
    this.server = await startNats({ dataDirectory: this.directory, port: this.server.port });
  }

  async stop(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
    await this.server.kill();
    await removeDirectory(this.directory);
  }
}
