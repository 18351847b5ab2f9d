import { environmentOf, hostEnvironment } from './environments.mjs';

const facts = {
  variables: {
    PATH: '/usr/bin',
    LOG_LEVEL: 'warn',
    RATE_LIMIT_PLAYER: '10',
    OPS_PORT: '9090',
    NATS_URL: 'nats://elsewhere',
    DATABASE_URL: 'postgres://superuser@db/kraty',
    ECONOMY_DATABASE_URL: 'postgres://other',
    POSTGRES_URL: 'postgres://superuser@db/kraty',
    BOOTSTRAP_ADMIN_PASSWORD: 'from the shell',
    NODE_OPTIONS: '--inspect',
    npm_config_registry: 'x',
    UNSET: undefined,
  },
  databaseUrls: { economy: 'postgres://economy', identity: 'postgres://identity' },
  redisUrl: 'redis://r',
  natsUrl: 'nats://n',
  host: '127.0.0.1',
  port: 8080,
  origin: 'http://localhost:8080',
  secrets: {
    admin: { email: 'a@b.c', password: 'kept password' },
    masterKey: 'key',
    databasePasswords: {},
  },
};

describe('the environment of a service', () => {
  it('is its own database, the servers, and what the user set for services', () => {
    expect(environmentOf('economy', facts, 9001)).toEqual({
      PATH: '/usr/bin',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PLAYER: '10',
      NATS_URL: 'nats://n',
      REDIS_URL: 'redis://r',
      OPS_PORT: '9001',
      KRATY_MASTER_KEY: 'key',
      DATABASE_URL: 'postgres://economy',
      OTEL_SERVICE_NAME: 'kraty-economy',
    });
  });

  it('tells the operator to identity alone', () => {
    expect(environmentOf('identity', facts, 1)).toMatchObject({
      BOOTSTRAP_ADMIN_EMAIL: 'a@b.c',
      BOOTSTRAP_ADMIN_PASSWORD: 'kept password',
    });
    expect(environmentOf('gateway', facts, 1)).not.toHaveProperty('BOOTSTRAP_ADMIN_PASSWORD');
  });

  it('tells the gateway where to listen, and no database', () => {
    const sut = environmentOf('gateway', facts, 1);
    expect(sut).toMatchObject({ HOST: '127.0.0.1', PORT: '8080', PUBLIC_ORIGIN: 'http://localhost:8080' });
    expect(sut).not.toHaveProperty('DATABASE_URL');
  });

  it('names each database to the process that hosts all', () => {
    const sut = hostEnvironment(facts, 9001);
    expect(sut).toMatchObject({
      ECONOMY_DATABASE_URL: 'postgres://economy',
      IDENTITY_DATABASE_URL: 'postgres://identity',
    });
    expect(sut).not.toHaveProperty('DATABASE_URL');
  });
});
