import { readSettings } from './settings.mjs';

const root = '/srv/kraty';

describe('the settings of npm start', () => {
  it('need nothing from the environment', () => {
    expect(readSettings({}, root)).toEqual({
      dataDirectory: '/srv/kraty/.data',
      host: '127.0.0.1',
      port: 8080,
      publicOrigin: undefined,
      opsPort: undefined,
      given: { postgres: undefined, redis: undefined, nats: undefined },
      ports: { postgres: undefined, redis: undefined, nats: undefined },
    });
  });

  it('take an empty variable for an absent one', () => {
    expect(readSettings({ PORT: ' ', NATS_URL: '', HOST: '' }, root)).toEqual(readSettings({}, root));
  });

  it('let POSTGRES_URL go before DATABASE_URL', () => {
    const both = { DATABASE_URL: 'postgres://a@b/c', POSTGRES_URL: 'postgresql://d@e/f' };
    expect(readSettings(both, root).given.postgres).toEqual({ variable: 'POSTGRES_URL', url: 'postgresql://d@e/f' });
    expect(readSettings({ DATABASE_URL: 'postgres://a@b/c' }, root).given.postgres?.variable).toBe('DATABASE_URL');
  });

  it('keep port 0 of the API, which means any, and drop that of the probes', () => {
    expect(readSettings({ PORT: '0', OPS_PORT: '0' }, root)).toMatchObject({ port: 0, opsPort: undefined });
  });

  it('name all that is wrong at once, and never show a password', () => {
    const sut = () => readSettings({ PORT: '80a', NATS_PORT: '70000', REDIS_URL: 'http://:secret@x' }, root);
    expect(sut).toThrow(/PORT must.*"80a"/);
    expect(sut).toThrow(/NATS_PORT must/);
    expect(sut).toThrow(/REDIS_URL must look like redis:/);
    expect(sut).not.toThrow(/secret/);
  });
});
