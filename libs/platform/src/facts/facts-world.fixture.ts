import type { Context } from '@kraty/contracts/common';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { MovableClock } from '../clock/index.js';
import { Logger } from '../logging/index.js';
import type { NatsLink } from '../messaging/index.js';
import { OwnBroker } from '../messaging/own-broker.fixture.js';
import type { Database } from '../persistence/index.js';
import { Metrics } from '../telemetry/index.js';
import { Facts } from './facts.js';
import { factsProviders } from './facts-providers.js';
import { OwnDatabase } from './own-database.fixture.js';

/** A service of a spec: its facts, its database and its place in the world. */
export interface Player {
  facts: Facts;
  database: Database;
  link: NatsLink;
  metrics: Metrics;
  stop: () => Promise<void>;
}

/** A broker, a PostgreSQL, and as many services on them as a spec wants. */
export class FactsWorld {
  private readonly players: Player[] = [];

  private constructor(
    readonly broker: OwnBroker,
    readonly postgres: OwnDatabase,
  ) {}

  static async start(): Promise<FactsWorld> {
    const [broker, postgres] = await Promise.all([OwnBroker.start(), OwnDatabase.start()]);
    return new FactsWorld(broker, postgres);
  }

  /** Starts a service with the given handlers; on `beside`'s database as a second process of the same service. */
  async service(context: Context, handlers: Provider[] = [], beside?: Player): Promise<Player> {
    const database = beside === undefined ? await this.postgres.create() : this.postgres.again(beside.database);
    const link = await this.broker.link(context);
    const metrics = new Metrics(context);
    const clock = new MovableClock(new Date('2026-06-08T12:00:00.000Z'));
    const facts = new Facts({ context, link, database, clock, logger: Logger.silent(), metrics });
    const app = await contextWith([...factsProviders(facts), ...handlers]);
    const stop = async (): Promise<void> => {
      await app.close();
      await facts.close();
      await link.close();
    };
    const player = { facts, database, link, metrics, stop };
    this.players.push(player);
    return player;
  }

  async stop(): Promise<void> {
    await Promise.all(this.players.map((player) => player.stop()));
    await Promise.all([this.broker.stop(), this.postgres.stop()]);
  }
}

function contextWith(providers: Provider[]): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(
    { module: class {}, imports: [DiscoveryModule], providers },
    { logger: false },
  );
}
