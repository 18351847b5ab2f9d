import type { InjectionToken, Provider, Type } from '@nestjs/common';
import { Clock } from '../clock/index.js';
import { ProcessConfiguration, ServiceConfiguration } from '../configuration/index.js';
import { FailureFilter } from '../errors/index.js';
import { Facts, factsProviders } from '../facts/index.js';
import { Health } from '../health/index.js';
import { IdempotencyStore } from '../idempotency/index.js';
import { Logger } from '../logging/index.js';
import { KratyNatsServer, Messenger, NatsLink } from '../messaging/index.js';
import { Database } from '../persistence/index.js';
import { closeRedis, openRedis, Redis } from '../redis/index.js';
import { Metrics } from '../telemetry/index.js';
import type { Ground } from './ground.js';
import type { Resources } from './resources.js';

/** Opens the service's connections, one after the other, and offers them with the rest of the platform. */
export async function platformProviders(ground: Ground, resources: Resources): Promise<Provider[]> {
  const database = openDatabase(ground, resources);
  const redis = await redisProviders(ground, resources);
  const link = await openLink(ground, resources);
  return [
    ...groundProviders(ground),
    ...redis,
    ...messagingProviders(ground, link),
    ...(database ? schemaProviders(ground, resources, link, database) : []),
  ];
}

export function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? (provider as Type) : provider.provide;
}

/** The given providers, with those of the same token taken from `overrides`. */
export function replacing(providers: readonly Provider[], overrides: readonly Provider[]): Provider[] {
  const replaced = new Set(overrides.map(tokenOf));
  return [...providers.filter((provider) => !replaced.has(tokenOf(provider))), ...overrides];
}

function groundProviders(ground: Ground): Provider[] {
  const { clock, logger, metrics, health, configuration, definition } = ground;
  return [
    { provide: Clock, useValue: clock },
    { provide: Logger, useValue: logger },
    { provide: Metrics, useValue: metrics },
    { provide: Health, useValue: health },
    FailureFilter,
    ...configurationTokens(definition.configuration).map((token) => ({ provide: token, useValue: configuration })),
  ];
}

/** A library asks for the configuration by the base class it knows, a service by its own. */
function configurationTokens(own: Type): Type[] {
  return [...new Set([own, ProcessConfiguration, ServiceConfiguration])].filter(
    (token) => own === token || own.prototype instanceof token,
  );
}

/** Only a service with a schema of its own has a pool. */
function openDatabase(
  { configuration, definition, logger, health }: Ground,
  resources: Resources,
): Database | undefined {
  if (!(configuration instanceof ServiceConfiguration)) return undefined;
  const database = new Database({
    url: configuration.databaseUrl,
    poolMax: configuration.databasePoolMax,
    applicationName: `kraty-${definition.name}`,
    onIdleError: (error) => logger.warn({ err: error }, 'a database connection broke'),
  });
  resources.add('PostgreSQL', () => database.close());
  health.register('database', () => database.ping());
  return database;
}

/** Absent without an address: a service that needs Redis then fails at start, with Nest naming who asked. */
async function redisProviders(ground: Ground, resources: Resources): Promise<Provider[]> {
  const { configuration, definition, logger, health } = ground;
  if (!configuration.redisUrl) return [];
  const redis = await openRedis(configuration.redisUrl, definition.name, logger);
  resources.add('Redis', () => closeRedis(redis));
  health.register('cache', () => redis.ping(), { optional: true });
  return [{ provide: Redis, useValue: redis }];
}

async function openLink({ configuration, definition, health }: Ground, resources: Resources): Promise<NatsLink> {
  const link = await NatsLink.open({ url: configuration.natsUrl, name: `kraty-${definition.name}` });
  resources.add('NATS', () => link.close());
  health.register('queue', () => link.nats.flush());
  return link;
}

/** The gateway asks and is not asked. */
function messagingProviders({ definition, logger, metrics }: Ground, link: NatsLink): Provider[] {
  const providers: Provider[] = [
    { provide: NatsLink, useValue: link },
    { provide: Messenger, useValue: new Messenger(link, logger) },
  ];
  if (definition.name === 'gateway') return providers;
  return [
    ...providers,
    { provide: KratyNatsServer, useValue: new KratyNatsServer(link, { context: definition.name, metrics }) },
  ];
}

/** What stands on the pool, the service's part in the traffic of facts above all. */
function schemaProviders(ground: Ground, resources: Resources, link: NatsLink, database: Database): Provider[] {
  const { clock, logger, metrics, definition } = ground;
  const own: Provider[] = [
    { provide: Database, useValue: database },
    { provide: IdempotencyStore, useValue: new IdempotencyStore(clock) },
  ];
  if (definition.name === 'gateway') return own;
  const facts = new Facts({ context: definition.name, link, database, clock, logger, metrics });
  resources.add('facts', () => facts.close());
  return [...own, ...factsProviders(facts)];
}
