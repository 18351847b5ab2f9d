import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Logger } from '../logging/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { NatsLink } from '../messaging/index.js';
import { OwnBroker } from '../messaging/own-broker.fixture.js';
import type { Database } from '../persistence/index.js';
import { uuidV7 } from '../ids/index.js';
import { Metrics } from '../telemetry/index.js';
import { factMetrics } from './fact-metrics.js';
import { OwnDatabase } from './own-database.fixture.js';
import { Relay } from './relay.js';
import { ensureStream, streamBoundsDefault } from './streams.js';

/** A wire to the broker that may be cut, as it is for one process of many. */
class Wire {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(url: string): Promise<Wire> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const wire = new Wire(server, `nats://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (near) => wire.join(near, connect(Number(port), hostname)));
    return wire;
  }

  cut(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  }
}

describe('the relay of a process that alone is cut off from the broker', () => {
  let broker: OwnBroker;
  let postgres: OwnDatabase;
  let database: Database;
  let wire: Wire;
  let cutOff: NatsLink;
  const relays: Relay[] = [];

  beforeAll(async () => {
    [broker, postgres] = await Promise.all([OwnBroker.start(), OwnDatabase.start()]);
    database = await postgres.create();
    wire = await Wire.to(broker.url);
    cutOff = await NatsLink.open({ url: wire.url, name: 'events' });
    await ensureStream(cutOff.nats, 'events', streamBoundsDefault);
  });

  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await cutOff.close();
    await Promise.all([broker.stop(), postgres.stop()]);
  });

  function relayOn(link: NatsLink, metrics = new Metrics('events')): Relay {
    const relay = new Relay({
      context: 'events',
      pool: database.pool,
      link,
      metrics: factMetrics(metrics),
      logger: Logger.silent(),
    });
    relays.push(relay);
    relay.start();
    return relay;
  }

  /** Old enough to be the relay's, and never published. */
  const commit = () =>
    database.query(
      `insert into outbox (id, subject, payload, created_at) values ($1, $2, '{}', now() - interval '1 min')`,
      [uuidV7(), 'kraty.fact.events.attempt.expired'],
    );
  const unpublished = () => database.query('select 1 from outbox where published_at is null');

  it('leaves the lock to one that is not', async () => {
    const first = relayOn(cutOff);
    await eventually(() => expect(first.isElected).toBe(true));
    await commit();
    await eventually(async () => expect(await unpublished()).toEqual([]));

    wire.cut();
    await eventually(() => expect(cutOff.connected).toBe(false));
    await commit();
    const second = relayOn(await broker.link('events'));
    await eventually(async () => expect(await unpublished()).toEqual([]), 40_000);
    expect([first.isElected, second.isElected]).toEqual([false, true]);
  });

  it('still tells how far behind the service is while nobody can relay', async () => {
    await relays[1]!.stop();
    await commit();
    const metrics = new Metrics('events');
    relayOn(cutOff, metrics);
    await eventually(async () => {
      const text = await metrics.registry.metrics();
      expect(Number(/^relay_lag_seconds\S* (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(30);
    });
  });
});
